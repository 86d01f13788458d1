"""`make bench`: measures on a throw-away database, and prints them."""

import atexit
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import django
from django.db import connection

from cae_backoffice import environment
from tests.benchmarks.measure import Measure


def main() -> None:
    """Each subject on a database of its own, on the embedded server with its durable defaults or on DATABASE_URL's."""
    prepare()
    django.setup()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    name = connection.settings_dict["NAME"]
    for measure in subjects():
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            show(measure())
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


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


def subjects() -> list[Callable[[], list[Measure]]]:
    """What is measured, the quickest first; some on 24 000 documents."""
    from tests.benchmarks import (  # noqa: PLC0415  the settings must stand before the models
        books,
        contributions,
        fec,
        issuing,
        lists,
        members,
        pdfs,
        runs,
        sheet,
        statements,
        volume,
    )

    def books_beside_documents() -> list[Measure]:
        volume.fill()  # its lines belong to activities
        return books.measure()

    return [
        lambda: lists.measure(volume.fill()),
        lambda: sheet.measure(volume.fill()),
        lambda: issuing.measure(volume.fill()),
        pdfs.measure,
        contributions.measure,
        lambda: statements.measure(volume.fill()),
        members.measure,
        fec.measure,
        runs.measure,
        books_beside_documents,
    ]


def show(measures: list[Measure]) -> None:
    """The table of one subject, as soon as it is measured."""
    width = max(len(measure.name) for measure in measures) + 2
    print()
    for measure in measures:
        goal = f"   goal {measure.goal}" if measure.goal else ""
        print(f"{measure.name:<{width}}{measure.figure:<36}{goal}".rstrip())


if __name__ == "__main__":
    main()
