"""A month run and posted for every entrepreneur of the sector, beside the bare SQL of a flat percentage."""

import time
from datetime import date

from django.db import connection, transaction

from cae_backoffice.core.periods import add_months
from invoicing.contributions.models import ContributionLine, ContributionRun
from invoicing.contributions.queries.reckoning import reckon
from invoicing.contributions.queries.replay import replay_period
from invoicing.contributions.queries.rule import rule_in_force
from invoicing.contributions.rules.rule_file import read_rule
from invoicing.contributions.services import adopt_rule, propose_rule, run_contributions
from tests.benchmarks import sector
from tests.benchmarks.contributions import CURRENT, PROPOSED, RULES, timed
from tests.benchmarks.measure import Measure
from tests.invoicing.factories import accountant

BARE = """
    WITH due AS (
        SELECT invoice.activity_id, round(sum(part.net) / 10, 2) AS amount
        FROM invoicing_allocation AS allocation
        JOIN invoicing_allocationvat AS part ON part.allocation_id = allocation.id
        JOIN invoicing_invoice AS invoice ON invoice.id = allocation.invoice_id
        WHERE allocation.allocated_on BETWEEN '2026-12-01' AND '2026-12-31'
        GROUP BY invoice.activity_id HAVING round(sum(part.net) / 10, 2) > 0
    ),
    written AS (
        INSERT INTO invoicing_entry (fiscal_year_id, journal_id, state, entry_on, voucher_number, voucher_on, label,
                                     source_type, source_id, created_by_id)
        SELECT year.id, journal.id, 'DRAFT', '2026-12-31', 'B' || activity_id, '2026-12-31', 'Contribution', '',
            activity_id, %(by)s
        FROM due, invoicing_fiscalyear AS year, invoicing_journal AS journal
        WHERE year.starts_on = '2026-01-01' AND journal.code = 'OD'
        RETURNING id, source_id
    )
    INSERT INTO bare SELECT written.id, source_id, amount FROM written JOIN due ON due.activity_id = source_id
"""
BARE_LINES = """
    INSERT INTO invoicing_entryline (entry_id, position, entry_on, account_id, activity_id, label, debit, credit)
    SELECT bare.id, side, '2026-12-31', account.id, CASE WHEN side = 1 THEN source_id END, 'Contribution',
        CASE WHEN side = 1 THEN amount ELSE 0 END, CASE WHEN side = 2 THEN amount ELSE 0 END
    FROM bare, invoicing_account AS account, generate_series(1, 2) AS side
    WHERE account.number = CASE WHEN side = 1 THEN '6588' ELSE '7588' END
"""
BARE_NUMBERS = """
    UPDATE invoicing_entry SET state = 'VALIDATED', validated_on = '2026-12-31', validated_by_id = %(by)s,
        number = 9000000 + invoicing_entry.id FROM bare WHERE bare.id = invoicing_entry.id
"""


def measure() -> list[Measure]:
    """A year of runs, of which the first (the whole sector anew) and the last are told, and the bare SQL."""
    started = time.perf_counter()
    sector.fill()
    print(f"{sector.ACTIVITIES:,} activities with a year of documents in {time.perf_counter() - started:.0f} s")
    (stored,) = propose_rule(toml=(RULES / f"{CURRENT}.toml").read_text(), by=accountant())
    adopt_rule(stored=stored, by=accountant(), on=date(2025, 12, 15))
    bare = bare_sql()
    seconds = [run_of(month) for month in sector.MONTHS[:-1]]
    rule, december = rule_in_force(), sector.MONTHS[-1]
    assert rule is not None
    proposed = read_rule((RULES / f"{PROPOSED}.toml").read_bytes(), file=PROPOSED)
    _, reckoning = timed(lambda: reckon(month=december, rule=rule))
    last = run_of(december)
    run = ContributionRun.objects.get(month=december)
    assert run.statements_count >= sector.ACTIVITIES
    assert ContributionLine.objects.filter(statement__run=run, detail__isnull=False).count() >= sector.ACTIVITIES
    replay, replaying = timed(
        lambda: replay_period(current=rule, proposed=proposed, first=sector.MONTHS[0], last=december)
    )
    assert len(replay.differences) >= sector.ACTIVITIES
    return [
        Measure("run and post January, 11 914 activities", f"{seconds[0]:.2f} s", "< 3 s"),
        Measure("run and post December, after eleven months", f"{last:.2f} s", "< 3 s"),
        Measure("… of which reading and reckoning", f"{reckoning:.2f} s"),
        Measure("bare SQL of a flat percentage, posted", f"{bare:.2f} s"),
        Measure("replay of the year under another rule", f"{replaying:.2f} s", "< 10 s"),
        Measure("ratio", f"{last / bare:.1f} times the bare SQL"),
    ]


def run_of(month: date) -> float:
    """The seconds of a run."""
    _, seconds = timed(lambda: run_contributions(month=month, by=accountant(), on=add_months(month, 2)))
    return seconds


def bare_sql() -> float:
    """The same entries for 10 % of what December collected, nothing kept nor explained; taken back afterwards."""
    by = {"by": accountant().pk}
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (id bigint, source_id bigint, amount numeric) ON COMMIT DROP")
        cursor.execute(BARE, by)
        cursor.execute(BARE_LINES)
        cursor.execute(BARE_NUMBERS, by)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return time.perf_counter() - started
