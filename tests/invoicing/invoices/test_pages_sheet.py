"""The sheet on which an invoice is drafted, with and without its script."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import draft_print
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import save_draft
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_content,
    make_customer,
    make_delivery_address,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
    vat,
)
from tests.members.factories import make_activity, make_cooperative, make_user

pytestmark = pytest.mark.django_db
SHEET_QUERIES = 14
TOTALS_QUERIES = 4


@pytest.fixture
def activity() -> Activity:
    """An activity with one entrepreneur."""
    make_cooperative()
    return make_selling_activity()


@pytest.fixture
def client(activity: Activity) -> Client:
    """The entrepreneur's browser."""
    return signed_in(entrepreneur_of(activity))


def line(rank: int, **fields: str) -> dict[str, str]:
    """A line, as typed."""
    typed = {
        "label": "Conseil",
        "quantity": "2",
        "unit": "DAY",
        "unit_price": "1 234,56",
        "discount_percent": "",
        "nature": "SERVICES",
        "vat_code": str(vat().pk),
    } | fields
    return {f"lines-{rank}-{name}": value for name, value in typed.items()}


def sheet(activity: Activity, *lines: dict[str, str], **fields: str) -> dict[str, str]:
    """A sheet, as sent; one line unless said otherwise."""
    typed = {"activity": str(activity.pk), "customer": "", "payment_terms": "D30", "action": "save"} | fields
    for typed_line in lines or (line(0),):
        typed |= typed_line
    ranks = {name.split("-")[1] for name in typed if name.startswith("lines-")}
    return typed | {"lines-TOTAL_FORMS": str(len(ranks)), "lines-INITIAL_FORMS": "0"}


def blank(rank: int) -> dict[str, str]:
    """A line left as it was offered."""
    return line(rank, label="", quantity="1", unit="C62", unit_price="")


def test_a_draft_is_saved_as_the_french_type_numbers(client: Client, activity: Activity) -> None:
    """Commas, spaces of any kind, points; a blank line is no line."""
    customer = make_customer(activity)
    address = make_delivery_address(customer)
    typed = sheet(
        activity,
        line(0, discount_percent="10,5"),
        blank(1),
        line(2, label="Livre", unit_price="12.50", quantity="−3", unit="H87", nature="GOODS",
             vat_code=str(vat("FR5.5").pk), description="Broché\r\nÉdition 2026"),
        customer=str(customer.pk), delivery_address=str(address.pk), subject="Étude", supplied_on="2026-11-03",
        purchase_order="BC-7", payment_terms="M45", note="Merci\u00a0!",
    )  # fmt: skip
    answer = client.post("/factures/nouvelle/", typed)
    invoice = Invoice.objects.get()
    assert answer.headers["Location"] == f"/factures/{invoice.pk}/"
    assert (invoice.customer, invoice.delivery_address, invoice.subject) == (customer, address, "Étude")
    assert (invoice.supplied_on, invoice.payment_terms, invoice.note) == (date(2026, 11, 3), "M45", "Merci\u00a0!")
    first, second = invoice.lines.all()
    assert (first.quantity, first.unit_price, first.net) == (2, Decimal("1234.56"), Decimal("2209.86"))
    assert (second.quantity, second.net, second.description) == (-3, Decimal("-37.50"), "Broché\nÉdition 2026")
    assert (invoice.net, invoice.vat, invoice.gross) == (Decimal("2172.36"), Decimal("439.91"), Decimal("2612.27"))


def test_lines_keep_their_chapter(client: Client, activity: Activity) -> None:
    """As typed, and the sheet offers it again; one that is too long is an error at its field."""
    typed = sheet(activity, line(0, chapter=" Gros œuvre "), line(1))
    client.post("/factures/nouvelle/", typed)
    invoice = Invoice.objects.get()
    assert list(invoice.lines.values_list("chapter", flat=True)) == ["Gros œuvre", ""]
    answer = client.get(f"/factures/{invoice.pk}/modifier/")
    assert answer.context["sheet"].lines.forms[0]["chapter"].value() == "Gros œuvre"
    answer = client.post("/factures/nouvelle/", sheet(activity, line(0, chapter="x" * 121)))
    assert list(answer.context["sheet"].lines.forms[0].errors) == ["chapter"]


def test_a_draft_may_lack_customer_and_lines(client: Client, activity: Activity) -> None:
    """It may wait."""
    assert client.post("/factures/nouvelle/", sheet(activity, blank(0))).status_code == 302
    assert Invoice.objects.get().lines.count() == 0


def test_a_draft_is_rewritten(client: Client, activity: Activity) -> None:
    """Its sheet shows it the French way; removed lines are gone."""
    invoice = make_draft(activity, lines=[make_line("Un", "1.5", "1000"), make_line("Deux", "1", "0.1234")])
    text = client.get(f"/factures/{invoice.pk}/modifier/").text
    for value in ('value="1,5"', 'value="1\u202f000,00"', 'value="0,1234"'):
        assert value in text
    typed = sheet(activity, line(0, label="Un"), line(1, label="Deux", DELETE="on"))
    assert client.post(f"/factures/{invoice.pk}/modifier/", typed).status_code == 302
    assert [kept.label for kept in invoice.lines.all()] == ["Un"]


def test_saving_and_submitting_is_one_press(client: Client, activity: Activity) -> None:
    """From nothing to the cooperative."""
    typed = sheet(activity, customer=str(make_customer(activity).pk), action="submit")
    answer = client.post("/factures/nouvelle/", typed, follow=True)
    assert "est soumise" in answer.text
    assert Invoice.objects.get().state == InvoiceState.SUBMITTED


def test_what_lacks_to_submit_is_said_at_its_field(client: Client, activity: Activity) -> None:
    """Customer and lines; nothing is written."""
    answer = client.post("/factures/nouvelle/", sheet(activity, blank(0), action="submit"))
    assert answer.context["sheet"].heading.errors == {
        "customer": ["Choisissez le client."],
        "__all__": ["Écrivez au moins une ligne."],
    }
    assert Invoice.objects.count() == 0


def test_a_refused_submission_keeps_the_draft(client: Client, activity: Activity) -> None:
    """The reasons stand above its sheet."""
    customer = make_customer(activity)
    typed = sheet(activity, line(0, label="Conseil 🙂"), customer=str(customer.pk), action="submit")
    answer = client.post("/factures/nouvelle/", typed, follow=True)
    assert answer.redirect_chain == [(f"/factures/{Invoice.objects.get().pk}/modifier/", 302)]
    assert "un document ne peut pas imprimer «\u00a0🙂\u00a0»" in answer.text
    assert Invoice.objects.get().state == InvoiceState.DRAFT


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": "x" * 161}, "label"),
        ({"quantity": "deux"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": ""}, "quantity"),
        ({"quantity": "1,00001"}, "quantity"),
        ({"quantity": "100000000"}, "quantity"),
        ({"unit_price": "-5"}, "unit_price"),
        ({"unit_price": ""}, "unit_price"),
        ({"unit_price": "0,1234567"}, "unit_price"),
        ({"discount_percent": "101"}, "discount_percent"),
        ({"discount_percent": "5,555"}, "discount_percent"),
        ({"unit": "ZZZ"}, "unit"),
        ({"vat_code": "999999"}, "vat_code"),
    ],
)
def test_each_mistake_of_a_line_is_one_error_at_its_field(
    client: Client, activity: Activity, fields: dict[str, str], field: str
) -> None:
    """What was typed stays, and nothing is written."""
    answer = client.post("/factures/nouvelle/", sheet(activity, line(0, **fields), subject="Étude"))
    assert answer.status_code == 200
    (errors,) = answer.context["sheet"].lines.errors
    assert {name: len(messages) for name, messages in errors.items()} == {field: 1}
    assert f'id="id_lines-0-{field}_error"' in answer.text
    assert 'value="Étude"' in answer.text
    if field in {"quantity", "unit_price"}:
        assert f'value="{fields[field]}"' in answer.text or not fields[field]
    assert Invoice.objects.count() == 0


def test_a_customer_of_another_activity_is_refused(client: Client, activity: Activity) -> None:
    """One's own other activity: at its field. A stranger's: not on offer at all."""
    other = make_activity([entrepreneur_of(activity).person], name="Graphisme")
    for customer, sentence in (
        (make_customer(other), "Ce client est celui de l’activité «\u00a0Graphisme\u00a0»."),
        (make_customer(make_selling_activity()), "Sélectionnez un choix valide."),
    ):
        answer = client.post("/factures/nouvelle/", sheet(activity, customer=str(customer.pk)))
        assert sentence in str(answer.context["sheet"].heading.errors["customer"])
    assert Invoice.objects.count() == 0


def test_an_address_of_another_customer_is_refused(client: Client, activity: Activity) -> None:
    """At its field."""
    address = make_delivery_address(make_customer(activity))
    typed = sheet(activity, customer=str(make_customer(activity).pk), delivery_address=str(address.pk))
    errors = client.post("/factures/nouvelle/", typed).context["sheet"].heading.errors
    assert errors == {"delivery_address": ["Cette adresse est celle d’un autre client."]}


def test_a_strangers_activity_is_refused(client: Client) -> None:
    """Nothing is written."""
    assert client.post("/factures/nouvelle/", sheet(make_selling_activity())).status_code == 200
    assert Invoice.objects.count() == 0


def test_what_the_service_refuses_is_said_above(client: Client, activity: Activity) -> None:
    """A total beyond every document."""
    answer = client.post("/factures/nouvelle/", sheet(activity, line(0, quantity="99999999", unit_price="99999999")))
    assert "dépasse" in answer.text
    assert Invoice.objects.count() == 0


def test_a_new_customer_keeps_the_draft(client: Client, activity: Activity) -> None:
    """Saved on the way, to come back to."""
    answer = client.post("/factures/nouvelle/", sheet(activity, action="new-customer"))
    draft = Invoice.objects.get()
    assert answer.headers["Location"] == f"/clients/nouveau/?brouillon={draft.pk}&activite={activity.pk}"


def test_without_the_script_lines_are_added_and_totals_refreshed(client: Client, activity: Activity) -> None:
    """What was typed is shown again without being judged, and nothing is written."""
    typed = sheet(activity, line(0, label=""), line(1, DELETE="on"), subject="Étude", action="add-line")
    answer = client.post("/factures/nouvelle/", typed)
    assert len(answer.context["sheet"].lines.forms) == 2
    assert answer.context["totals"].net == Decimal("2469.12")
    assert 'value="1 234,56"' in answer.text
    assert "errorlist" not in answer.text
    answer = client.post("/factures/nouvelle/", sheet(activity, line(0, quantity="deux"), action="refresh"))
    assert (answer.context["totals"].net, 'value="deux"' in answer.text) == (0, True)
    assert Invoice.objects.count() == 0


def test_live_totals_take_what_is_right_so_far(client: Client, activity: Activity) -> None:
    """A label may still lack; a wrong figure counts for nothing."""
    typed = sheet(
        activity,
        line(0, label=""),
        line(1, quantity="x"),
        line(2, unit_price="100", vat_code=str(vat("FR10").pk)),
    )
    answer = client.post("/factures/totaux/", typed)
    assert (answer.context["totals"].net, answer.context["totals"].gross) == (Decimal("2669.12"), Decimal("3182.94"))
    nets = re.findall(r'data-line-net="(\d)">([^<]+)<', answer.text)
    assert nets == [("0", "2\u202f469,12\u00a0€"), ("1", "—"), ("2", "200,00\u00a0€")]
    assert client.post("/factures/totaux/", {"lines-TOTAL_FORMS": "x"}).context["totals"].gross == 0
    assert Invoice.objects.count() == 0


def test_the_most_used_vat_codes_come_first_and_none_out_of_force(client: Client, activity: Activity) -> None:
    """As this activity uses them."""
    code = vat("FR2.1")
    code.valid_to = date(2025, 12, 31)
    code.save()
    make_issued(activity, lines=[make_line(code="FR5.5"), make_line(code="FR5.5"), make_line(code="FR10")])
    make_issued(make_selling_activity(), lines=[make_line(code="EXO-FORMATION")] * 4)
    (form,) = client.get("/factures/nouvelle/").context["sheet"].lines.forms
    codes = [found.code for found in form.vat_codes.values()]
    assert codes[:3] == ["FR5.5", "FR10", "FR20"]
    assert "FR2.1" not in codes


def test_a_sheet_may_start_from_a_customer_or_an_activity(client: Client, activity: Activity) -> None:
    """Those of the person only."""
    other = make_activity([entrepreneur_of(activity).person])
    customer, foreign = make_customer(other), make_customer(make_selling_activity())
    heading = client.get(f"/factures/nouvelle/?client={customer.pk}").context["sheet"].heading
    assert (heading["customer"].value(), heading["activity"].value()) == (str(customer.pk), str(other.pk))
    assert client.get(f"/factures/nouvelle/?activite={other.pk}").context["sheet"].heading["activity"].value() == str(
        other.pk
    )
    heading = client.get(f"/factures/nouvelle/?client={foreign.pk}&activite=x").context["sheet"].heading
    assert heading["customer"].value() == ""


def test_without_activity_nothing_is_drafted() -> None:
    """A sentence says why."""
    answer = signed_in(make_user(Role.ENTREPRENEUR)).get("/factures/nouvelle/", follow=True)
    assert "rattaché à aucune activité" in answer.text


def test_five_hundred_lines_at_most(client: Client, activity: Activity) -> None:
    """One more is refused, and nothing is written."""
    answer = client.post("/factures/nouvelle/", sheet(activity, *(line(rank) for rank in range(501))))
    assert answer.status_code == 200
    assert "500" in str(answer.context["sheet"].lines.non_form_errors())
    assert Invoice.objects.count() == 0


@pytest.mark.parametrize("lines", [1, 3])
def test_the_sheet_takes_the_same_queries_whatever_its_lines(
    client: Client, activity: Activity, lines: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session and account included."""
    invoice = make_draft(activity, lines=[make_line() for _ in range(lines)])
    for _ in range(lines):
        make_customer(activity)
    with django_assert_num_queries(SHEET_QUERIES):
        assert client.get(f"/factures/{invoice.pk}/modifier/").status_code == 200
    typed = sheet(activity, *(line(rank) for rank in range(lines)))
    with django_assert_num_queries(TOTALS_QUERIES):
        assert client.post("/factures/totaux/", typed).status_code == 200


def test_a_draft_is_saved_by_itself_once_it_has_begun(client: Client, activity: Activity) -> None:
    """Nothing typed keeps nothing; the first line begins the draft, which the sheet then names; no second one."""
    assert "Rien à enregistrer" in client.post("/factures/brouillon/", sheet(activity, blank(0))).text
    assert Invoice.objects.count() == 0
    answer = client.post("/factures/brouillon/", sheet(activity, line(0)))
    draft = Invoice.objects.get()
    assert re.search(r"Enregistré à \d\d:\d\d", answer.text)
    assert answer.headers["HX-Replace-Url"] == f"/factures/{draft.pk}/modifier/"
    kept = dict(re.findall(r'name="(invoice|seen)" id="[a-z-]+" value="([^"]*)"', answer.text))
    assert kept["invoice"] == str(draft.pk)
    client.post("/factures/brouillon/", sheet(activity, line(0), line(1), **kept))
    assert Invoice.objects.get().lines.count() == 2
    kept["seen"] = draft_print(draft)
    client.post("/factures/nouvelle/", sheet(activity, line(0, label="Fin"), **kept))
    assert Invoice.objects.get().lines.get().label == "Fin"


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"unit_price": "cent"}, "à corriger"), ({"label": "a\u0007b"}, "caractère de contrôle")],
)
def test_what_cannot_be_kept_is_said(client: Client, activity: Activity, fields: dict[str, str], words: str) -> None:
    """And the draft stays as it was."""
    draft = make_draft(activity, by=entrepreneur_of(activity))
    before = draft_print(draft)
    typed = sheet(activity, line(0, **fields), invoice=str(draft.pk), seen=before)
    answer = client.post("/factures/brouillon/", typed)
    assert "Non enregistré" in answer.text
    assert words in answer.text
    assert draft_print(draft) == before


def test_a_draft_changed_elsewhere_is_kept_until_one_knows(client: Client, activity: Activity) -> None:
    """Whatever else is wrong with the sheet in between: only who was told replaces it."""
    draft = make_draft(activity, by=entrepreneur_of(activity))
    seen = draft_print(draft)
    address = f"/factures/{draft.pk}/modifier/"
    typed = sheet(activity, line(0, label="Ici"), invoice=str(draft.pk), seen=seen)
    save_draft(invoice=draft, content=make_content(activity, lines=[make_line("Ailleurs")]), by=accountant())
    assert "modifié ailleurs" in client.post("/factures/brouillon/", typed).text
    wrong = client.post(address, typed | {"lines-0-quantity": "0"})
    assert wrong.context["seen"] == seen
    told = client.post(address, typed)
    assert "a été modifié ailleurs" in told.text
    assert draft.lines.get().label == "Ailleurs"
    client.post(address, typed | {"seen": told.context["seen"]})
    assert draft.lines.get().label == "Ici"


def test_only_ones_own_drafts_are_saved(client: Client, activity: Activity) -> None:
    """A stranger's is not there; what was submitted is closed."""
    foreign = make_draft(make_selling_activity())
    submitted = make_submitted(activity, by=entrepreneur_of(activity))
    for invoice, status in ((foreign, 404), (submitted, 403)):
        before = draft_print(invoice)
        typed = sheet(activity, line(0), invoice=str(invoice.pk))
        for address in ("/factures/brouillon/", "/factures/nouvelle/", "/factures/totaux/"):
            assert client.post(address, typed).status_code == status
        assert draft_print(invoice) == before


def test_the_live_total_counts_the_deposits_taken_off(client: Client, activity: Activity) -> None:
    """1 000 € less the deposit of 300 €."""
    customer = make_customer(activity)
    deposit = make_issued(
        activity, customer=customer, lines=[make_line("Acompte", "1", "300")], terms=SaleTerms(kind=InvoiceKind.DEPOSIT)
    )
    draft = make_draft(activity, customer=customer, terms=SaleTerms(deposits=[deposit]))
    typed = sheet(activity, line(0, quantity="1", unit_price="1000"), invoice=str(draft.pk))
    assert "700,00\u00a0€" in client.post("/factures/totaux/", typed).text
    client.post("/factures/brouillon/", typed | {"seen": draft_print(draft)})
    draft.refresh_from_db()
    assert draft.net == Decimal("700.00")
