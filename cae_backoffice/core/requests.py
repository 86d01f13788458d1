"""An id on every request, response and log line, one log line per answer, and a header of our own."""

import contextvars
import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-Id"
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
RANDOM_PART = r"[A-Za-z0-9_-]{43}"
"""What a private link's address holds (`cae_backoffice.core.tokens`)."""

SECRET_IN_PATH = re.compile(rf"(?<=/){RANDOM_PART}(?=/|$)")
QUIET_PATHS = ("/static/", "/healthz", "/readyz")

logger = logging.getLogger(__name__)
current_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


class RequestIdMiddleware:
    """Takes the proxy's request id when it is well formed, else makes one; returns it and logs the answer under it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the request while it is answered."""
        given = request.headers.get(HEADER, "")
        request_id = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        current_request_id.set(request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        _log(request, response, milliseconds=round((time.perf_counter() - started) * 1000, 1))
        response._resource_closers.append(  # type: ignore[attr-defined]
            _forget  # not sooner: Django logs an error answer after its middleware
        )
        response[HEADER] = request_id
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response


class RequestIdFilter(logging.Filter):
    """Puts the current request's id on each log record (empty outside a request); hides private links' secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        record.request_id = current_request_id.get()
        if isinstance(record.args, tuple):
            record.args = tuple(without_secret(part) if isinstance(part, str) else part for part in record.args)
        return True


def without_secret(path: str) -> str:
    """The path of a request as a log may keep it: without the secret of a private link."""
    return SECRET_IN_PATH.sub("•••", path)


def _forget() -> None:
    current_request_id.set("")


def _log(request: HttpRequest, response: HttpResponse, *, milliseconds: float) -> None:
    """Method, path, status and time; no query string, no address and no private link's secret."""
    level = logging.DEBUG if request.path.startswith(QUIET_PATHS) else logging.INFO
    path = without_secret(request.path)
    details = {"method": request.method, "path": path, "status": response.status_code, "ms": milliseconds}
    logger.log(level, "request", extra=details)
