"""The application as servers and the `flask` command load it."""

import sys

from upguide.config import SettingError

# Gunicorn makes a worker that failed again and again, unless it ends with gunicorn's own "failed to load".
GUNICORN_GIVES_UP = 4

try:
    # Imported here: a wrong setting may already show while modules load.
    from upguide import create_app

    app = create_app()
except SettingError as error:
    error.show()
    raise SystemExit(GUNICORN_GIVES_UP if "gunicorn.arbiter" in sys.modules else error.exit_code) from None
