"""One folder a feature, the same file names in each: views, forms, queries, actions."""

from importlib import import_module

from flask import Flask

from upguide.config import Settings

FEATURES = (
    "service",
    "home",
    "accounts",
    "profile",
    "people",
    "connections",
    "statement",
    "notices",
    "rights",
    "webmaster",
    "agreements",
    "breaches",
    "oversight",
)
DEVELOPMENT = ("dev", "dev_mail")


def register(app: Flask) -> None:
    """Attach the blueprint of every feature; those for development only where it is development."""
    settings: Settings = app.config["UPGUIDE"]
    for name in FEATURES + (DEVELOPMENT if settings.development else ()):
        app.register_blueprint(import_module(f"{__name__}.{name}.views").blueprint)
