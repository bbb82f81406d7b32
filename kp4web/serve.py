"""
Settings of gunicorn, for the demo and for production: ``gunicorn -c python:kp4web.serve``.

Not set here: the address (``--bind``), the same for every way of starting.
"""

import gc
from typing import Any

worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 20
accesslog = None  # the application's own log says who looked at what
preload_app = True  # load once, then fork: half the start, and the workers share the memory
control_socket_disable = True  # otherwise gunicorn puts a socket in the home folder


def pre_fork(server: Any, worker: Any) -> None:
    """Freeze what was loaded before a worker starts: it stays shared, the collector skips it."""
    gc.freeze()
