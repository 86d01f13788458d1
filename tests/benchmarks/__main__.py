"""`make bench`: measures on a throw-away database, and prints them."""

import atexit
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django
from django.db import connection

from cae_backoffice import environment
from tests.benchmarks.measure import Measure


def main() -> None:
    """A database of its own, on the embedded server with its durable defaults or on DATABASE_URL's server."""
    prepare()
    django.setup()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
        for measures in measure_all():
            show(measures)
    finally:
        connection.creation.destroy_test_db(os.environ["DATABASE_URL"], verbosity=0)


def prepare() -> None:
    """Settings of production but for HTTPS, in a folder that goes away."""
    folder = Path(tempfile.mkdtemp(prefix="cae-bench-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs last: after the server below has stopped
    (folder / "static").mkdir()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "cae_backoffice.settings",
        "SECRET_KEY": "benchmarks-only",
        "ALLOWED_HOSTS": "testserver",
        "HTTPS": "false",
        "HASHED_STATIC": "false",
        "LOG_LEVEL": "CRITICAL",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
    }
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = environment.start_embedded_postgres(folder / "postgres")


def measure_all() -> Iterator[list[Measure]]:
    """Every measure, on the same 24 000 documents."""
    from tests.benchmarks import (  # noqa: PLC0415  the settings must stand before the models
        books,
        contributions,
        fec,
        issuing,
        lists,
        members,
        pdfs,
        runs,
        statements,
        volume,
    )

    started = time.perf_counter()
    activity = volume.fill()
    print(f"{volume.DOCUMENTS:,} documents written in {time.perf_counter() - started:.0f} s")
    yield lists.measure(activity)
    yield issuing.measure(activity)
    yield pdfs.measure()
    yield statements.measure(activity)
    yield contributions.measure()
    yield runs.measure()
    yield members.measure()
    yield books.measure()
    yield fec.measure()


def show(measures: list[Measure]) -> None:
    """The table of one subject, as soon as it is measured."""
    width = max(len(measure.name) for measure in measures) + 2
    print()
    for measure in measures:
        goal = f"   goal {measure.goal}" if measure.goal else ""
        print(f"{measure.name:<{width}}{measure.figure:<36}{goal}".rstrip())


if __name__ == "__main__":
    main()
