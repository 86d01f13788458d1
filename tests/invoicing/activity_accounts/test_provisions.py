"""Provisions by hand and by rule, opening balances from a file, and the account of the pooled services."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import Error, transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.activity_accounts.enums import ProvisionKind, StatementHeading
from invoicing.activity_accounts.models import OpeningBalance, PooledAccount, Provision, ProvisionRule
from invoicing.activity_accounts.queries.figures import statements_apart
from invoicing.activity_accounts.queries.provisions import provisions_due
from invoicing.activity_accounts.rules.openings import OpeningRow, read_openings
from invoicing.activity_accounts.services import (
    import_openings,
    provide_by_rule,
    publish_pooled_account,
    record_provision,
)
from invoicing.ledger.models import Account, Entry, FiscalYear
from invoicing.payments.services import declare_doubtful
from members.activities.models import Activity
from tests.invoicing.activity_accounts.books import activity as activity  # noqa: PLC0414  a fixture
from tests.invoicing.activity_accounts.books import book, november, statement
from tests.invoicing.factories import accountant, make_customer, make_selling_activity
from tests.invoicing.payments.books import expected, invoice_of, lines_of, receive
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
DAY = date(2026, 11, 25)


def provide(activity: Activity, amount: str, kind: str = ProvisionKind.OTHER, reason: str = "Litige") -> Provision:
    """A provision typed on 25 November 2026."""
    return record_provision(
        activity=activity, kind=kind, amount=Decimal(amount), on=DAY, reason=reason, by=accountant()
    )


def test_a_provision_by_hand_lowers_what_is_available_and_comes_back(activity: Activity) -> None:
    made = provide(activity, "80.50")
    assert lines_of(made.entry) == expected(("681", activity, "80.50"), ("151", activity, "-80.50"))
    assert november(activity).amounts == {StatementHeading.PROVISIONS: Decimal("-80.50")}
    provide(activity, "-80.50", reason="Litige éteint")
    assert statement(activity).available == 0
    assert statements_apart() == []


@pytest.mark.parametrize(
    ("amount", "reason", "sentence"),
    [
        ("0", "Litige", "Une provision a un montant en euros et centimes."),
        ("1.005", "Litige", "Une provision a un montant en euros et centimes."),
        ("10", "  ", "Donnez le motif de la provision."),
        ("-10", "Litige", "Il n’y a que 0,00\u00a0€ de provisionné\u00a0: on ne peut en reprendre davantage."),
    ],
)
def test_a_wrong_provision_is_refused_and_leaves_nothing(
    activity: Activity, amount: str, reason: str, sentence: str
) -> None:
    before = (Entry.objects.count(), AuditEvent.objects.count())
    with pytest.raises(RefusalError) as refusal:
        provide(activity, amount, reason=reason)
    assert list(refusal.value.reasons) == [sentence]
    assert (Entry.objects.count(), AuditEvent.objects.count(), Provision.objects.count()) == (*before, 0)


def test_only_accountants_provide(activity: Activity) -> None:
    with pytest.raises(RefusalError, match="Seuls les comptables"):
        record_provision(
            activity=activity,
            kind=ProvisionKind.OTHER,
            amount=Decimal(1),
            on=DAY,
            reason="Litige",
            by=make_user(Role.MANAGER),
        )
    assert Provision.objects.count() == 0


def test_paid_leave_is_a_percentage_of_the_month_s_pay_and_once_only(activity: Activity) -> None:
    other = make_selling_activity()
    book(("641", activity, "1000"), ("645", activity, "234.56"), ("641", other, "100"), ("512", None, "-1334.56"))
    due = provisions_due(ProvisionKind.PAID_LEAVE, month=NOVEMBER)
    assert [(one.activity, one.base, one.amount) for one in due] == [
        (activity, Decimal("1234.56"), Decimal("123.46")),
        (other, Decimal(100), Decimal(10)),
    ]
    made = provide_by_rule(kind=ProvisionKind.PAID_LEAVE, month=NOVEMBER, by=accountant())
    assert lines_of(made[0].entry) == expected(
        ("6412", activity, "123.46"),
        ("4282", activity, "-123.46"),
        ("6412", other, "10"),
        ("4282", other, "-10"),
    )
    assert provide_by_rule(kind=ProvisionKind.PAID_LEAVE, month=NOVEMBER, by=accountant()) == []
    book(("641", activity, "-1000"), ("512", None, "1000"))
    (correction,) = provide_by_rule(kind=ProvisionKind.PAID_LEAVE, month=NOVEMBER, by=accountant())
    assert correction.amount == Decimal("-100.00")
    assert november(activity).amounts == {
        StatementHeading.PAY: Decimal("-234.56"),
        StatementHeading.PROVISIONS: Decimal("-23.46"),
    }
    assert statements_apart() == []


def test_doubtful_receivables_are_provided_without_vat_and_given_back_when_paid(activity: Activity) -> None:
    customer = make_customer(activity)
    invoice = invoice_of(customer, "100")
    declare_doubtful(invoice=invoice, on=date(2026, 11, 10), reason="Liquidation", by=accountant())
    (made,) = provide_by_rule(kind=ProvisionKind.BAD_DEBTS, month=NOVEMBER, by=accountant())
    assert lines_of(made.entry) == expected(("6817", activity, "100"), ("491", activity, "-100"))
    assert november(activity).change == 0, "what was never collected was never available"
    receive(customer, "60", (invoice, "60"), on=date(2026, 12, 3))
    (back,) = provide_by_rule(kind=ProvisionKind.BAD_DEBTS, month=date(2026, 12, 1), by=accountant())
    assert back.amount == Decimal(-50)
    assert statement(activity).available == Decimal(50)
    assert statements_apart() == []


def test_a_later_rule_takes_its_turn(activity: Activity) -> None:
    first = ProvisionRule.objects.get(kind=ProvisionKind.PAID_LEAVE)
    ProvisionRule.objects.create(
        kind=first.kind,
        valid_from=date(2026, 11, 15),
        rate=Decimal(12),
        charge_account=first.charge_account,
        balance_account=first.balance_account,
        decision="CA du 14/11/2026",
    )
    book(("641", activity, "100"), ("512", None, "-100"))
    assert [one.amount for one in provisions_due(ProvisionKind.PAID_LEAVE, month=NOVEMBER)] == [Decimal(12)]


def test_a_provision_never_changes(activity: Activity) -> None:
    provide(activity, "80")
    with pytest.raises(Error), transaction.atomic():
        Provision.objects.update(amount=1)
    with pytest.raises(Error), transaction.atomic():
        Provision.objects.all().delete()
    assert Provision.objects.get().amount == 80


def test_a_file_is_read_whole_with_a_sentence_for_each_wrong_line() -> None:
    text = "activity;balance\nA1;1 234,56\nA2;-7.5\nA3;1\nA1;2\nA2\nA4;douze\nA5;0\nA6;0,001\n"
    read = read_openings(text, known_codes={"A1", "A2", "A4", "A5", "A6"})
    assert read.rows == (OpeningRow("A1", Decimal("1234.56")), OpeningRow("A2", Decimal("-7.5")))
    assert read.problems == (
        "Ligne 4\u00a0: aucune activité n’a le code «\u00a0A3\u00a0».",
        "Ligne 5\u00a0: l’activité A1 figure déjà plus haut.",
        "Ligne 6\u00a0: deux cellules sont attendues, un code et un solde.",
        "Ligne 7\u00a0: «\u00a0douze\u00a0» n’est pas un montant en euros et centimes.",
        "Ligne 8\u00a0: un solde nul ne se reprend pas\u00a0: retirez la ligne.",
        "Ligne 9\u00a0: «\u00a00,001\u00a0» n’est pas un montant en euros et centimes.",
    )
    assert read_openings("code;montant\n", known_codes=()).problems == (
        "Ligne 1\u00a0: les colonnes sont activity et balance.",
    )
    assert read_openings("activity,balance\n", known_codes=()).problems == ("Le fichier ne contient aucun solde.",)


def test_opening_balances_net_to_zero_in_the_books_and_open_the_statements(activity: Activity) -> None:
    other = make_selling_activity()
    text = f"activity;balance\n{activity.code};400,10\n{other.code};-150\n"
    made = import_openings(text=text, on=DAY, by=accountant())
    assert lines_of(made[0].entry) == expected(
        ("110", activity, "-400.10"), ("110", other, "150"), ("110", None, "250.10")
    )
    assert (statement(activity).available, statement(other).available) == (Decimal("400.10"), Decimal(-150))
    assert statements_apart() == []
    entries = Entry.objects.count()
    again = f"activity;balance\n{activity.code};1\n"
    with pytest.raises(RefusalError, match="est déjà repris"):
        import_openings(text=again, on=DAY, by=accountant())
    assert (Entry.objects.count(), OpeningBalance.objects.count()) == (entries, 2)


def test_one_wrong_line_and_nothing_is_imported(activity: Activity) -> None:
    text = f"activity;balance\n{activity.code};400,10\nZZZ;3\n"
    with pytest.raises(RefusalError, match="Ligne 3"):
        import_openings(text=text, on=DAY, by=accountant())
    assert (Entry.objects.count(), OpeningBalance.objects.count()) == (0, 0)


def test_the_pooled_services_account_is_published_once_when_the_year_is_over(activity: Activity) -> None:
    on = date(2025, 6, 1)
    book(("6588", activity, "500"), ("7588", None, "-500"), on=on)
    book(("641", None, "300"), ("613", None, "80"), ("616", None, "20"), ("512", None, "-400"), on=on)
    book(("740", None, "-25"), ("512", None, "25"), on=on)
    year = FiscalYear.objects.get(starts_on__year=2025)
    with pytest.raises(RefusalError, match="ne finit que le 31/12/2025"):
        publish_pooled_account(fiscal_year=year, on=date(2025, 12, 31), by=accountant())
    assert PooledAccount.objects.count() == 0
    published = publish_pooled_account(fiscal_year=year, on=date(2026, 3, 1), by=accountant())
    assert published.rows == [
        ("Contributions des entrepreneurs", Decimal(500)),
        ("Subventions", Decimal(25)),
        ("Locaux, sous-traitance, assurances", Decimal(-100)),
        ("Salaires et cotisations de l’équipe permanente", Decimal(-300)),
    ]
    assert published.result == Decimal(125)
    with pytest.raises(RefusalError, match="déjà publié"):
        publish_pooled_account(fiscal_year=year, on=date(2026, 3, 2), by=accountant())
    empty = FiscalYear.objects.get(starts_on__year=2024)
    with pytest.raises(RefusalError, match="Aucune écriture"):
        publish_pooled_account(fiscal_year=empty, on=date(2026, 3, 2), by=accountant())
    assert PooledAccount.objects.count() == 1


def test_the_accounts_of_the_groups_are_in_the_chart(activity: Activity) -> None:
    assert set(
        Account.objects.filter(number__in=["6412", "6587", "6588", "6817", "7587", "7588"]).values_list(
            "number", flat=True
        )
    ) == {"6412", "6587", "6588", "6817", "7587", "7588"}
