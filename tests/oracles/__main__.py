"""`make demo-check`: every document that the demo cooperative issues, through every official validator.

The demo is loaded into a throw-away database as it stands today, so that what is judged is this version's work.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import django
from django.core.management import call_command
from django.db import connection

from tests.benchmarks.__main__ import prepare
from tests.oracles.judge import Job, judge

BATCH = 50


def main() -> None:
    """Load, render, judge; exit code 1 when any validator finds anything in any document."""
    arguments = argparse.ArgumentParser(prog="demo-check", description=__doc__)
    arguments.add_argument("--members", type=int, help="a smaller demo (all)")
    options = {name: value for name, value in vars(arguments.parse_args()).items() if value}
    prepare()
    django.setup()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("load_demo", **options)
        found = judge_all(documents())
    finally:
        connection.creation.destroy_test_db(os.environ["DATABASE_URL"], verbosity=0)
    sys.exit(1 if found else 0)


def documents() -> list[Job]:
    """The frozen copy of every document of the database, with the logo of its activity."""
    from invoicing.invoices.models import IssuedSnapshot  # noqa: PLC0415  the settings must stand before the models
    from members.activities.models import Logo  # noqa: PLC0415

    logos = {logo.sha256: bytes(logo.png) for logo in Logo.objects.all()}
    copies = IssuedSnapshot.objects.order_by("invoice_id").values_list("content", flat=True)
    return [(content, logos.get(content["brand"]["logo_sha256"])) for content in copies]


def judge_all(jobs: list[Job]) -> bool:
    """Whether anything was found; what is found is printed, with the document's number."""
    started, done, rules = time.perf_counter(), 0, Counter[str]()
    batches = [jobs[i : i + BATCH] for i in range(0, len(jobs), BATCH)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn")) as pool:
        for batch, findings in zip(batches, pool.map(judge, batches), strict=True):
            done += len(batch)
            for number, rule, message in findings:
                rules[rule] += 1
                print(f"  {number} {rule}: {message}")
            print(f"  {done} of {len(jobs)} documents, {time.perf_counter() - started:.0f} s", flush=True)
    print(f"{len(jobs)} documents through five validators: {dict(rules) or 'nothing found'}")
    return bool(rules)


if __name__ == "__main__":
    main()
