"""Runs of the five documented rules, on documents: to the cent, in the books, and what a second run changes."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.contributions.enums import RunState, WaivedPart
from invoicing.contributions.models import ContributionRun, ContributionStatement, ContributionWaiver
from invoicing.contributions.queries.reckoning import reckon
from invoicing.contributions.queries.rule import rule_in_force
from invoicing.contributions.rules.explanation import explain
from invoicing.contributions.rules.stored import from_json
from invoicing.contributions.services import reverse_run, save_waiver
from invoicing.ledger.models import Entry, EntryLine
from invoicing.payments.services import bounce_receipt
from members.activities.models import Activity
from members.contracts.enums import ContractKind
from tests.invoicing.contributions.books import (
    APRIL,
    FEBRUARY,
    JANUARY,
    MARCH,
    MAY,
    activity_under,
    adopted,
    adopted_example,
    amounts,
    billed,
    bought,
    lines,
    paid,
    run,
    statement_of,
)
from tests.invoicing.contributions.test_examples import EXAMPLES
from tests.invoicing.factories import accountant
from tests.invoicing.payments.books import balance, lines_of
from tests.members.factories import make_activity, make_admission, make_contract, make_entrepreneur

CAPPED = """
name = "Dix pour cent, au plus cent euros par mois"
[[versions]]
valid_from = 2026-01-01
decision = "AG"
[[versions.lines]]
code = "contribution"
label = "Contribution"
base = "invoiced"
exclude_internal = true
values.ALL = { rate = 10, monthly_cap = 100 }
"""

pytestmark = pytest.mark.django_db


def carpentry() -> Activity:
    """Under a CAPE until the end of February, then under a CESA; more credited than invoiced in March."""
    person = make_entrepreneur()
    make_contract(person, ContractKind.CAPE, JANUARY, date(2026, 2, 28))
    make_contract(person, ContractKind.CESA, MARCH)
    activity = make_activity([person])
    billed(activity, "4000", date(2026, 1, 12))
    bought(activity, "1234.56", date(2026, 1, 20))
    billed(activity, "1250.50", date(2026, 2, 3))
    bought(activity, "90.10", date(2026, 2, 5), "6251")
    billed(activity, "-400", date(2026, 3, 9))
    return activity


def studio() -> Activity:
    """Internal exchanges cannot be recorded yet: the documents are those of outside customers."""
    activity = activity_under()
    billed(activity, "6800", date(2026, 1, 5))
    bought(activity, "500", date(2026, 1, 6))
    billed(activity, "333.33", date(2026, 2, 28))
    return activity


def advice() -> Activity:
    """An associate; a payment of February bounces in April."""
    person = make_entrepreneur()
    make_contract(person, ContractKind.CESA, date(2024, 1, 1))
    make_admission(person, date(2025, 6, 14))
    activity = make_activity([person])
    paid(activity, "20000", date(2026, 1, 15))
    paid(activity, "12999.45", date(2026, 2, 1))
    bounced = paid(activity, "5000.55", date(2026, 2, 10))
    paid(activity, "10000", date(2026, 3, 31))
    bounce_receipt(receipt=bounced, on=date(2026, 4, 2), reason="Sans provision", by=accountant())
    paid(activity, "9000.55", date(2026, 5, 4))
    return activity


def garden() -> Activity:
    """Six free months, from the CAPE's first day."""
    activity = activity_under(ContractKind.CAPE)
    billed(activity, "3000", date(2026, 1, 5))
    billed(activity, "4000", date(2026, 6, 30))
    billed(activity, "3000", date(2026, 7, 1))
    bought(activity, "499.95", date(2026, 7, 20), "604")
    billed(activity, "1000.05", date(2026, 8, 31))
    return activity


def sewing() -> Activity:
    """Under a CAPE until the end of February, then under a CESA with its higher minimum."""
    person = make_entrepreneur()
    make_contract(person, ContractKind.CAPE, JANUARY, date(2026, 2, 28))
    make_contract(person, ContractKind.CESA, MARCH)
    activity = make_activity([person])
    for day, net in ((date(2026, 1, 5), "150"), (date(2026, 2, 5), "900"), (date(2026, 3, 5), "500")):
        billed(activity, net, day)
    billed(activity, "800", date(2026, 4, 5))
    return activity


WORLDS = {
    "forfait-et-marge": carpentry,
    "taux-hors-echanges": studio,
    "tranches-encaissees": advice,
    "six-mois-offerts": garden,
    "minimum-par-contrat": sewing,
}


@pytest.mark.parametrize("name", WORLDS)
def test_each_documented_rule_through_posted_runs(name: str) -> None:
    """The figures of `test_examples`, worked out by hand, as the command gives them."""
    adopted_example(name)
    activity = WORLDS[name]()
    _, expected = EXAMPLES[name]
    months = [date.fromisoformat(f"{month}-01") for month, *_ in expected]
    for month in months:
        run(month)
    found = lines(activity)
    assert [(f"{line.month:%Y-%m}", str(line.base), str(line.amount)) for line in found] == [
        (month, base, due) for month, base, due, _ in expected
    ]
    assert [str(from_json(line.detail).year.base) for line in found] == [year for *_, year in expected]
    taken = sum((Decimal(due) for _, _, due, _ in expected), Decimal(0))
    assert (balance("6588", activity), balance("6588"), balance("7588")) == (taken, taken, -taken)


def test_a_run_posts_one_entry_that_nets_to_zero_and_explains_itself() -> None:
    adopted_example("tranches-encaissees")
    activity = advice()
    posted = run(JANUARY)
    statement = statement_of(activity, JANUARY)
    assert (posted.state, posted.statements_count, posted.total, posted.progress) == ("POSTED", 1, 2000, 100)
    assert lines_of(statement.entry) == [("6588", activity.code, 2000), ("7588", "", -2000)]
    assert statement.entry is not None
    assert (statement.entry.number, statement.entry.entry_on) == (
        Entry.objects.filter(fiscal_year=statement.entry.fiscal_year).count(),
        date(2026, 1, 31),
    )
    (line,) = lines(activity)
    assert "Jusqu’à 35\u202f000,00\u00a0€ dans l’année\u00a0: 10\u00a0% de 20\u202f000,00\u00a0€" in " ".join(
        explain(from_json(line.detail))
    )


def test_what_is_given_back_stands_on_the_other_side() -> None:
    adopted_example("tranches-encaissees")
    activity = advice()
    for month in (JANUARY, FEBRUARY, MARCH, APRIL):
        run(month)
    assert lines_of(statement_of(activity, APRIL).entry) == [
        ("6588", activity.code, Decimal("-340.04")),
        ("7588", "", Decimal("340.04")),
    ]


def test_running_twice_changes_nothing() -> None:
    adopted_example("taux-hors-echanges")
    studio()
    first = run(JANUARY)
    before = (ContributionStatement.objects.count(), EntryLine.objects.count(), ContributionRun.objects.count())
    assert run(JANUARY) == first
    assert (ContributionStatement.objects.count(), EntryLine.objects.count(), ContributionRun.objects.count()) == before


def test_a_second_run_of_a_month_would_take_nothing_more() -> None:
    """The next month, reckoned anew from the start, corrects nothing when nothing changed."""
    adopted_example("forfait-et-marge")
    carpentry()
    run(JANUARY)
    rule = rule_in_force()
    assert rule is not None
    (due,) = reckon(month=FEBRUARY, rule=rule).dues
    assert [(one.due, one.corrections) for one in due.settlements] == [(Decimal("186.66"), ())]


def test_a_late_document_is_corrected_in_the_next_run_with_its_reason() -> None:
    adopted_example("taux-hors-echanges")
    activity, other = studio(), studio()
    run(JANUARY)
    billed(activity, "100", date(2026, 1, 31))
    run(FEBRUARY)
    assert amounts(activity) == [("2026-01", "782.00"), ("2026-02", "38.33"), ("2026-01", "11.50")]
    assert amounts(other) == [("2026-01", "782.00"), ("2026-02", "38.33")]
    correction = lines(activity)[-1]
    assert (correction.due, correction.taken) == (Decimal("793.50"), 782)
    assert correction.reason == (
        "Correction de janvier 2026\u00a0: 793,50\u00a0€ d’après les documents connus, 782,00\u00a0€ déjà comptés, "
        "soit 11,50\u00a0€."
    )
    assert balance("6588", activity) == Decimal("831.83")
    run(MARCH)
    assert amounts(activity)[3:] == [("2026-03", "0.00")]


def test_a_credit_note_gives_back_exactly_what_its_invoice_cost() -> None:
    """It counts in the month of its invoice, whenever it is issued, even where that month had reached its cap."""
    adopted(CAPPED)
    activity = activity_under()
    invoice = billed(activity, "3000", date(2026, 1, 10))
    billed(activity, "400", date(2026, 1, 11))
    run(JANUARY)
    billed(activity, "-3000", date(2026, 2, 3), kind="381", corrects=invoice, customer=invoice.customer)
    run(FEBRUARY)
    assert amounts(activity) == [("2026-01", "100.00"), ("2026-02", "0.00"), ("2026-01", "-60.00")]
    assert balance("6588", activity) == 40


def test_a_waiver_decided_late_is_corrected_and_a_person_s_waiver_spares_only_what_is_carried_alone() -> None:
    adopted_example("forfait-et-marge")
    person, colleague = make_entrepreneur("Anna"), make_entrepreneur("Bruno")
    for one in (person, colleague):
        make_contract(one, ContractKind.CESA, JANUARY)
    alone, shared = make_activity([person]), make_activity([person, colleague])
    run(JANUARY)
    waiver = ContributionWaiver(
        person=person, starts_on=JANUARY, ends_on=date(2026, 1, 31), part=WaivedPart.FEE, decision="CA du 03/02/2026"
    )
    save_waiver(waiver=waiver, by=accountant())
    run(FEBRUARY)
    assert amounts(alone) == [("2026-01", "30.00"), ("2026-02", "30.00"), ("2026-01", "-30.00")]
    assert amounts(shared) == [("2026-01", "30.00"), ("2026-02", "30.00")]


def test_a_month_that_changes_contract_counts_days_and_documents_under_each() -> None:
    adopted_example("minimum-par-contrat")
    person = make_entrepreneur()
    make_contract(person, ContractKind.CAPE, date(2025, 6, 1), date(2026, 1, 10))
    make_contract(person, ContractKind.CESA, date(2026, 1, 11))
    activity = make_activity([person])
    billed(activity, "100", date(2026, 1, 10))
    billed(activity, "200", date(2026, 1, 11))
    run(JANUARY)
    (line,) = lines(activity)
    assert (line.amount, line.detail["days"]) == (Decimal("47.10"), [["CAPE", 10], ["CESA", 21]])


def test_what_comes_after_the_last_contract_still_counts_but_nothing_fixed_is_due() -> None:
    adopted_example("minimum-par-contrat")
    activity = activity_under(ContractKind.CAPE, JANUARY, ends_on=date(2026, 1, 31))
    quiet = activity_under(ContractKind.CAPE, JANUARY, ends_on=date(2026, 1, 31))
    billed(activity, "50", date(2026, 2, 10))
    run(JANUARY)
    run(FEBRUARY)
    assert amounts(activity) == [("2026-01", "20.00"), ("2026-02", "5.00")]
    assert amounts(quiet) == [("2026-01", "20.00")]


def test_a_run_is_taken_back_while_its_period_is_open_and_may_be_made_again() -> None:
    adopted_example("taux-hors-echanges")
    activity = studio()
    posted = run(JANUARY)
    reverse_run(run=posted, reason="Achat oublié", by=accountant(), on=date(2026, 2, 11))
    posted.refresh_from_db()
    assert (posted.state, posted.reversal_reason) == (RunState.REVERSED, "Achat oublié")
    assert (balance("6588", activity), balance("7588")) == (0, 0)
    entry = ContributionStatement.objects.get(run=posted).entry
    assert entry is not None
    assert (entry.reversed_by.entry_on, entry.reversed_by.state) == (date(2026, 1, 31), "VALIDATED")
    assert entry.reversed_by.number == Entry.objects.filter(fiscal_year=entry.fiscal_year).count()
    billed(activity, "100", date(2026, 1, 31))
    again = run(JANUARY)
    assert (again.pk != posted.pk, again.total, amounts(activity)) == (True, Decimal("793.50"), [("2026-01", "793.50")])


def test_months_before_the_first_run_fill_the_tiers_and_are_not_taken() -> None:
    adopted_example("tranches-encaissees")
    activity = advice()
    run(MARCH)
    assert amounts(activity) == [("2026-03", "740.00")]
    run(APRIL)
    run(MAY)
    assert amounts(activity) == [("2026-03", "740.00"), ("2026-04", "-340.04"), ("2026-05", "580.04")]
