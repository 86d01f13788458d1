"""`check_books`: silent on sound books, and each thing that can break is found with its record."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from invoicing.ledger.models import FiscalYear
from invoicing.ledger.services import close_fiscal_year, match_lines
from invoicing.management.commands.check_books import CHECKS
from invoicing.payments.services import bounce_receipt, refund_customer
from tests.invoicing.factories import accountant, make_customer, make_issued, make_selling_activity
from tests.invoicing.ledger.books import check_deferred, customer, line_of, open_years, post, write_draft
from tests.invoicing.payments.books import invoice_of, receive

pytestmark = pytest.mark.django_db


def report() -> tuple[str, str]:
    """What is printed, and how it ends."""
    check_deferred()
    output = io.StringIO()
    try:
        call_command("check_books", stdout=output)
    except CommandError as error:
        return output.getvalue(), str(error)
    return output.getvalue(), ""


def past_the_guards(sql: str) -> None:
    """As someone could who has the keys of the database: no trigger fires."""
    check_deferred()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_empty_books_are_exact() -> None:
    printed, end = report()
    assert (printed.count("oui  "), printed.count("NON"), end) == (len(CHECKS), 0, "")
    assert printed.endswith("Les livres sont exacts.\n")


def test_books_in_use_are_exact() -> None:
    """Documents, part and over-payments, a bounce, a refund, letters across a closing."""
    activity = make_selling_activity()
    town, shop = make_customer(activity), make_customer(activity)
    first, second = invoice_of(town), invoice_of(shop, "50")
    over = receive(town, "200", (first, "120"))
    refund_customer(
        customer=town,
        receipt=over,
        amount=Decimal(30),
        refunded_on=date(2026, 11, 22),
        method="TRANSFER",
        by=accountant(),
    )
    late = receive(shop, "60", (second, "60"), method="DEBIT")
    bounce_receipt(receipt=late, on=date(2026, 11, 25), reason="Provision", by=accountant())
    receive(shop, "20", (second, "20"), on=date(2027, 1, 10))
    receive(None, "7")
    post(("411", "-5"), ("654", "5"), auxiliary=customer(shop.pk, shop.name), on=date(2026, 12, 1))
    for year in FiscalYear.objects.filter(ends_on__lt=date(2027, 1, 1)).order_by("starts_on"):
        close_fiscal_year(year=year, on=date(2027, 3, 1), by=accountant())
    assert report()[1] == ""


def unbalance() -> str:
    entry = write_draft(("512", "10"), ("758", "-10"))
    past_the_guards(f"UPDATE invoicing_entryline SET debit = 11 WHERE entry_id = {entry.pk} AND debit > 0")
    return f"écriture {entry.pk} (pièce P1)\u00a0: débit 11.00, crédit 10.00, 2 ligne(s)"


def miscount() -> str:
    post(("512", "10"), ("758", "-10"))
    past_the_guards(
        "UPDATE invoicing_monthlybalance SET debit = 9 WHERE account_id = (SELECT id FROM invoicing_account "
        "WHERE number = '512')"
    )
    return "compte 512, mois 03/2026\u00a0: le solde conservé diffère"


def skip_a_number() -> str:
    entries = [post(("512", "10"), ("758", "-10")) for _ in range(2)]
    past_the_guards(f"UPDATE invoicing_entry SET number = 7 WHERE id = {entries[1].pk}")
    return "exercice du 01/01/2026\u00a0: le numéro 7 suit 1"


def lose_the_last_number() -> str:
    post(("512", "10"), ("758", "-10"))
    past_the_guards("UPDATE invoicing_fiscalyear SET last_entry_number = 5 WHERE last_entry_number = 1")
    return "exercice du 01/01/2026\u00a0: le numéro 5 suit 1"


def mismatch() -> str:
    entries = [post(("411", a), ("706", b), auxiliary=customer()) for a, b in (("120", "-120"), ("-120", "120"))]
    pair = [line_of(entry) for entry in entries]
    match_lines(lines=pair, on=date(2026, 4, 1), by=accountant())
    past_the_guards(f"UPDATE invoicing_entryline SET matching_id = NULL WHERE id = {pair[0].pk}")
    return "compte 411, lettre A\u00a0: écart -120.00, 0 ligne(s) d’un autre compte, 1 auxiliaire(s)"


def stray() -> str:
    entry = post(("512", "10"), ("758", "-10"))
    past_the_guards(f"UPDATE invoicing_entry SET entry_on = '2031-01-01' WHERE id = {entry.pk}")
    past_the_guards(f"UPDATE invoicing_entryline SET entry_on = '2031-01-01' WHERE entry_id = {entry.pk}")
    return f"écriture {entry.pk} (pièce P1) du 01/01/2031\u00a0: hors période"


def misdate() -> str:
    entry = post(("512", "10"), ("758", "-10"))
    line = line_of(entry, "512")
    past_the_guards(f"UPDATE invoicing_entryline SET entry_on = '2026-03-11' WHERE id = {line.pk}")
    return f"ligne {line.pk} (pièce P1)\u00a0: autre date"


def forge_the_opening() -> str:
    year, _ = open_years()
    post(("512", "10"), ("758", "-10"))
    close_fiscal_year(year=year, on=date(2027, 1, 5), by=accountant())
    past_the_guards("UPDATE invoicing_entryline SET debit = 8 WHERE entry_on = '2027-01-01' AND debit > 0")
    return "exercice du 01/01/2027, compte 512\u00a0: écart 2.00"


def lose_an_entry() -> str:
    invoice = make_issued()
    past_the_guards(f"UPDATE invoicing_entry SET source_id = 0 WHERE source_id = {invoice.pk}")
    return f"{invoice.number}\u00a0: 0 écriture(s), 0 au compte client pour 840.00 TTC"


def forge_a_payment() -> str:
    buyer = make_customer(make_selling_activity())
    invoice = invoice_of(buyer)
    receive(buyer, "120", (invoice, "120"))
    past_the_guards("UPDATE invoicing_allocation SET amount = 100")
    return f"client C{buyer.pk:06d}\u00a0: 0.00 dans les livres, 20.00 selon les documents"


def forge_an_event() -> str:
    buyer = make_customer(make_selling_activity())
    receive(buyer, "120")
    past_the_guards("UPDATE invoicing_paymentevent SET amount = 100")
    return "événement de paiement 1\u00a0: l’empreinte ne correspond pas"


def forge_the_trail() -> str:
    open_years()
    past_the_guards("UPDATE core_auditevent SET action = 'x' WHERE position = 1")
    return "événement d’audit 1\u00a0: l’empreinte ne correspond pas"


@pytest.mark.parametrize(
    "breakage",
    [
        unbalance, miscount, skip_a_number, lose_the_last_number, mismatch, stray, misdate, forge_the_opening,
        lose_an_entry, forge_a_payment, forge_an_event, forge_the_trail,
    ],
)  # fmt: skip
def test_what_is_broken_is_found(breakage: Callable[[], str]) -> None:
    if breakage in {unbalance, miscount, skip_a_number, lose_the_last_number, mismatch, stray, misdate}:
        open_years()
    expected = breakage()
    printed, end = report_unchecked()
    assert f"     - {expected}" in printed.splitlines()
    assert "anomalie(s)." in end


def report_unchecked() -> tuple[str, str]:
    """The same as `report`, without the deferred triggers, which would find an unbalanced entry first."""
    output = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("check_books", stdout=output)
    return output.getvalue(), str(error.value)
