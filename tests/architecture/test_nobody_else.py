"""Nobody acts as somebody else, the webmaster included: sessions begin where somebody gave a secret of their own (W9).

Read from the source: which functions write a session row, which put a secret into a cookie, which name another viewer
for a transaction, and which database functions make a session.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import tree_of, trees
from tests.support.database import WorkerDatabase

pytestmark = pytest.mark.clause("W9")

# Where a session may begin, and on what proof.
BEGINNINGS = {
    "upguide/features/accounts/actions/entry.py:start_session": "the one place that adds a session row",
    "upguide/features/accounts/actions/entry.py:sign_in": "the password was given",
    "upguide/features/accounts/views/entry.py:begin": "the mailed link of a registration was followed",
}
# Who calls the last of these.
BEGUN = {"upguide/features/accounts/views/registration.py:confirm_registration"}
# Where the cookie gets the secret of a session.
COOKIES = {"upguide/features/accounts/views/entry.py"}
# Who may name a viewer other than the one who asks, and why: nothing of these answers to a page of somebody else.
IN_THE_NAME_OF = {
    "upguide/access/": "reads who asks from the session",
    "upguide/tenancy/": "is the scope itself",
    "upguide/web.py": "begins each request as nobody",
    "upguide/jobs/": "a worker begins as nobody",
    "upguide/commands/": "the owner of the system, at the command line",
    "upguide/mail/": "messages belong to a portal and are sent as nobody",
    "upguide/features/accounts/": "the person whose password, link or code was given a moment ago",
    "upguide/features/breaches/letters.py": "a job that writes to each whom a breach concerns, under their own key",
    "upguide/features/breaches/posting.py": "a letter about a breach to whom it is for; the reporter reads nothing",
    "upguide/notices/mailing.py": "jobs that mail notifications, each in the name of who is written to",
    "upguide/features/notices/actions.py": "whoever has the sealed link of their own mail, to turn that mail off",
    "upguide/features/connections/actions/made.py": "whoever holds the mailed link of an account made for them; or"
    " whoever made it, to make it go",
    "upguide/privacy/": "jobs of erasure and retention, each in the name of the person whom it is about",
}
LESS = ("False", "None")  # taking something away makes nobody else
IN_THE_NAME_OF_FILES = ("jobs.py",)  # a job of a feature works for the person whom it is about


def calls(tree: ast.AST, names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """Yield the function around each call of one of `names`, and the call."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _name(node.func) in names:
                    yield function.name, node


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def beginnings(path: str, tree: ast.AST) -> list[str]:
    """Functions that begin a session: by a row of the model that is so called here, or by the function for it."""
    models = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "upguide.models"
        for alias in node.names
        if alias.name == "Session"
    }
    made = [
        f"{path}:{function}"
        for function, call in calls(tree, models | {"start_session"})
        if _name(call.func) == "start_session" or call.keywords
    ]
    inserted = [
        f"{path}:{function}"
        for function, call in calls(tree, {"insert"})
        if any(_name(argument) in models for argument in call.args)
    ]
    return sorted({*made, *inserted})


def cookie_writers(path: str, tree: ast.AST) -> list[str]:
    """Modules that put the secret of a session into the cookie."""
    found = [
        path
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript)
        and isinstance(target.slice, ast.Constant)
        and target.slice.value == "secret"
    ]
    return found[:1]


def other_viewers(path: str, tree: ast.AST) -> list[str]:
    """Functions that run something in the name of a viewer, in modules that have no leave to."""
    if path.startswith(tuple(IN_THE_NAME_OF)) or path.endswith(IN_THE_NAME_OF_FILES):
        return []
    named = []
    for function, call in calls(tree, {"scope", "set_scope", "adopt_viewer"}):
        viewer = call.args[1] if len(call.args) > 1 else None
        if viewer is None or not _nobody_new(viewer):
            named.append(f"{path}:{function}")
    return named


def _nobody_new(viewer: ast.expr) -> bool:
    """Whether it is nobody, or whoever asks already."""
    return ast.unparse(viewer) in ("None", "current_scope().viewer")


def replaced_viewers(path: str, tree: ast.AST) -> list[str]:
    """Functions that make a viewer with another identity out of the one who asks, or from nothing."""
    if path.startswith("upguide/access/"):
        return []
    identities = {"person_id", "session_id", "roles", "signed", "second_factor", "member"}
    # A portal alone makes nobody.
    made = [
        f"{path}:{function}"
        for function, call in calls(tree, {"Viewer", "load_viewer"})
        if call.keywords or len(call.args) > 1
    ]
    changed = [
        f"{path}:{function}"
        for function, call in calls(tree, {"replace"})
        if call.args and "viewer" in ast.unparse(call.args[0]).lower()
        if identities & {keyword.arg for keyword in call.keywords if ast.unparse(keyword.value) not in LESS}
    ]
    return [*made, *changed]


def test_sessions_begin_at_sign_in_alone() -> None:
    found = {one for path, tree in trees() for one in beginnings(path, tree)}
    assert found == set(BEGINNINGS), "a session begins where its owner gave a password or followed a link, only there"


def test_a_session_begins_without_a_password_only_where_an_account_was_just_made() -> None:
    found = {
        f"{path}:{function}"
        for path, tree in trees("upguide/features")
        for function, call in calls(tree, {"begin"})
        if isinstance(call.func, ast.Name)
    }
    assert found == BEGUN


def test_cookie_gets_a_secret_where_somebody_signs_in_alone() -> None:
    assert {one for path, tree in trees() for one in cookie_writers(path, tree)} == COOKIES


def test_no_page_runs_anything_in_the_name_of_somebody_else() -> None:
    assert [one for path, tree in trees() for one in other_viewers(path, tree)] == []


def test_no_page_makes_a_viewer_of_somebody_else() -> None:
    assert [one for path, tree in trees() for one in replaced_viewers(path, tree)] == []


@pytest.mark.parametrize(
    ("planted", "check"),
    [
        ("from upguide.models import Session as Login\ndef act_as(s, p):\n    s.add(Login(person_id=p))", beginnings),
        ("from upguide.models import Session\ndef act_as(s, p):\n    s.execute(insert(Session))", beginnings),
        ("def act_as(s, p):\n    start_session(s, tenant, p, 'x')", beginnings),
        ("def act_as(p):\n    session['secret'] = p", cookie_writers),
        ("def act_as(s, p):\n    with scope('gfs', p, s):\n        pass", other_viewers),
        ("def act_as(p):\n    return replace(current_viewer(), person_id=p)", replaced_viewers),
        ("def act_as(p):\n    return Viewer('gfs', p, member=True)", replaced_viewers),
    ],
)
def test_a_planted_way_to_act_as_somebody_else_is_found(planted: str, check: object) -> None:
    assert callable(check)
    assert check("upguide/features/webmaster/actions.py", tree_of(planted)) != []


def test_no_function_of_the_database_makes_a_session_or_sets_a_viewer_but_for_its_secret(
    database: WorkerDatabase,
) -> None:
    statement = (
        "SELECT proname FROM pg_proc WHERE pronamespace = 'gate'::regnamespace AND (prosrc ~* 'insert into sessions'"
        " OR prosrc ~* 'set_config' OR prosrc ~* 'update sessions' OR prosrc ~* 'update credentials')"
    )
    with database.connect() as connection:
        found = [name for (name,) in connection.execute(statement).fetchall()]
        may = connection.execute(
            "SELECT has_any_column_privilege('upguide_gate', 'sessions', 'INSERT, UPDATE'),"
            " has_any_column_privilege('upguide_gate', 'credentials', 'INSERT, UPDATE')"
        ).fetchone()
    assert (found, may) == (["open_session"], (False, False))
