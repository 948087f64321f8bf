"""The application as servers and the `flask` command load it."""

import sys

from upguide.config import SettingError

# Gunicorn makes a worker that failed again and again, unless it ends with gunicorn's own "failed to load".
# Under our configuration (`upguide.gunicorn`) the master loads the application, and ends as any command does.
GUNICORN_GIVES_UP = 4
IN_WORKER = "gunicorn.arbiter" in sys.modules and "upguide.gunicorn" not in sys.modules

try:
    # Imported here: a wrong setting may already show while modules load.
    from upguide import create_app

    app = create_app()
except SettingError as error:
    error.show()
    raise SystemExit(GUNICORN_GIVES_UP if IN_WORKER else error.exit_code) from None
