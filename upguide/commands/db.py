"""`flask --app wsgi db …`: Flask-Migrate's own commands, loaded only when one of them is called."""

from flask_migrate.cli import db  # type: ignore[import-not-found]  # its published types leave this module out

__all__ = ["db"]
