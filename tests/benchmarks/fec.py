"""The FEC of a year of a million lines, each in a process of its own, beside a bare COPY of the same lines."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from cae_backoffice import environment
from invoicing.ledger.models import FiscalYear
from invoicing.ledger.services import open_fiscal_year
from tests.benchmarks.measure import Measure
from tests.invoicing.factories import accountant, open_books
from tests.members.factories import make_cooperative

YEAR = 2028  # of its own, after the books of the other measures
ENTRIES = 250_000
LINES = 4 * ENTRIES
CUSTOMERS = 5_000
ENTRY = """
    INSERT INTO invoicing_entry (fiscal_year_id, journal_id, state, number, entry_on, voucher_number, voucher_on, label,
                                 source_type, created_by_id, validated_on, validated_by_id)
    SELECT %(year)s, (SELECT id FROM invoicing_journal WHERE code = 'VT'), 'VALIDATED', n, day, 'H' || n, day,
           'Facture H' || n || ' Élodie Bernard, « Œuvres »', '', %(author)s, day, %(author)s
    FROM generate_series(1, %(entries)s) AS n,
         LATERAL (SELECT %(starts_on)s::date + (n * 364 / %(entries)s)::int AS day) AS days
"""
AUXILIARY = """
    INSERT INTO invoicing_auxiliary (code, kind, label)
    SELECT 'H' || lpad(n::text, 6, '0'), 'CUSTOMER', 'Client n° ' || n FROM generate_series(1, %(customers)s) AS n
"""
MATCHING = """
    INSERT INTO invoicing_matching (account_id, letter, matched_on)
    SELECT (SELECT id FROM invoicing_account WHERE number = '411'), 'H' || n, %(starts_on)s::date + 364
    FROM generate_series(1, %(entries)s / 5) AS n
"""
LINE = """
    INSERT INTO invoicing_entryline (entry_id, position, entry_on, account_id, auxiliary_id, label, debit, credit,
                                     matching_id)
    SELECT entry.id, part.position, entry.entry_on, account.id,
           CASE WHEN part.position = 1 THEN first.auxiliary + (entry.number - 1) / 2 %% %(customers)s END, entry.label,
           CASE WHEN entry.number %% 2 = 0 THEN part.credit ELSE part.debit END,
           CASE WHEN entry.number %% 2 = 0 THEN part.debit ELSE part.credit END,
           CASE WHEN part.position = 1 AND entry.number <= %(entries)s / 5 * 2
                THEN first.matching + (entry.number - 1) / 2 END
    FROM invoicing_entry AS entry
    CROSS JOIN (VALUES (1, '411', 120.00, 0), (2, '706', 0, 60.00), (3, '707', 0, 40.00), (4, '44574', 0, 20.00))
        AS part (position, number, debit, credit)
    CROSS JOIN (SELECT (SELECT min(id) FROM invoicing_auxiliary WHERE code LIKE 'H%%') AS auxiliary,
                       (SELECT min(id) FROM invoicing_matching WHERE letter LIKE 'H%%') AS matching) AS first
    JOIN invoicing_account AS account ON account.number = part.number
    WHERE entry.fiscal_year_id = %(year)s
    ORDER BY entry.number, part.position
"""
BARE = """
    COPY (SELECT line.* FROM invoicing_entryline AS line JOIN invoicing_entry AS entry ON entry.id = line.entry_id
          WHERE entry.fiscal_year_id = %s) TO STDOUT
"""
# The peak is the kernel's own of this process: what `getrusage` says starts with what the parent held.
COMMAND = """
import json, re, sys, time
import django
django.setup()
from django.core.management import call_command
started = time.perf_counter()
call_command(*sys.argv[1:])
elapsed = time.perf_counter() - started
peak = int(re.search(r"VmHWM:\\s+([0-9]+)", open("/proc/self/status").read())[1])
print(json.dumps([elapsed, peak / 1024]))
"""


def fill() -> FiscalYear:
    """The year, written in bulk past the triggers, which would check each of these entries."""
    make_cooperative()  # the file bears its SIREN
    open_books()
    year = open_fiscal_year(starts_on=date(YEAR, 1, 1), ends_on=date(YEAR, 12, 31), by=accountant())
    values: dict[str, Any] = {
        "year": year.pk,
        "author": accountant().pk,
        "starts_on": year.starts_on,
        "entries": ENTRIES,
        "customers": CUSTOMERS,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in (ENTRY, AUXILIARY, MATCHING, LINE):
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return year


def measure() -> list[Measure]:
    """A bare COPY, the export in both character sets, and the linter on the same file."""
    started = time.perf_counter()
    year = fill()
    print(f"{LINES:,} lines written in {time.perf_counter() - started:.0f} s")
    bare_copy(year)
    bare = timed(lambda: bare_copy(year))
    with tempfile.TemporaryDirectory() as folder:
        utf_8, utf_8_memory = in_a_process("export_fec", f"--fiscal-year={YEAR}", f"--output={folder}/utf-8")
        latin, latin_memory = in_a_process(
            "export_fec", f"--fiscal-year={YEAR}", f"--output={folder}/latin", "--encoding=ISO-8859-15"
        )
        (fec,) = Path(folder, "utf-8").glob("*[0-9].txt")
        linter, linter_memory = in_a_process("check_fec", str(fec))
    goal = "≥ 150,000 lines/s, < 150 MB"
    return [
        Measure(f"bare COPY of {LINES:,} lines", f"{LINES / bare:,.0f} lines/s"),
        Measure("FEC", f"{LINES / utf_8:,.0f} lines/s, peak {utf_8_memory:.0f} MB", goal),
        Measure("FEC in ISO 8859-15", f"{LINES / latin:,.0f} lines/s, peak {latin_memory:.0f} MB", goal),
        Measure("check_fec", f"{LINES / linter:,.0f} lines/s, peak {linter_memory:.0f} MB", "constant memory"),
    ]


def timed(act: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def bare_copy(year: FiscalYear) -> int:
    """The same lines as the table holds them, read the same way and thrown away."""
    size = 0
    with connection.cursor() as cursor, cursor.copy(BARE, [year.pk]) as copy:
        for block in copy:
            size += len(block)
    return size


def in_a_process(*command: str) -> tuple[float, float]:
    """Seconds of a command, without Python's start, and the peak memory of its process in megabytes."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *command],
        cwd=environment.BASE_DIR,
        env={**os.environ, "DATABASE_URL": address_of_the_database()},
        capture_output=True,
        text=True,
        check=True,
    )
    elapsed, memory = json.loads(done.stdout.splitlines()[-1])
    return elapsed, memory


def address_of_the_database() -> str:
    """The throw-away database, for another process."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    place = f"{host}:{database['PORT']}" if database["HOST"] else ""
    query = "" if database["HOST"] else f"?host={host}"
    return f"postgres://{database['USER']}:{database['PASSWORD']}@{place}/{database['NAME']}{query}"
