"""A pytest plugin, loaded before the settings: a throw-away PostgreSQL, media folder and fixed secrets for the run."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from cae_backoffice import environment

FOLDER = "CAE_TEST_FOLDER"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Set the environment before any plugin reads Django's settings (a wrapper runs first)."""
    _prepare()
    return (yield)


def _prepare() -> None:
    """Start what the run needs, once: xdist's workers inherit the environment of their controller."""
    os.environ["SECRET_KEY"] = "tests-only-" + "x" * 50
    os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
    os.environ["HTTPS"] = "false"
    os.environ["DEBUG"] = "false"
    os.environ["LOG_LEVEL"] = "CRITICAL"
    os.environ["EMAIL_URL"] = "memorymail://"
    os.environ["HASHED_STATIC"] = "false"
    if FOLDER in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="cae-tests-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs last: after the server below has stopped
    os.environ[FOLDER] = str(folder)
    os.environ["MEDIA_ROOT"] = str(folder / "media")
    os.environ["STATIC_ROOT"] = str(folder / "static")
    (folder / "static").mkdir()
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = environment.start_embedded_postgres(folder / "postgres")
        _trade_durability_for_speed(os.environ["DATABASE_URL"])


def _trade_durability_for_speed(url: str) -> None:
    import psycopg  # noqa: PLC0415  loaded only where an embedded server was started

    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
