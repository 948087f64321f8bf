"""UpGuide: branded coaching portals whose privacy statement is executable."""

import os
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from .config import Settings


def create_app(settings: "Settings | None" = None) -> Flask:
    """Assemble the application; `settings` are read from the environment unless given.

    Raises SettingError or BrandingError with one clear line where something cannot be right.
    """
    # Here, and not above: who needs one part of the house (the policy, a command) must not load all of it.
    from . import commands, config, database, errors, features, logging, tenancy, web  # noqa: PLC0415
    from .extensions import csrf, db  # noqa: PLC0415
    from .privacy import entries, restored  # noqa: PLC0415
    from .security import headers, sessions  # noqa: PLC0415
    from .tenancy import scope  # noqa: PLC0415

    settings = settings or config.Settings.from_env(os.environ)
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(
        UPGUIDE=settings,
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SQLALCHEMY_DATABASE_URI=database.app_url(settings),
        SQLALCHEMY_ENGINE_OPTIONS=web.ENGINE_OPTIONS,
        **web.LIMITS,
    )
    logging.install(app)
    db.init_app(app)
    database.install(app)
    web.serve_static(app)
    tenancy.install(app)
    scope.install(db)
    entries.install(db)
    sessions.install(app)
    headers.install(app)
    restored.install(app)
    web.install(app)
    # After the steps of a request: its error page wants the portal, the scope and the language.
    csrf.init_app(app)
    errors.install(app)
    features.register(app)
    commands.register(app)
    return app
