"""What is refused, with the sentence that a person reads, and that nothing changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.errors import RefusalError
from invoicing.contributions.enums import RunState
from invoicing.contributions.models import (
    ContributionLine,
    ContributionOverride,
    ContributionRule,
    ContributionRun,
    ContributionStatement,
    ContributionWaiver,
)
from invoicing.contributions.services import (
    adopt_rule,
    ask_run,
    propose_rule,
    reverse_run,
    run_contributions,
    save_override,
    save_waiver,
)
from invoicing.contributions.tasks import make_run
from invoicing.ledger.models import Entry, EntryLine, Period
from invoicing.ledger.services import lock_period
from tests.invoicing.contributions.books import (
    ADOPTED_ON,
    APRIL,
    FEBRUARY,
    JANUARY,
    MARCH,
    activity_under,
    adopted,
    adopted_example,
    billed,
    run,
)
from tests.invoicing.contributions.samples import RULES
from tests.invoicing.factories import accountant, open_books
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
COLUMNS = "statement_id, position, month, code, label, base, due, taken, amount, reason"
ONE_MORE = "9, '2025-01-01', 'x', 'x', 0, 0, 0, 0, ''"
STATEMENTS = "invoicing_contributionstatement"
RULE = (RULES / "taux-hors-echanges.toml").read_text()


def written() -> tuple[int, ...]:
    """How many rows of each kind stand."""
    kinds = (ContributionRun, ContributionStatement, ContributionLine, ContributionRule, Entry, EntryLine)
    return tuple(kind._default_manager.count() for kind in kinds)


def lock(month: date) -> None:
    """Lock the month's period."""
    lock_period(period=Period.objects.get(starts_on=month), by=accountant())


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (("rate = 11.5", "rate = -1"), "rate"),
        (("valid_from = 2026-01-01", "valid_from = 2026-01-15"), "premier jour d’un mois"),
        (('base = "invoiced"', 'base = "sold"'), "base"),
        (('year = "', 'excluded_products = ["X"]\nyear = "'), "produit inconnu"),
        (("rate = 11.5", "tiers = [{ from = 0, to = 10, rate = 5 }, { from = 5, rate = 4 }]"), "se chevauchent"),
    ],
)
def test_a_rule_that_cannot_be_read_is_not_kept(broken: tuple[str, str], sentence: str) -> None:
    text = RULE.replace("exclude_internal = true", 'year = "calendar"\nexclude_internal = true')
    assert broken[0] in text
    before = written()
    with pytest.raises(RefusalError) as refusal:
        propose_rule(toml=text.replace(*broken), by=accountant())
    assert sentence in " ".join(refusal.value.reasons)
    assert written() == before


def test_an_adopted_version_never_changes_and_no_other_begins_with_it() -> None:
    stored = adopted(RULE)
    (other,) = propose_rule(toml=RULE.replace("11.5", "12"), by=accountant())
    with pytest.raises(RefusalError, match="commence déjà le 01/01/2026"):
        adopt_rule(stored=other, by=accountant(), on=ADOPTED_ON)
    with pytest.raises(RefusalError, match="ne change pas"):
        propose_rule(toml=RULE, by=accountant(), instead_of=stored)
    for act in ("UPDATE invoicing_contributionrule SET toml = ''", "DELETE FROM invoicing_contributionrule"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{act} WHERE state = 'IN_FORCE'")
    assert ContributionRule.objects.get(pk=stored.pk).toml == RULE


def test_a_version_cannot_begin_in_a_month_that_was_run() -> None:
    adopted(RULE)
    activity_under()
    run(JANUARY)
    run(FEBRUARY)
    (late,) = propose_rule(toml=RULE.replace("2026-01-01", "2026-02-01"), by=accountant())
    with pytest.raises(RefusalError, match="Les contributions de février 2026 sont déjà calculées"):
        adopt_rule(stored=late, by=accountant(), on=ADOPTED_ON)
    (next_one,) = propose_rule(toml=RULE.replace("2026-01-01", "2026-03-01"), by=accountant())
    assert adopt_rule(stored=next_one, by=accountant(), on=ADOPTED_ON).state == "IN_FORCE"


def test_a_later_version_takes_over_and_earlier_months_keep_theirs() -> None:
    adopted(RULE)
    adopted(RULE.replace("2026-01-01", "2026-02-01").replace("11.5", "20"))
    activity = activity_under()
    for day in (date(2026, 1, 5), date(2026, 2, 5)):
        billed(activity, "100", day)
    assert [run(month).total for month in (JANUARY, FEBRUARY)] == [Decimal("11.50"), 20]


def test_the_month_before_must_have_been_run() -> None:
    adopted(RULE)
    activity_under()
    run(JANUARY)
    before = written()
    with pytest.raises(RefusalError, match="Calculez d’abord février 2026"):
        run(MARCH)
    with pytest.raises(RefusalError, match="Calculez d’abord février 2026"):
        ask_run(month=APRIL, by=accountant(), on=date(2026, 5, 2))
    assert written() == before


def test_a_month_is_not_run_without_rule_before_its_end_in_a_locked_period_or_without_the_right() -> None:
    open_books()
    activity_under()
    before = written()
    with pytest.raises(RefusalError, match="Aucune règle de contribution n’est adoptée"):
        run(JANUARY)
    assert written() == before
    adopted(RULE)
    lock(FEBRUARY)
    before = written()
    with pytest.raises(RefusalError, match="janvier 2026 n’est pas fini"):
        run_contributions(month=JANUARY, by=accountant(), on=date(2026, 1, 30))
    with pytest.raises(RefusalError, match="verrouillée"):
        run(FEBRUARY)
    with pytest.raises(RefusalError, match="Aucune version de la règle n’est en vigueur en 12/2025"):
        run(date(2025, 12, 1))
    with pytest.raises(RefusalError, match="Il faut le droit"):
        run_contributions(month=JANUARY, by=make_user(Role.MANAGER), on=date(2026, 2, 10))
    assert written() == before


def test_only_the_last_run_is_taken_back_and_only_while_its_period_is_open() -> None:
    adopted(RULE)
    billed(activity_under(), "100", date(2026, 1, 5))
    january, february = run(JANUARY), run(FEBRUARY)
    before = written()
    with pytest.raises(RefusalError, match="Annulez d’abord le calcul de février 2026"):
        reverse_run(run=january, reason="Erreur", by=accountant(), on=date(2026, 3, 11))
    with pytest.raises(RefusalError, match="Donnez le motif"):
        reverse_run(run=february, reason=" ", by=accountant(), on=date(2026, 3, 11))
    reverse_run(run=february, reason="Erreur", by=accountant(), on=date(2026, 3, 11))
    lock(JANUARY)
    with pytest.raises(RefusalError, match="n’est pas ouverte"):
        reverse_run(run=january, reason="Erreur", by=accountant(), on=date(2026, 3, 11))
    assert written() == before
    january.refresh_from_db()
    assert january.state == RunState.POSTED


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE invoicing_contributionrun SET total = 0",
        "UPDATE invoicing_contributionrun SET state = 'WAITING', posted_on = NULL",
        "DELETE FROM invoicing_contributionrun",
        "UPDATE invoicing_contributionstatement SET amount = 0",
        "DELETE FROM invoicing_contributionstatement",
        "UPDATE invoicing_contributionline SET reason = 'autre'",
        "DELETE FROM invoicing_contributionline",
        f"INSERT INTO invoicing_contributionline ({COLUMNS}) SELECT id, {ONE_MORE} FROM {STATEMENTS}",
    ],
)
def test_what_a_run_posted_never_changes(act: str) -> None:
    adopted(RULE)
    activity = activity_under()
    billed(activity, "100", date(2026, 1, 5))
    run(JANUARY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)
    statement = ContributionStatement.objects.get(activity=activity)
    assert (statement.amount, statement.lines.count(), statement.run.total) == (Decimal("11.50"), 1, Decimal("11.50"))


def test_decisions_run_from_the_first_of_a_month_and_concern_one_activity_or_one_person() -> None:
    activity = activity_under()
    fields = {"decision": "CA du 05/02/2026", "starts_on": JANUARY}
    with pytest.raises(RefusalError, match="une activité, ou une personne"):
        save_waiver(waiver=ContributionWaiver(**fields), by=accountant())
    with pytest.raises(RefusalError, match="le premier jour d’un mois"):
        save_waiver(
            waiver=ContributionWaiver(**fields | {"activity": activity, "starts_on": date(2026, 1, 2)}), by=accountant()
        )
    override = {**fields, "activity": activity}
    with pytest.raises(RefusalError, match="clé inconnue"):
        save_override(override=ContributionOverride(**override, values="ALL.rat = 8"), by=accountant())
    save_override(override=ContributionOverride(**override, values="ALL.rate = 8"), by=accountant())
    with pytest.raises(RefusalError, match="couvre une partie de ces dates"):
        save_override(override=ContributionOverride(**override, values="ALL.rate = 7"), by=accountant())
    assert (ContributionWaiver.objects.count(), ContributionOverride.objects.count()) == (0, 1)


def test_an_override_gives_an_activity_its_own_rate() -> None:
    adopted_example("taux-hors-echanges")
    activity, other = activity_under(), activity_under()
    for one in (activity, other):
        billed(one, "100", date(2026, 1, 5))
    override = ContributionOverride(activity=activity, starts_on=JANUARY, values="ALL.rate = 8", decision="CA")
    save_override(override=override, by=accountant())
    run(JANUARY)
    taken = dict(ContributionStatement.objects.values_list("activity_id", "amount"))
    assert taken == {activity.pk: 8, other.pk: Decimal("11.50")}


def test_the_background_job_makes_the_run_once_and_keeps_the_reason_of_a_refusal() -> None:
    adopted(RULE)
    billed(activity_under(), "100", date(2026, 1, 5))
    on = date(2026, 2, 10)
    asked = ask_run(month=JANUARY, by=accountant(), on=on)
    assert (asked.state, ask_run(month=JANUARY, by=accountant(), on=on)) == (RunState.WAITING, asked)
    lock(JANUARY)
    make_run(run_id=asked.pk, user_id=accountant().pk, on=on.isoformat())
    asked.refresh_from_db()
    assert (asked.state, asked.failure) == (
        RunState.FAILED,
        "La période 01/2026 est verrouillée\u00a0: elle ne reçoit plus d’écriture.",
    )
    Period.objects.filter(starts_on=JANUARY).update(state="OPEN")
    again = ask_run(month=JANUARY, by=accountant(), on=on)
    for _ in range(2):
        make_run(run_id=again.pk, user_id=accountant().pk, on=on.isoformat())
    again.refresh_from_db()
    assert (again.state, again.progress, again.total) == (RunState.POSTED, 100, Decimal("11.50"))
    assert ContributionStatement.objects.count() == 1
