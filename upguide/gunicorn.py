"""How gunicorn serves UpGuide: `gunicorn --config python:upguide.gunicorn wsgi:app`.

A wrong setting stops the master before it makes workers, which it would otherwise make again and again.
"""

import ctypes
import gc
import os
from contextlib import suppress
from typing import Any

from gunicorn.glogging import Logger

from upguide.config import SettingError, Settings
from upguide.logging import configure

try:
    settings = Settings.from_env(os.environ)
except SettingError as error:
    error.show()
    raise SystemExit(error.exit_code) from None

configure(development=settings.development)

# glibc's name for the size from which memory is the system's own, and goes back to it at once (mallopt(3)).
M_MMAP_THRESHOLD = -3
# Fixed: else the first hash of a password raises it past what a hash takes, and each worker keeps 20 MB for good.
OWN_MAPPING = 1024 * 1024
with suppress(AttributeError):  # another C library, which has no such habit
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, OWN_MAPPING)


def when_ready(_server: Any) -> None:
    """Keep what is loaded, and stays, out of the workers' garbage collection: sweeping it stops a page for long."""
    gc.collect()
    gc.freeze()


class QuietLogger(Logger):
    """Gunicorn's own messages, by way of our list; without its access log, which holds addresses."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's handlers away, so that its messages reach the root's."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


# Two processes without threads: threads with keep-alive fall back to one core (measured, docs/decisions).
workers = 2
# Loaded once, before the workers part: they start at once and share what they never change.
preload_app = True
worker_class = "sync"
logger_class = QuietLogger
accesslog = None
loglevel = "warning" if settings.development else "info"  # `serve` says itself what there is to say
timeout = 30
graceful_timeout = 20
# A worker that some odd request has made fat is replaced in the end.
max_requests = 20_000
max_requests_jitter = 2_000
# Whom to believe about the visitor's address is UPGUIDE_TRUSTED_PROXIES' to say, not gunicorn's.
forwarded_allow_ips = ""
limit_request_line = 8190
control_socket_disable = True
