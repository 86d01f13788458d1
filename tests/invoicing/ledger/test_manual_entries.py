"""Manual entries as the accountant types them: draft, change, validate, reverse, delete; every refusal in words."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cae_backoffice.core.models import AuditEvent
from invoicing.ledger.enums import EntryState
from invoicing.ledger.models import Account, Auxiliary, Entry, EntryLine, Journal, Period
from invoicing.ledger.services import close_fiscal_year, lock_period
from tests.invoicing.factories import accountant
from tests.invoicing.ledger.books import customer, open_years, post, write_draft
from tests.members.factories import make_activity, make_entrepreneur

pytestmark = pytest.mark.django_db
ADD = "admin:invoicing_entry_add"
CHANGE = "admin:invoicing_entry_change"


def typed(*lines: dict[str, Any], on: str = "2026-03-10", initial: int = 0, **header: str) -> dict[str, Any]:
    """What the page sends: the header and the rows."""
    data: dict[str, Any] = {
        "journal": Journal.objects.get(code="OD").pk,
        "entry_on": on,
        "voucher_number": "OD1",
        "voucher_on": on,
        "label": "Régularisation",
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": initial,
        **header,
    }
    for i, line in enumerate(lines):
        number = line.get("account")
        found = Account.objects.filter(number=number).first()
        row = {"debit": "", "credit": "", "label": "", **line, "account": found.pk if found else "999999"}
        data |= {f"lines-{i}-{name}": value for name, value in row.items()}
    return data


def bank(debit: str = "100,00", credit: str = "100") -> tuple[dict[str, Any], dict[str, Any]]:
    """The bank against other products."""
    return {"account": "512", "debit": debit}, {"account": "758", "credit": credit}


def errors_of(client: Client, data: dict[str, Any], name: str = ADD, *args: int) -> str:
    """The page that comes back with its errors; nothing was written."""
    before = list(EntryLine.objects.order_by("pk").values())
    response = client.post(reverse(name, args=args), data)
    assert response.status_code == 200
    assert list(EntryLine.objects.order_by("pk").values()) == before
    return response.content.decode()


def amounts(entry: Entry) -> list[tuple[str, Decimal]]:
    """Accounts and signed amounts."""
    return [(line.account.number, line.debit - line.credit) for line in entry.lines.select_related("account")]


def test_a_draft_is_typed_changed_validated_and_reversed(accountant_client: Client) -> None:
    open_years()
    activity = make_activity([make_entrepreneur()])
    first, second = bank("1 234,56", "1234.56")
    answer = accountant_client.post(reverse(ADD), typed(first, second | {"activity": activity.pk}))
    entry = Entry.objects.get()
    assert answer.status_code == 302
    assert (entry.state, entry.number, entry.label) == (EntryState.DRAFT, None, "Régularisation")
    assert amounts(entry) == [("512", Decimal("1234.56")), ("758", Decimal("-1234.56"))]
    ids = list(entry.lines.values_list("pk", flat=True))
    first, second = bank("80", "80")
    data = typed(first | {"id": ids[0]}, second | {"id": ids[1]}, initial=2, label="Corrigée")
    assert accountant_client.post(reverse(CHANGE, args=[entry.pk]), data).status_code == 302
    entry.refresh_from_db()
    assert (entry.label, amounts(entry)) == ("Corrigée", [("512", Decimal(80)), ("758", Decimal(-80))])
    accountant_client.post(reverse("admin:invoicing_entry_validate_one", args=[entry.pk]))
    entry.refresh_from_db()
    assert (entry.state, entry.number) == (EntryState.VALIDATED, 1)
    reversal = {"on": "2026-04-01", "reason": "Erreur de compte"}
    accountant_client.post(reverse("admin:invoicing_entry_reverse", args=[entry.pk]), reversal)
    opposite = Entry.objects.get(reverses=entry)
    assert (opposite.number, opposite.entry_on, amounts(opposite)) == (
        2,
        date(2026, 4, 1),
        [("512", Decimal(-80)), ("758", Decimal(80))],
    )
    page = accountant_client.get(reverse(CHANGE, args=[entry.pk])).content.decode()
    assert "contrepassée par" in page
    assert AuditEvent.objects.get(action="entry.reversed").changes["reason"] == "Erreur de compte"


def test_a_draft_is_deleted_and_the_list_comes_back(accountant_client: Client) -> None:
    open_years()
    entry = write_draft(("512", "10"), ("758", "-10"))
    answer = accountant_client.post(reverse("admin:invoicing_entry_delete_draft", args=[entry.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("admin:invoicing_entry_changelist"), 302)]
    assert "Brouillard supprimé." in answer.content.decode()
    assert not Entry.objects.exists()


def test_lines_are_added_and_taken_away(accountant_client: Client) -> None:
    open_years()
    entry = write_draft(("512", "10"), ("758", "-6"), ("706", "-4"))
    ids = list(entry.lines.order_by("position").values_list("pk", flat=True))
    data = typed(
        {"account": "512", "debit": "10", "id": ids[0]},
        {"account": "758", "credit": "6", "id": ids[1], "DELETE": "on"},
        {"account": "706", "credit": "4", "id": ids[2]},
        {"account": "708", "credit": "6"},
        initial=3,
    )
    accountant_client.post(reverse(CHANGE, args=[entry.pk]), data)
    assert amounts(entry) == [("512", Decimal(10)), ("706", Decimal(-4)), ("708", Decimal(-6))]


@pytest.mark.parametrize(
    ("lines", "on", "reason"),
    [
        (bank("100", "99,50"), "2026-03-10", "L’écriture n’est pas équilibrée\u00a0: le débit dépasse de 0,50\u00a0€."),
        (bank("99", "100"), "2026-03-10", "le crédit dépasse de 1,00\u00a0€."),
        (bank("cent", "100"), "2026-03-10", "Saisissez un nombre"),
        (bank("-5", "-5"), "2026-03-10", "Ligne 1\u00a0: une ligne est au débit ou au crédit, d’un montant positif."),
        (({"account": "999", "debit": "5"}, {"account": "512", "credit": "5"}), "2026-03-10", "Sélectionnez un choix"),
        (bank(), "2035-03-10", "Aucun exercice ne contient le 10/03/2035."),
        (bank(), "10 mars", "Saisissez une date valide"),
        (bank()[:1], "2026-03-10", "Une écriture a au moins deux lignes."),
        (
            ({"account": "411", "debit": "5"}, {"account": "512", "credit": "5"}),
            "2026-03-10",
            "Ligne 1\u00a0: le compte 411 attend un compte auxiliaire\u00a0: Client.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    accountant_client: Client, lines: tuple[dict[str, Any], ...], on: str, reason: str
) -> None:
    open_years()
    assert reason in errors_of(accountant_client, typed(*lines, on=on))


def test_an_auxiliary_of_another_kind_is_refused(accountant_client: Client) -> None:
    open_years()
    supplier = Auxiliary.objects.create(code="F000001", kind="SUPPLIER", label="Papeterie")
    lines = {"account": "411", "debit": "5", "auxiliary": supplier.pk}, {"account": "512", "credit": "5"}
    assert "attend un compte auxiliaire\u00a0: Client." in errors_of(accountant_client, typed(*lines))
    lines = {"account": "758", "credit": "5", "auxiliary": customer().pk}, {"account": "512", "debit": "5"}
    assert "attend un compte auxiliaire\u00a0: aucun." in errors_of(accountant_client, typed(*lines))


def test_locked_and_closed_months_refuse(accountant_client: Client) -> None:
    year, _ = open_years()
    draft = write_draft(("512", "10"), ("758", "-10"))
    march = Period.objects.get(starts_on=date(2026, 3, 1))
    lock_period(period=march, by=accountant())
    assert "La période 03/2026 est verrouillée" in errors_of(accountant_client, typed(*bank()))
    validate = accountant_client.post(reverse("admin:invoicing_entry_validate_one", args=[draft.pk]))
    assert "est dans une période verrouillée." in validate.content.decode()
    draft.refresh_from_db()
    assert draft.number is None
    march.state = "OPEN"
    march.save()
    accountant_client.post(reverse("admin:invoicing_entry_delete_draft", args=[draft.pk]))
    close_fiscal_year(year=year, on=date(2027, 1, 5), by=accountant())
    assert "La période 03/2026 est clôturée" in errors_of(accountant_client, typed(*bank()))


def test_a_validated_entry_takes_no_change(accountant_client: Client) -> None:
    open_years()
    entry = post(("512", "10"), ("758", "-10"))
    first, second = bank()
    assert accountant_client.post(reverse(CHANGE, args=[entry.pk]), typed(first, second)).status_code == 403
    delete = accountant_client.post(reverse("admin:invoicing_entry_delete_draft", args=[entry.pk]))
    assert "contrepassez-la" in delete.content.decode()
    assert amounts(entry) == [("512", Decimal(10)), ("758", Decimal(-10))]


def test_a_reversal_needs_a_reason_and_an_open_date(accountant_client: Client) -> None:
    open_years()
    entry = post(("512", "10"), ("758", "-10"))
    address = reverse("admin:invoicing_entry_reverse", args=[entry.pk])
    for data, reason in (
        ({"on": "2026-04-01", "reason": ""}, "Ce champ est obligatoire"),
        ({"on": "2031-04-01", "reason": "Erreur"}, "Aucun exercice ne contient le 01/04/2031."),
    ):
        assert reason in accountant_client.post(address, data).content.decode()
    assert Entry.objects.count() == 1


def test_a_selection_is_validated_whole_or_not_at_all(accountant_client: Client) -> None:
    open_years()
    entries = [write_draft(("512", "10"), ("758", "-10"), on=date(2026, month, 3)) for month in (5, 4)]
    data = {"action": "validate_selection", "_selected_action": [entry.pk for entry in entries]}
    lock_period(period=Period.objects.get(starts_on=date(2026, 5, 1)), by=accountant())
    answer = accountant_client.post(reverse("admin:invoicing_entry_changelist"), data, follow=True)
    assert "est dans une période verrouillée." in answer.content.decode()
    assert not Entry.objects.exclude(number=None).exists()
    Period.objects.update(state="OPEN")
    accountant_client.post(reverse("admin:invoicing_entry_changelist"), data)
    assert [Entry.objects.get(pk=entry.pk).number for entry in entries] == [2, 1]


def test_a_long_entry_is_read_in_the_journal(accountant_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """An opening of thousands of lines: its page leads to them, and takes no change."""
    monkeypatch.setattr("invoicing.ledger.admin.entries.MOST_LINES", 2)
    open_years()
    long, short = write_draft(("512", "10"), ("758", "-6"), ("706", "-4")), write_draft(("512", "1"), ("758", "-1"))
    page = accountant_client.get(reverse(CHANGE, args=[long.pk])).content.decode()
    assert "Lire les 3 lignes dans le journal" in page
    assert f"entry={long.pk}&amp;starts_on=2026-03-10" in page
    query: dict[str, Any] = {"entry": long.pk, "starts_on": "2026-03-10", "ends_on": "2026-03-10"}
    table = accountant_client.get(reverse("journal"), query).context
    assert [row.cells[-2] - row.cells[-1] for row in table["page"].rows] == [Decimal(10), Decimal(-6), Decimal(-4)]
    assert [cell.value for cell in table["totals"][-2:]] == [Decimal(10), Decimal(10)]
    assert "Lire les" not in accountant_client.get(reverse(CHANGE, args=[short.pk])).content.decode()
    first, second = bank()
    assert accountant_client.post(reverse(CHANGE, args=[long.pk]), typed(first, second)).status_code == 403
    assert len(amounts(long)) == 3


def test_the_page_offers_only_what_may_be_done(accountant_client: Client) -> None:
    open_years()
    draft, validated = write_draft(("512", "10"), ("758", "-10")), post(("512", "10"), ("758", "-10"))
    page = accountant_client.get(reverse(CHANGE, args=[draft.pk])).content.decode()
    assert ("/valider" in page, "/contrepasser" in page) == (True, False)
    page = accountant_client.get(reverse(CHANGE, args=[validated.pk])).content.decode()
    assert ("/supprimer" in page, "/contrepasser" in page) == (False, True)
