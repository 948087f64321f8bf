"""Counters in the worker's own database, as the application's role sees them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from tests.support.database import WorkerDatabase
from upguide.config import Settings
from upguide.database import app_url
from upguide.security.counters import Counters


@pytest.fixture(scope="session")
def counters_url(settings: Settings) -> str:
    """The address of the worker's database for the application's role."""
    return app_url(settings)


@pytest.fixture(scope="session")
def counters_engine(counters_url: str) -> Iterator[Engine]:
    engine = create_engine(counters_url)
    yield engine
    engine.dispose()


@pytest.fixture
def counters(database: WorkerDatabase, counters_engine: Engine) -> Iterator[Counters]:
    """Counters that are empty before and after."""
    yield Counters(counters_engine)
    database.empty()
