"""What the components page shows: invented people, in the shapes that views hand to the components."""

import re
from pathlib import Path
from typing import Any, Final

SPRITE: Final = Path(__file__).parents[2] / "static" / "icons.svg"
_ACTIONS: Final = [
    {"label": "Change", "url": "#", "kind": "link"},
    {"label": "Hide", "url": "#", "kind": "post"},
    {"label": "Remove", "url": "#", "kind": "link danger"},
]

SAMPLES: Final[dict[str, Any]] = {
    "matrix": {
        "columns": ["Name", "Photo", "Alias", "Profession and region", "Contact", "Birth", "Goals"],
        "rows": [
            {"label": "Other members, in the search", "cells": ["all"] + ["none"] * 6},
            {"label": "Other members, elsewhere", "cells": ["all", "all"] + ["none"] * 5},
            {"label": "Your connections", "cells": ["all", "all", "none", "none", "part", "part", "none"]},
            {"label": "Signed out", "cells": ["none"] * 7},
        ],
    },
    "items": [
        {
            "label": "First names and surname",
            "value": "Pieternel van der Voorbeeld",
            "audience": [{"label": "All members", "hidden": False}],
            "provenance": "Entered by you on 2 March 2026",
            "actions": _ACTIONS,
        },
        {
            "label": "Date of birth",
            "value": "14 February 1988",
            "audience": [{"label": "Hidden", "hidden": True}],
            "provenance": "Entered by your organisation on 3 May 2026",
            "actions": _ACTIONS,
        },
        {"label": "Phone number", "value": "", "audience": [], "provenance": "", "actions": _ACTIONS[:1]},
    ],
    "side": [
        {"label": "My profile", "url": "#", "current": True, "icon": "profile"},
        {"label": "View as …", "url": "#", "current": False, "icon": "eye"},
        {"label": "Sessions", "url": "#", "current": False, "icon": "device"},
    ],
    "tabs": [
        {"label": "Another member", "url": "#", "current": True},
        {"label": "A connection", "url": "#", "current": False},
        {"label": "An administrator", "url": "#", "current": False},
    ],
    "steps": [
        {"label": "Your name", "text": "Done in a minute", "url": "", "state": "done"},
        {"label": "Contact", "text": "As much as you like", "url": "#", "state": "current"},
        {"label": "Photo", "text": "Only if you want one", "url": "", "state": "todo"},
    ],
    "people": [
        {"name": "Ada van den Akker", "url": "#"},
        {"name": "Joris Öztürk-de Wit", "url": "#"},
        {"name": "Wilhelmina van der Ploeg van Zuid-Scharwoude tot Wapserveen", "url": "#"},
    ],
    "table": [
        ["Firefox on Linux", "Now", "Utrecht", "12"],
        ["Safari on iPhone", "2 March 2026", "Emmen", "3"],
    ],
    "icons": re.findall(r'<symbol id="([a-z]+)"', SPRITE.read_text(encoding="utf-8")),
}
