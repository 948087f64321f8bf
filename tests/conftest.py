"""What every test may ask for: a database of its own worker, and the settings that lead to it."""

from collections.abc import Iterator

import pytest

from tests.support.database import WorkerDatabase, settings_for_tests, worker_database
from upguide.config import Settings


@pytest.fixture(scope="session")
def database(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerDatabase]:
    """A migrated database of this worker's own. Who commits rows calls `database.empty()` afterwards."""
    with worker_database(worker_id, tmp_path_factory.mktemp("var")) as made:
        yield made


@pytest.fixture(scope="session")
def settings(database: WorkerDatabase, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an application that uses the worker's database."""
    return settings_for_tests(database.owner_url, tmp_path_factory.mktemp("var"))
