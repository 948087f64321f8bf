"""What every test may ask for: a database of its own worker, the settings that lead to it, an application, browsers."""

from collections.abc import Callable, Generator, Iterator
from functools import partial

import pytest
from flask import Flask

from tests.support.app import closing, core_app, in_use
from tests.support.canaries import found_in
from tests.support.client import Client
from tests.support.database import WorkerDatabase, settings_for_tests, worker_database
from upguide import create_app
from upguide.config import Settings
from upguide.i18n import set_locale
from upguide.privacy import restored
from upguide.security.hashing import CHEAPEST
from upguide.tenancy.scope import set_scope


@pytest.fixture(scope="session")
def database(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerDatabase]:
    """A migrated database of this worker's own. Who commits rows calls `database.empty()` afterwards."""
    with worker_database(worker_id, tmp_path_factory.mktemp("var")) as made:
        yield made


@pytest.fixture(scope="session")
def settings(database: WorkerDatabase, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an application that uses the worker's database."""
    return settings_for_tests(database.owner_url, tmp_path_factory.mktemp("var"))


@pytest.fixture(scope="session")
def whole_app(settings: Settings) -> Iterator[Flask]:
    """The application, made once; ask for `app` instead."""
    with closing(create_app(settings)) as made:
        made.config["PASSWORD_COST"] = CHEAPEST
        # Each process looks once, at its first page: here, so that no test counts those statements.
        with made.app_context():
            restored.refuse(made)
        yield made


@pytest.fixture
def app(whole_app: Flask, database: WorkerDatabase) -> Iterator[Flask]:
    """The application as it is served. Its context is there for factories; afterwards the database is empty."""
    with in_use(whole_app, database) as used:
        yield used


@pytest.fixture
def browse(app: Flask, database: WorkerDatabase) -> Callable[..., Client]:
    """Open a browser: `browse()` for a visitor, `browse(person)` for somebody signed in (see `Client`)."""
    return partial(Client, app, database)


@pytest.fixture(scope="session")
def whole_core(settings: Settings) -> Iterator[Flask]:
    """The core without pages, made once; ask for `core` instead."""
    with closing(core_app(settings)) as made:
        yield made


@pytest.fixture
def core(whole_core: Flask, database: WorkerDatabase) -> Iterator[Flask]:
    """Database, scope and provenance, without pages; afterwards the database is empty."""
    with in_use(whole_core, database) as used:
        yield used


@pytest.fixture(autouse=True)
def _nowhere_in_english() -> None:
    """Begin each test as a new process would: in no scope, in the first language."""
    set_scope(None, None)
    set_locale("en")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test during which something personal was written to a log (F4)."""
    report = yield
    leaked = found_in(f"{report.capstderr}\n{report.capstdout}\n{report.caplog}") if report.passed else []
    if leaked:
        report.outcome = "failed"
        kinds = ", ".join(sorted({canary.item.value for canary in leaked}))
        report.longrepr = f"{item.nodeid}: its output, where logs go, holds personal data: {kinds}"
    return report
