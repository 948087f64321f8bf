import pytest

from upguide.features.accounts.browsers import device_of, words_for
from upguide.i18n import use_locale


@pytest.mark.parametrize(
    ("user_agent", "device", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox/Windows",
            "Firefox on Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge/Windows",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari/iPhone",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Safari/537.36", "Chrome/Android", "Chrome on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "/Linux", "Linux"),
        ("curl/8.0 <script>", "/", "A browser that we do not know"),
        ("", "/", "A browser that we do not know"),
    ],
)
def test_a_device_is_told_coarsely(user_agent: str, device: str, words: str) -> None:
    with use_locale("en"):
        assert (device_of(user_agent), words_for(device)) == (device, words)
