"""Browsers whose users read English, as the sentences in these tests are."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.client import Client


@pytest.fixture
def browse(browse: Callable[..., Client]) -> Callable[..., Client]:
    """Open a browser that asks for English."""

    def open_browser(*args: Any, **kwargs: Any) -> Client:
        client = browse(*args, **kwargs)
        client.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return open_browser
