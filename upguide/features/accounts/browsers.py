"""A coarse name for a browser, by which people know their sessions again; never what it says of itself."""

from upguide.i18n import gettext as _

# The first that occurs counts: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = (
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_SEPARATOR = "/"


def device_of(user_agent: str) -> str:
    """Return what is kept of a user agent: "Firefox/Windows", with nothing for a part that we do not know."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser}{_SEPARATOR}{system}"


def words_for(device: str) -> str:
    """Return "Firefox on Windows", in the reader's language."""
    browser, _slash, system = device.partition(_SEPARATOR)
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("A browser that we do not know")
