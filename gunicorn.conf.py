"""How gunicorn serves the site: `gunicorn` alone, from this folder. Command line and GUNICORN_CMD_ARGS win."""

import multiprocessing
import os

from cae_backoffice.settings import LOGGING

wsgi_app = "cae_backoffice.wsgi"
bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or multiprocessing.cpu_count())
threads = 4
timeout = 60
max_requests = 2000
max_requests_jitter = 200
control_socket_disable = True
logconfig_dict = {
    **LOGGING,
    "loggers": {
        **LOGGING["loggers"],
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        # The application logs each answer itself, under its request id (cae_backoffice.core.requests).
        "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
    },
}
