"""`flask --app wsgi privacy …`: whether each promise of the statement has tests that prove it (clause A2)."""

import ast
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from upguide.config import ROOT
from upguide.extensions import db
from upguide.i18n.catalogues import LOCALES
from upguide.policy.clauses import CLAUSES, NOT_YET
from upguide.policy.retention import IDLE_ACCOUNTS, KEEPERS, TABLE_KEEPERS, WARNED_BEFORE
from upguide.privacy.proofs import write_proofs
from upguide.privacy.statement import as_written, current_version, frozen_file, text_hash

TESTS = ROOT / "tests"
# Every promise that there is, by section: one that stands nowhere in the policy would be forgotten quietly.
PROMISES = (
    *("P1", "P2", "P3", "P4a", "P4b", "P4c", "P5", "P6", "P7"),
    *("W1", "W2", "W3", "W4", "W5", "W6", "W7a", "W7b", "W8", "W9", "W10", "W11"),
    *("D1", "D2", "D3", "T1", "T2", "T3", "T4", "T5", "U1", "U2", "U3", "U4", "U5", "U6", "F1", "F2", "F3", "F4"),
    *("B1", "B2", "B3", "C1", "K1", "K2", "S1", "E1", "A1", "A2"),
)
Proofs = Mapping[str, Sequence[str]]

privacy = AppGroup("privacy", help="The privacy statement and what keeps it.")


@privacy.command("clauses", with_appcontext=False)
@click.option("--json", "as_json", is_flag=True, help="Write the numbers of proofs that the site shows.")
def clauses(*, as_json: bool) -> None:
    """List every clause with the tests that carry its number. Fails where a promise has none."""
    proofs = proofs_in(TESTS)
    if as_json:
        write_proofs(proofs)
    for number in PROMISES:
        click.echo("\n".join(told(number, proofs.get(number, ()))))
    found = list(faults(proofs))
    for fault in found:
        click.echo(fault, err=True)
    sys.exit(f"{len(found)} faults in the proofs of clauses." if found else 0)


@privacy.command("hashes", with_appcontext=False)
def hashes() -> None:
    """Print the hashes of the statement as it now reads, for its version in policy/statement.py."""
    for locale in LOCALES:
        click.echo(f'"{locale}": "{text_hash(locale)}",')


@privacy.command("freeze", with_appcontext=False)
def freeze() -> None:
    """Write the statement as it now reads to policy/versions/, where it stays readable for good (A1)."""
    for locale in LOCALES:
        text = json.dumps(as_written(locale), ensure_ascii=False, sort_keys=True, indent=1)
        frozen_file(current_version(), locale).write_text(text + "\n", encoding="utf-8")
    click.echo(f"Wrote version {current_version()}. Once it is published, it may not change any more.")


@privacy.command("replay")
def replay() -> None:
    """Erase and limit again what the ledger says: run it before a restored database serves anybody."""
    from upguide.privacy.replay import replay_ledger  # noqa: PLC0415 - the other command needs no database

    done = replay_ledger(db.session())
    click.echo(f"Erased again: {done.gone} persons, {done.left} memberships, {done.removed} single values.")
    click.echo(f"Set again: {done.limited} restrictions, objections and withdrawals of a consent.")


@privacy.command("retention")
@click.option("--dry-run", "dry", is_flag=True, help="Tell what a pass would do, and do nothing.")
def retention(*, dry: bool) -> None:
    """Warn and erase whose seven years are over, as the daily job does."""
    from upguide.privacy.retention import dry_run, run_pass  # noqa: PLC0415 - see above

    figures = (dry_run if dry else run_pass)(db.session(), datetime.now(UTC))
    click.echo("Nothing is done: this is what a pass would do now." if dry else "A pass is done.")
    for days in WARNED_BEFORE:
        click.echo(f"Warned {days} days before: {figures.warned.get(days, 0)}")
    click.echo(f"Warned again, because a letter did not arrive: {figures.repeated}")
    click.echo(f"Erased: {figures.erased}")
    click.echo(f"Kept though their time is up, because their data is restricted: {figures.held}")
    click.echo(f"Left for the next pass, because something went wrong: {figures.failed}")
    click.echo("Other terms are kept by jobs of their own:")
    for keeper in sorted({*KEEPERS.values(), *TABLE_KEEPERS.values()} - {IDLE_ACCOUNTS}):
        click.echo(f"  {keeper}: {', '.join(table for table, by in TABLE_KEEPERS.items() if by == keeper)}")


def told(number: str, tests: Sequence[str]) -> Iterator[str]:
    """Yield what is to be read about one clause."""
    clause = CLAUSES.get(number)
    yield f"{number}  {clause.words if clause else 'not promised yet: it ' + NOT_YET.get(number, '?')}"
    yield from (f"      {test}" for test in tests)


def faults(proofs: Proofs, made: Mapping[str, object] = CLAUSES, waiting: Mapping[str, str] = NOT_YET) -> Iterator[str]:
    """Yield what is wrong: a promise without proof, a proof without promise, a number that is not there."""
    yield from _unproven(proofs, made, waiting)
    for number in sorted(proofs.keys() - set(PROMISES)):
        yield f"{number}: no such clause; {proofs[number][0]} names it"
    for number in PROMISES:
        if (number in made) == (number in waiting):
            yield f"{number}: put it in CLAUSES or in NOT_YET of policy/clauses.py, and not in both"
    for number in sorted((made.keys() | waiting.keys()) - set(PROMISES)):
        yield f"{number}: policy/clauses.py has it, the list of promises does not"


def _unproven(proofs: Proofs, made: Mapping[str, object], waiting: Mapping[str, str]) -> Iterator[str]:
    for number in made:
        if not proofs.get(number):
            yield f'{number}: no test proves it; mark one with @pytest.mark.clause("{number}")'
    for number in waiting:
        if proofs.get(number):
            yield f"{number}: it has tests, so promise it: move it from NOT_YET to CLAUSES in policy/clauses.py"


def proofs_in(folder: Path) -> Proofs:
    """Return the tests below `folder` by the numbers of the clauses that they are marked with."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("test_*.py")):
        for number, name in _marked(ast.parse(file.read_text(encoding="utf-8"))):
            found.setdefault(number, []).append(f"{file.relative_to(folder.parent).as_posix()}::{name}")
    return found


def _marked(module: ast.Module) -> Iterator[tuple[str, str]]:
    tests = [n for n in ast.walk(module) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    for statement in module.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            yield from ((number, test.name) for number in _numbers(statement.value) for test in tests)
    for test in tests:
        yield from ((number, test.name) for mark in test.decorator_list for number in _numbers(mark))


def _numbers(tree: ast.expr) -> Iterator[str]:
    """Yield the numbers in every `pytest.mark.clause(…)` of an expression; they are written out, not computed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.clause"):
            yield from (str(ast.literal_eval(argument)) for argument in node.args)
