"""How the house is built: who reads personal columns, who formats names, how long things are, which way imports run."""

import ast
import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.architecture.source import PACKAGE, lines_of, mentions, tree_of, trees
from upguide.config import ROOT

# Who may read a personal column beside `privacy/`, and why (design.md, "A request", step 5).
READERS = {
    "upguide/features/accounts/": "the subject's own account: signing in, security, registering",
    "upguide/features/profile/": "the subject's own profile",
    "upguide/notices/": "what its reader chose, and the address for the mail that they chose",
    "upguide/features/notices/": "the reader's own notifications",
    "upguide/features/connections/queries.py": "whom the viewer has to do with, by identity and handle: no name itself",
    "upguide/features/connections/jobs.py": "the address for the letter to whom an account was made for",
    "upguide/mail/": "the letters themselves, sealed, on their way to whom they are for",
    "upguide/features/rights/": "the subject's own rights: the address for a letter, the portals joined, the jobs",
    "upguide/features/breaches/": "words about breaches, and where a letter about one goes: no list holds a name",
    "upguide/features/oversight/queries.py": "the handle, which addresses the page of who opened it: no name itself",
    "upguide/features/statement/": "the subject's own answers to a version, and the address for the letter about it",
    "upguide/features/agreements/": "the subject's own signatures, and the address for a copy and a reminder",
    "upguide/features/people/queries.py": "the handle, which addresses a page, and the order of names: no name itself",
}
NAME_PARTS = {"first_names", "infix", "surname"}
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_TEST = 350, 32, 500
CREATE_APP = 60


def strangers(path: str, tree: ast.AST) -> list[str]:
    """Personal columns that a module reads without being one that may."""
    if path.startswith(("upguide/privacy/", "upguide/models/", "upguide/migrations/", *READERS)):
        return []
    return [f"{path} reads {column}" for column in mentions(tree)]


def test_only_privacy_and_the_subject_s_own_features_read_personal_columns() -> None:
    found = [line for path, tree in trees() for line in strangers(path, tree)]
    assert found == [], "select ids, and let privacy.show say what may be seen"


def test_a_planted_reader_is_found() -> None:
    tree = tree_of("select(Person.id, Person.surname).where(Membership.handle == handle)")
    assert sorted(strangers("upguide/features/home/queries.py", tree)) == [
        "upguide/features/home/queries.py reads Membership.handle",
        "upguide/features/home/queries.py reads Person.surname",
    ]


def test_readers_are_not_stale() -> None:
    used = {start for start in READERS for path, tree in trees() if path.startswith(start) and any(mentions(tree))}
    assert used == set(READERS)


def joined_names(tree: ast.AST) -> Iterator[str]:
    """Yield where text is put together from the parts of a name."""
    for node in ast.walk(tree):
        joins = (
            isinstance(node, ast.JoinedStr)
            or (isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)))
            or (isinstance(node, ast.Call) and _puts_text_together(node.func))
        )
        if joins and _parts_in(node):
            yield ast.unparse(node)


def _puts_text_together(function: ast.expr) -> bool:
    """`text.join(…)`, `text.format(…)`; a query's join takes no text."""
    return (
        isinstance(function, ast.Attribute)
        and function.attr in ("join", "format")
        and isinstance(function.value, ast.Constant)
    )


def _parts_in(node: ast.AST) -> set[str]:
    names = {getattr(n, "attr", None) or getattr(n, "id", None) for n in ast.walk(node)}
    return names & NAME_PARTS


def test_only_privacy_names_puts_names_together() -> None:
    found = {path: list(joined_names(tree)) for path, tree in trees() if path != "upguide/privacy/names.py"}
    assert {path: lines for path, lines in found.items() if lines} == {}, "use privacy.names.full_name, through show"


@pytest.mark.parametrize(
    "source",
    [
        "f'{p.first_names} {p.surname}'",
        "' '.join([p.first_names, p.surname])",
        "p.first_names + ' ' + p.surname",
        "'%s' % surname",
        "'{} {}'.format(p.infix, p.surname)",
    ],
)
def test_a_planted_name_is_found(source: str) -> None:
    assert list(joined_names(tree_of(source))) != []


def test_imports_run_downwards_only() -> None:
    output = io.StringIO()
    with redirect_stdout(output):
        broken = lint_imports(config_filename=str(ROOT / "setup.cfg"), no_cache=True)
    assert broken == 0, output.getvalue()


# What opens connections. Nobody but those who store the data for us hears of it (D1).
CONNECTS = {"aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "socket", "urllib.request", "urllib3"}
CONNECTED = {
    "upguide/mail/smtp.py": "hands letters to the mail server of the settings",
    "upguide/commands/serve.py": "asks its own processes whether they are ready",
}


def connections(tree: ast.AST) -> set[str]:
    """Return the modules that connect somewhere and that a tree imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names & CONNECTS


@pytest.mark.clause("D1", "P6")
def test_nothing_talks_to_anybody_else() -> None:
    assert {path for path, tree in trees() if connections(tree)} == set(CONNECTED)


@pytest.mark.clause("D1")
@pytest.mark.parametrize(
    "source", ["import requests", "from urllib import request", "from http.client import HTTPSConnection"]
)
def test_a_planted_connection_is_found(source: str) -> None:
    assert len(connections(tree_of(source))) == 1


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield name and length of each function, its docstring left out."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            doc = node.body[0] if ast.get_docstring(node) else None
            said = (doc.end_lineno or 0) - doc.lineno + 1 if doc else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - said


# Files aim at 300 lines, functions at 25: larger is a question to ask. Past these it is a crime.
def is_long(path: Path) -> bool:
    """Migrations are written once, as long as they are, and never changed."""
    return "versions" not in path.parts and lines_of(path) > LONGEST_MODULE


def test_modules_stay_short_enough_to_read() -> None:
    assert [p.relative_to(ROOT).as_posix() for p in PACKAGE.rglob("*.py") if is_long(p)] == []


def test_functions_stay_short_enough_to_read() -> None:
    long = [
        f"{path}:{name} ({length})"
        for path, tree in trees()
        if "/versions/" not in path
        for name, length in functions(tree)
        if length > LONGEST_FUNCTION and name != "create_app"  # which has a limit of its own
    ]
    assert long == []


def test_test_files_stay_short_enough_to_read() -> None:
    assert [path for path in (ROOT / "tests").rglob("*.py") if lines_of(path) > LONGEST_TEST] == []


def test_create_app_only_assembles() -> None:
    tree = next(tree for path, tree in trees() if path == "upguide/__init__.py")
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "create_app")
    assert (function.end_lineno or 0) - function.lineno + 1 < CREATE_APP
    decisions = [
        type(node).__name__ for node in ast.walk(function) if isinstance(node, (ast.If, ast.For, ast.While, ast.Try))
    ]
    assert decisions == []


def test_every_module_says_why_it_exists() -> None:
    silent = [path for path, tree in trees() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_html_stands_in_templates_alone() -> None:
    """Python that writes tags would go around escaping, folding and the checks of templates."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees("upguide/features")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"</[a-z0-9]+>|<(a|b|br|div|em|img|li|p|span|strong|table)[ />]", node.value)
        if "dev_mail" not in path
    ]
    assert found == []
