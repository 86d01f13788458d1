"""From draft to approved and back: who may, in which state, and what is written."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.services import (
    approve_invoice,
    delete_draft,
    return_invoice,
    save_draft,
    submit_invoice,
    withdraw_invoice,
)
from tests.invoicing.factories import (
    DAY,
    accountant,
    entrepreneur_of,
    make_approved,
    make_content,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db


def assert_refused(invoice: Invoice, verb: str, refusal: pytest.ExceptionInfo[RefusalError]) -> None:
    """The sentence names the act and the state, which is unchanged."""
    assert refusal.value.reasons[0].startswith(f"Vous ne pouvez pas {verb} ce document dans son état actuel")
    before = invoice.state
    invoice.refresh_from_db()
    assert invoice.state == before


def test_a_draft_has_its_lines_and_totals() -> None:
    """Half-up per line, VAT once per rate."""
    activity = make_selling_activity()
    lines = [
        make_line("Étude", "1.5", "33.33"),
        make_line("Livre", "3", "19.99", "FR5.5", discount_percent=Decimal(10)),
    ]
    draft = save_draft(
        invoice=None, content=make_content(activity, lines=lines, subject="Essai"), by=entrepreneur_of(activity)
    )
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.created_by) == ("DRAFT", None, entrepreneur_of(activity))
    assert (draft.net, draft.vat, draft.gross) == (Decimal("103.97"), Decimal("12.97"), Decimal("116.94"))
    assert [(line.position, line.label, line.net) for line in draft.lines.order_by("position")] == [
        (1, "Étude", Decimal("50.00")),
        (2, "Livre", Decimal("53.97")),
    ]
    event = history_of(draft).get()
    assert (event.action, event.changes["subject"], event.changes["gross"]) == (
        "invoice.drafted",
        [None, "Essai"],
        [None, "116.94"],
    )


def test_saving_a_draft_again_replaces_its_lines() -> None:
    """Fewer lines, another customer; the trail says what changed."""
    draft = make_draft(lines=[make_line(), make_line("Autre")], note="Avant")
    content = make_content(draft.activity, lines=[make_line(quantity="1")], customer=draft.customer, note="Après")
    saved = save_draft(invoice=draft, content=content, by=accountant())
    assert saved.pk == draft.pk
    assert list(InvoiceLine.objects.values_list("label", "quantity")) == [("Conseil", Decimal(1))]
    saved.refresh_from_db()
    assert (saved.net, saved.gross, saved.note) == (Decimal("350.00"), Decimal("420.00"), "Après")
    assert history_of(saved)[0].changes == {
        "note": ["Avant", "Après"],
        "net": ["1400.00", "350.00"],
        "vat": ["280.00", "70.00"],
        "gross": ["1680.00", "420.00"],
        "lignes": 1,
    }


@pytest.mark.parametrize("make", [make_submitted, make_approved, make_issued])
def test_only_drafts_are_edited_submitted_or_deleted(make: Callable[[], Invoice]) -> None:
    """In any other state the document stays as it is."""
    invoice = make()
    content = make_content(invoice.activity)
    with pytest.raises(RefusalError) as refusal:
        save_draft(invoice=invoice, content=content, by=accountant())
    assert_refused(invoice, "modifier", refusal)
    with pytest.raises(RefusalError) as refusal:
        submit_invoice(invoice=invoice, by=accountant(), on=DAY)
    assert_refused(invoice, "soumettre", refusal)
    with pytest.raises(RefusalError) as refusal:
        delete_draft(invoice=invoice, by=accountant())
    assert_refused(invoice, "supprimer", refusal)
    assert invoice.lines.count() == 1


def test_an_entrepreneur_writes_for_their_own_activities_only() -> None:
    """Neither a new draft nor a change, and not by moving one's own draft to another's activity."""
    own, other = make_selling_activity(), make_selling_activity()
    user = entrepreneur_of(own)
    foreign = make_draft(other)
    count = AuditEvent.objects.count()
    mine, theirs = make_content(own), make_content(other)
    for invoice, content in ((None, theirs), (foreign, theirs), (foreign, mine)):
        with pytest.raises(RefusalError) as refusal:
            save_draft(invoice=invoice, content=content, by=user)
        assert refusal.value.reasons == ("Vous n’écrivez pas de factures pour cette activité.",)
    with pytest.raises(RefusalError):
        delete_draft(invoice=foreign, by=user)
    assert (Invoice.objects.count(), AuditEvent.objects.count()) == (1, count)


def test_submitting_and_withdrawing() -> None:
    """By the author; by a colleague of the activity; not by an accountant who did not write it."""
    activity = make_selling_activity()
    user = entrepreneur_of(activity)
    submitted = submit_invoice(invoice=make_draft(activity, by=user), by=user, on=DAY)
    assert submitted.state == "SUBMITTED"
    assert submitted.submitted_at is not None
    with pytest.raises(RefusalError) as refusal:
        withdraw_invoice(invoice=submitted, by=accountant())
    assert_refused(submitted, "retirer", refusal)

    withdrawn = withdraw_invoice(invoice=submitted, by=user)
    assert (withdrawn.state, withdrawn.submitted_at) == ("DRAFT", None)
    assert [event.action for event in history_of(withdrawn)] == [
        "invoice.withdrawn",
        "invoice.submitted",
        "invoice.drafted",
    ]
    by_accountant = make_submitted(activity)
    assert withdraw_invoice(invoice=by_accountant, by=user).state == "DRAFT"
    stranger = entrepreneur_of(make_selling_activity())
    again = make_submitted(activity)
    with pytest.raises(RefusalError) as refusal:
        withdraw_invoice(invoice=again, by=stranger)
    assert_refused(again, "retirer", refusal)


@pytest.mark.parametrize("make", [make_submitted, make_approved])
def test_returning_needs_a_reason(make: Callable[[], Invoice]) -> None:
    """The author reads it on the draft; submitting again clears it."""
    invoice = make()
    for reason, sentence in (
        (" ", "Indiquez le motif du renvoi."),
        ("a\x00b", "Le motif du renvoi contient un caractère de contrôle."),
    ):
        with pytest.raises(RefusalError) as refusal:
            return_invoice(invoice=invoice, reason=reason, by=accountant())
        assert refusal.value.reasons == (sentence,)
    returned = return_invoice(invoice=invoice, reason=" Précisez la date.\r\n", by=accountant())
    assert (returned.state, returned.return_reason, returned.submitted_at) == ("DRAFT", "Précisez la date.", None)
    assert history_of(returned)[0].changes["return_reason"] == "Précisez la date."
    assert submit_invoice(invoice=returned, by=accountant(), on=DAY).return_reason == ""


@pytest.mark.parametrize("role", [Role.ENTREPRENEUR, Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR])
def test_only_those_who_may_approve_do(role: Role) -> None:
    """Neither approve nor return."""
    submitted = make_submitted()
    user = make_user(role)
    with pytest.raises(RefusalError) as refusal:
        approve_invoice(invoice=submitted, by=user, on=DAY)
    assert_refused(submitted, "valider", refusal)
    with pytest.raises(RefusalError) as refusal:
        return_invoice(invoice=submitted, reason="non", by=user)
    assert_refused(submitted, "renvoyer", refusal)


def test_a_draft_is_not_approved() -> None:
    """It must have been submitted."""
    draft = make_draft()
    with pytest.raises(RefusalError) as refusal:
        approve_invoice(invoice=draft, by=accountant(), on=DAY)
    assert_refused(draft, "valider", refusal)


def test_a_deleted_draft_leaves_its_trace() -> None:
    """And acting on it afterwards says so."""
    draft = make_draft(subject="À jeter")
    delete_draft(invoice=draft, by=accountant())
    assert not Invoice.objects.exists()
    assert not InvoiceLine.objects.exists()
    event = history_of(draft)[0]
    assert (event.action, event.changes) == ("invoice.deleted", {"subject": ["À jeter", ""], "gross": ["840.00", None]})
    with pytest.raises(RefusalError) as refusal:
        submit_invoice(invoice=draft, by=accountant(), on=date(2026, 11, 2))
    assert refusal.value.reasons == ("Ce brouillon a été supprimé entre-temps.",)
