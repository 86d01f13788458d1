"""Who approves: four eyes, two approvers, and the personal right to issue one's own documents."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import Approval, ApprovalSettings, SelfApproval
from invoicing.invoices.services import (
    approve_invoice,
    end_self_approval,
    grant_self_approval,
    issue_own_invoice,
    return_invoice,
    submit_invoice,
    withdraw_invoice,
)
from invoicing.invoices.services.approve_and_issue import approve_and_issue
from members.activities.models import Activity
from members.people.models import Person, User
from tests.invoicing.factories import (
    DAY,
    accountant,
    entrepreneur_of,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
FOUR_EYES = "Vous avez rédigé ou soumis ce document\u00a0: une autre personne le valide (quatre yeux)."
AGAIN = "Vous avez déjà validé ce document\u00a0: une autre personne le valide aussi."

ABOVE = (
    "Le total HT (700,01\u00a0€) dépasse votre plafond d’autovalidation (700,00\u00a0€)\u00a0: "
    "soumettez le document à la coopérative."
)


def other_accountant() -> User:
    """A second approver."""
    return make_user(Role.ACCOUNTANT, full_name="Sam Second")


def grant(
    activity: Activity, ceiling: str = "1000", starts_on: date = date(2026, 1, 1), ends_on: date | None = None
) -> SelfApproval:
    """The right of the activity's first person, since 1 January 2026 unless said otherwise."""
    person = Person.objects.get(user=entrepreneur_of(activity))
    return grant_self_approval(
        person=person,
        ceiling=Decimal(ceiling),
        starts_on=starts_on,
        ends_on=ends_on,
        reason="CA du 05/01/2026",
        by=accountant(),
    )


def known(activity: Activity) -> Invoice:
    """A draft of 700 € excl. VAT to a customer."""
    return make_draft(activity, by=entrepreneur_of(activity))


def refused(act: object) -> tuple[str, ...]:
    """The reasons of a refusal after which nothing has changed."""
    before = (
        list(Invoice.objects.order_by("pk").values_list("pk", "state", "number")),
        Approval.objects.count(),
        SelfApproval.objects.count(),
        AuditEvent.objects.count(),
    )
    with pytest.raises(RefusalError) as refusal:
        act()  # type: ignore[operator]
    after = (
        list(Invoice.objects.order_by("pk").values_list("pk", "state", "number")),
        Approval.objects.count(),
        SelfApproval.objects.count(),
        AuditEvent.objects.count(),
    )
    assert after == before
    return refusal.value.reasons


def test_who_approved_is_kept() -> None:
    """Even when the document goes back to draft and is approved again by another."""
    invoice = make_submitted()
    approve_invoice(invoice=invoice, by=accountant(), on=DAY)
    return_invoice(invoice=invoice, reason="Le taux.", by=accountant())
    second = other_accountant()
    submit_invoice(invoice=invoice, by=accountant(), on=DAY)
    approved = approve_invoice(invoice=invoice, by=second, on=DAY)
    assert approved.state == "APPROVED"
    first, last = Approval.objects.order_by("pk")
    assert (first.approved_by, first.set_aside_at is None) == (accountant(), False)
    assert (last.approved_by, last.set_aside_at, last.under) == (second, None, None)
    assert first.approved_at <= last.approved_at


def test_without_four_eyes_the_author_may_approve() -> None:
    """A small cooperative has one accountant."""
    assert approve_invoice(invoice=make_submitted(), by=accountant(), on=DAY).state == "APPROVED"


def test_four_eyes() -> None:
    """Neither whoever wrote it nor whoever submitted it; a third may."""
    ApprovalSettings.objects.create(pk=1, four_eyes=True)
    writer, submitter = other_accountant(), other_accountant()
    invoice = submit_invoice(invoice=make_draft(by=writer), by=submitter, on=DAY)
    for author in (writer, submitter):
        assert refused(lambda by=author: approve_invoice(invoice=invoice, by=by, on=DAY)) == (FOUR_EYES,)
        assert refused(lambda by=author: approve_and_issue(invoice=invoice, by=by, on=DAY)) == (FOUR_EYES,)
    assert approve_invoice(invoice=invoice, by=accountant(), on=DAY).state == "APPROVED"


@pytest.mark.parametrize(("price", "wanted"), [("350", 1), ("350.005", 2)])
def test_two_approvers_above_the_threshold(price: str, wanted: int) -> None:
    """Two days at 350 € are 700 €, the threshold itself; a cent more wants two people."""
    ApprovalSettings.objects.create(pk=1, two_approvers_from=Decimal(700))
    invoice = make_submitted(lines=[make_line(unit_price=price)])
    first = approve_invoice(invoice=invoice, by=accountant(), on=DAY)
    if wanted == 1:
        assert first.state == "APPROVED"
        return
    assert first.state == "SUBMITTED"
    assert history_of(invoice)[0].action == "invoice.first_approved"
    assert refused(lambda: approve_invoice(invoice=invoice, by=accountant(), on=DAY)) == (AGAIN,)
    assert approve_invoice(invoice=invoice, by=other_accountant(), on=DAY).state == "APPROVED"


def test_a_first_approval_does_not_outlive_a_withdrawal() -> None:
    """Whoever writes anew is approved anew, by two."""
    ApprovalSettings.objects.create(pk=1, two_approvers_from=Decimal(0))
    invoice = make_submitted()
    approve_invoice(invoice=invoice, by=other_accountant(), on=DAY)
    withdraw_invoice(invoice=invoice, by=accountant())
    submit_invoice(invoice=invoice, by=accountant(), on=DAY)
    assert approve_invoice(invoice=invoice, by=accountant(), on=DAY).state == "SUBMITTED"


def test_the_database_refuses_a_second_approval_by_the_same_person() -> None:
    """Whatever the application asks."""
    invoice = make_submitted()
    Approval.objects.create(invoice=invoice, approved_by=accountant())
    with pytest.raises(IntegrityError, match="invoicing_approval_once"), transaction.atomic():
        Approval.objects.create(invoice=invoice, approved_by=accountant())


def test_the_approvals_of_an_issued_document_never_change() -> None:
    """Neither more, nor fewer, nor others."""
    issued = make_issued()
    approval = Approval.objects.get(invoice=issued)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(approved_by=other_accountant())
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(invoice=issued, approved_by=other_accountant())


def test_approving_and_issuing_at_once() -> None:
    """With its number; the first of two approvals issues nothing."""
    assert approve_and_issue(invoice=make_submitted(), by=accountant(), on=DAY).number == "F2026-00001"
    ApprovalSettings.objects.create(pk=1, two_approvers_from=Decimal(0))
    waiting = approve_and_issue(invoice=make_submitted(), by=accountant(), on=DAY)
    assert (waiting.state, waiting.number) == ("SUBMITTED", None)


def test_issuing_refused_leaves_it_unapproved() -> None:
    """Both or neither: the sequence is chronological."""
    make_issued(on=date(2026, 11, 10))
    invoice = make_submitted()
    (reason,) = refused(lambda: approve_and_issue(invoice=invoice, by=accountant(), on=date(2026, 11, 9)))
    assert "précède celle du dernier document émis" in reason


def test_one_issues_ones_own_document() -> None:
    """Submitted, approved under the right, issued: by the same steps as any other."""
    activity = make_selling_activity()
    right, user = grant(activity), entrepreneur_of(activity)
    issued = issue_own_invoice(invoice=known(activity), by=user, on=DAY)
    assert (issued.state, issued.number) == ("ISSUED", "F2026-00001")
    approval = Approval.objects.get(invoice=issued)
    assert (approval.approved_by, approval.under) == (user, right)
    assert [event.action for event in history_of(issued)] == [
        "invoice.issued",
        "invoice.approved",
        "invoice.submitted",
        "invoice.drafted",
    ]


def test_the_ceiling_is_excl_vat_and_included() -> None:
    """700.00 € may, 700.01 € may not."""
    activity = make_selling_activity()
    grant(activity, "700")
    user = entrepreneur_of(activity)
    above = make_draft(activity, lines=[make_line(unit_price="350.005")], by=user)
    assert refused(lambda: issue_own_invoice(invoice=above, by=user, on=DAY)) == (ABOVE,)
    assert issue_own_invoice(invoice=known(activity), by=user, on=DAY).state == "ISSUED"


def test_a_right_has_its_days() -> None:
    """Neither before, nor after, nor without."""
    activity = make_selling_activity()
    user, draft = entrepreneur_of(activity), known(activity)
    sentence = "Vous ne pouvez pas émettre ce document dans son état actuel («\u00a0Brouillon\u00a0»)."
    assert refused(lambda: issue_own_invoice(invoice=draft, by=user, on=DAY)) == (sentence,)
    grant(activity, starts_on=date(2026, 11, 3), ends_on=date(2026, 11, 4))
    for day in (date(2026, 11, 2), date(2026, 11, 5)):
        assert refused(lambda on=day: issue_own_invoice(invoice=draft, by=user, on=on)) == (sentence,)
    assert issue_own_invoice(invoice=draft, by=user, on=date(2026, 11, 4)).state == "ISSUED"


def test_a_right_reaches_ones_own_activities_only() -> None:
    """Not a stranger's draft, not what was submitted already."""
    activity = make_selling_activity()
    grant(activity)
    user = entrepreneur_of(activity)
    foreign = known(make_selling_activity())
    refused(lambda: issue_own_invoice(invoice=foreign, by=user, on=DAY))
    submitted = submit_invoice(invoice=known(activity), by=user, on=DAY)
    refused(lambda: issue_own_invoice(invoice=submitted, by=user, on=DAY))


def test_what_two_people_approve_is_not_self_approved() -> None:
    """The threshold is stronger than the ceiling."""
    ApprovalSettings.objects.create(pk=1, two_approvers_from=Decimal(600))
    activity = make_selling_activity()
    grant(activity)
    user, draft = entrepreneur_of(activity), known(activity)
    assert refused(lambda: issue_own_invoice(invoice=draft, by=user, on=DAY)) == (
        "Un document de ce montant est validé par deux personnes\u00a0: soumettez-le à la coopérative.",
    )


def test_a_blocking_warning_stops_self_approval() -> None:
    """The same document twice."""
    activity = make_selling_activity()
    grant(activity)
    user, first = entrepreneur_of(activity), known(activity)
    copy = make_draft(activity, customer=first.customer, by=user)
    (reason,) = refused(lambda: issue_own_invoice(invoice=copy, by=user, on=DAY))
    assert "lui ressemble" in reason


def test_what_the_law_wants_is_asked_all_the_same() -> None:
    """A right spares the cooperative's eyes, not the mentions."""
    activity = make_selling_activity()
    grant(activity)
    user, draft = entrepreneur_of(activity), make_draft(activity, lines=[], by=entrepreneur_of(activity))
    assert "Ajoutez au moins une ligne." in refused(lambda: issue_own_invoice(invoice=draft, by=user, on=DAY))


def test_granting() -> None:
    """By those who approve; not to oneself; for a reason; one at a time; above zero."""
    activity = make_selling_activity()
    right = grant(activity, ends_on=date(2026, 6, 30))
    assert (right.ceiling, right.granted_by, history_of(right).get().action) == (
        Decimal(1000),
        accountant(),
        "selfapproval.granted",
    )
    (overlap,) = refused(lambda: grant(activity, starts_on=date(2026, 6, 30)))
    assert overlap == "Cette personne a déjà une autovalidation sur une partie de ces dates."
    (zero,) = refused(lambda: grant(activity, "0", starts_on=date(2026, 7, 1)))
    assert zero == "Le plafond est un montant supérieur à zéro."
    common: dict[str, Any] = {"ceiling": Decimal(1), "starts_on": date(2027, 1, 1), "ends_on": None}
    stranger = make_user(Role.MANAGER)
    refused(lambda: grant_self_approval(person=right.person, reason="x", by=stranger, **common))
    refused(lambda: grant_self_approval(person=right.person, reason=" ", by=accountant(), **common))
    own = Person.objects.create(
        first_name="Ada", last_name="Compte", user=accountant(), candidate_since_on=date(2020, 1, 1)
    )
    assert refused(lambda: grant_self_approval(person=own, reason="x", by=accountant(), **common)) == (
        "Personne ne s’accorde l’autovalidation à soi-même.",
    )
    assert grant(activity, starts_on=date(2026, 7, 1)).pk is not None


def test_ending() -> None:
    """From the day after, the person submits again."""
    activity = make_selling_activity()
    right, user, draft = grant(activity), entrepreneur_of(activity), known(activity)
    assert end_self_approval(right=right, ends_on=date(2026, 11, 1), by=accountant()).ends_on == date(2026, 11, 1)
    refused(lambda: issue_own_invoice(invoice=draft, by=user, on=DAY))
    assert refused(lambda: end_self_approval(right=right, ends_on=date(2026, 12, 1), by=accountant())) == (
        "Cette autovalidation finit déjà le 01/11/2026.",
    )
    (before,) = refused(lambda: end_self_approval(right=right, ends_on=date(2025, 12, 1), by=accountant()))
    assert before == "L’autovalidation ne peut pas finir avant de commencer."


def test_the_database_refuses_two_rights_at_once() -> None:
    """And a ceiling of nothing, and a right that ends before it begins."""
    right = grant(make_selling_activity())
    base = {"person": right.person, "granted_by": accountant(), "reason": "x"}
    wrong = [
        {"ceiling": Decimal(1), "starts_on": date(2026, 5, 1)},
        {"ceiling": Decimal(0), "starts_on": date(2025, 1, 1), "ends_on": date(2025, 2, 1)},
        {"ceiling": Decimal(1), "starts_on": date(2025, 2, 1), "ends_on": date(2025, 1, 1)},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            SelfApproval.objects.create(**base, **fields)
