"""Templates of entries: amounts fixed, shared out or left open; from the template's page to the typed entry."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import EntrySide
from invoicing.ledger.models import Account, Entry, EntryTemplate, EntryTemplateLine, Journal
from invoicing.ledger.rules import TemplateAmount, template_amounts
from invoicing.ledger.services import save_template
from tests.invoicing.factories import accountant
from tests.invoicing.ledger.books import open_years

DEBIT, CREDIT = EntrySide.DEBIT, EntrySide.CREDIT


def share(side: EntrySide, percentage: str) -> TemplateAmount:
    """A line in percent."""
    return TemplateAmount(side, percentage=Decimal(percentage))


def make_template(*lines: tuple[str, str, str, str]) -> EntryTemplate:
    """From account, side, amount and percentage."""
    rows = [
        EntryTemplateLine(
            account=Account.objects.get(number=number),
            side=side,
            amount=Decimal(amount) if amount else None,
            percentage=Decimal(percentage) if percentage else None,
        )
        for number, side, amount, percentage in lines
    ]
    template = EntryTemplate(name="Loyer partagé", journal=Journal.objects.get(code="OD"), label="Loyer")
    return save_template(template=template, lines=rows, by=accountant())


def test_amounts_are_fixed_shared_out_or_left_open() -> None:
    lines = [
        TemplateAmount(DEBIT, amount=Decimal("12.50")),
        share(DEBIT, "33.333"),
        share(DEBIT, "66.667"),
        TemplateAmount(CREDIT),
        share(CREDIT, "50"),
    ]
    expected = [Decimal("12.50"), Decimal("33.33"), Decimal("66.67"), None, Decimal("50.00")]
    assert template_amounts(lines, base=Decimal(100)) == expected
    assert template_amounts(lines, base=None) == [Decimal("12.50"), None, None, None, None]


@given(st.lists(st.integers(1, 99_999), min_size=1, max_size=8), st.integers(0, 10**9))
def test_a_side_that_shares_out_everything_sums_to_the_base(weights: list[int], cents: int) -> None:
    """Whatever the percentages of three decimals and the amount."""
    thousandths = [weight * 100_000 // sum(weights) for weight in weights]
    thousandths[0] += 100_000 - sum(thousandths)
    lines = [share(DEBIT, str(Decimal(part) / 1000)) for part in thousandths if part]
    base = Decimal(cents) / 100
    assert sum((amount or Decimal(0) for amount in template_amounts(lines, base=base)), Decimal(0)) == base


@pytest.mark.django_db
def test_a_template_starts_an_entry(accountant_client: Client) -> None:
    open_years()
    template = make_template(("613", "DEBIT", "", "60"), ("614", "DEBIT", "", "40"), ("512", "CREDIT", "", "100"))
    typed = {"entry_on": "2026-03-10", "voucher_number": "L3", "base": "1 000,01"}
    answer = accountant_client.post(reverse("admin:invoicing_entrytemplate_use", args=[template.pk]), typed)
    assert answer.status_code == 302
    form = accountant_client.get(answer["Location"]).context["inline_admin_formsets"][0].formset
    rows = [(row.initial["account"], row.initial.get("debit"), row.initial.get("credit")) for row in form.forms]
    ids = dict(Account.objects.values_list("number", "pk"))
    assert rows == [
        (ids["613"], Decimal("600.01"), None),
        (ids["614"], Decimal("400.00"), None),
        (ids["512"], None, Decimal("1000.01")),
    ]
    data = {
        "journal": template.journal_id,
        "entry_on": "2026-03-10",
        "voucher_number": "L3",
        "voucher_on": "2026-03-10",
        "label": "Loyer",
        "lines-TOTAL_FORMS": 3,
        "lines-INITIAL_FORMS": 0,
    }
    for i, (account, debit, credit) in enumerate(rows):
        data |= {f"lines-{i}-account": account, f"lines-{i}-debit": debit or "", f"lines-{i}-credit": credit or ""}
    assert accountant_client.post(answer["Location"], data).status_code == 302
    assert Entry.objects.get().lines.count() == 3


@pytest.mark.django_db
def test_a_template_is_written_on_its_page(accountant_client: Client) -> None:
    accounts = dict(Account.objects.values_list("number", "pk"))
    data = {
        "name": "Abonnement",
        "journal": Journal.objects.get(code="OD").pk,
        "label": "Abonnement",
        "lines-TOTAL_FORMS": 2,
        "lines-INITIAL_FORMS": 0,
        "lines-0-account": accounts["626"],
        "lines-0-side": "DEBIT",
        "lines-0-amount": "45,50",
        "lines-1-account": accounts["512"],
        "lines-1-side": "CREDIT",
        "lines-1-percentage": "100",
    }
    add = reverse("admin:invoicing_entrytemplate_add")
    both = accountant_client.post(add, data | {"lines-0-percentage": "10"})
    assert "un montant ou un pourcentage, pas les deux" in both.content.decode()
    alone = accountant_client.post(add, data | {"lines-1-account": "", "lines-1-side": "", "lines-1-percentage": ""})
    assert "Un modèle a au moins deux lignes." in alone.content.decode()
    assert not EntryTemplate.objects.exists()
    assert accountant_client.post(add, data).status_code == 302
    template = EntryTemplate.objects.get()
    assert list(template.lines.values_list("position", "account__number", "amount", "percentage")) == [
        (1, "626", Decimal("45.50"), None),
        (2, "512", None, Decimal(100)),
    ]
    ids = list(template.lines.values_list("pk", flat=True))
    change = data | {"lines-INITIAL_FORMS": 2, "lines-0-id": ids[0], "lines-1-id": ids[1], "lines-0-amount": "50"}
    page = reverse("admin:invoicing_entrytemplate_change", args=[template.pk])
    assert accountant_client.post(page, change).status_code == 302
    assert list(template.lines.values_list("amount", flat=True)) == [Decimal("50.00"), None]


@pytest.mark.django_db
def test_a_template_needs_two_lines() -> None:
    with pytest.raises(RefusalError, match="au moins deux lignes"):
        make_template(("613", "DEBIT", "10", ""))
    assert not EntryTemplate.objects.exists()
