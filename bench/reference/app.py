"""R: 24 KB, 25 macro rows, about 80 gettext and 65 url_for calls; nothing is read from anywhere."""

import os
from typing import Any

from flask import Flask, render_template
from flask_babel import Babel

# Compiled catalogues lie where `bench` put them.
TRANSLATIONS = os.environ.get("BENCH_TRANSLATIONS", "translations")
PEOPLE = [
    {"name": f"Wilhelmina van der Voorbeeld-{number:02}", "handle": f"k7p2m9w4x5{number:02}"} for number in range(25)
]
SECTIONS = [f"section-{number}" for number in range(6)]


def create_app() -> Flask:
    """Return the application."""
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = TRANSLATIONS
    Babel(app, locale_selector=lambda: "nl")
    app.add_url_rule("/", "people", people)
    for name in ("home", "profile", "security", "login", "logout", "privacy", "cookies", "contact", "search"):
        app.add_url_rule(f"/{name}", name, people)
    app.add_url_rule("/people/<handle>", "member", people)
    app.add_url_rule("/people/<handle>/message", "message", people)
    app.add_url_rule("/files/<path:path>", "files", people)
    return app


def people(**_parts: Any) -> str:
    """The page, whatever its address."""
    return render_template("page.html", people=PEOPLE, sections=SECTIONS)


app = create_app()
