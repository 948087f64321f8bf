import pytest

from upguide.access.paths import local_path


@pytest.mark.parametrize("path", ["/", "/home", "/people?q=van+der+Berg&page=2", "/profile#name", "/é"])
def test_a_path_on_this_portal_counts(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "wish",
    [
        None,
        "",
        "home",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\n/home",
        " /home",
        "/home\r\nSet-Cookie: a=b",
        "https://evil.example/",
        "https:/evil.example",
        "javascript:alert(1)",
        "/" + "a" * 2_000,
    ],
)
def test_whatever_could_lead_elsewhere_does_not(wish: str | None) -> None:
    assert local_path(wish) is None
