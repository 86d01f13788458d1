"""What the staff does to a document: each act has its button, its confirmation page and one service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.access import Right
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices import rules, services
from invoicing.invoices.models import Invoice
from members.people.models import User


class ConfirmForm(forms.Form):
    """Nothing to type."""


class ReasonForm(forms.Form):
    """Why: the entrepreneur, or the customer, will read it."""

    reason = forms.CharField(
        label="Motif", max_length=500, widget=UnfoldAdminTextareaWidget({"rows": 3}), help_text="Il sera lu tel quel."
    )


class IssueForm(forms.Form):
    """The date that the document bears."""

    issued_on = forms.DateField(
        label="Date d’émission",
        initial=timezone.localdate,
        widget=UnfoldAdminTextInputWidget({"type": "date"}),
        help_text="Les numéros suivent l’ordre des dates\u00a0: elle ne peut pas précéder la dernière émission.",
    )


Performer = Callable[[Invoice, User, dict[str, Any], date], Invoice | None]


@dataclass(frozen=True)
class DocumentAct:
    """One thing that may be done to a document; `done` is what the person reads afterwards."""

    title: str
    question: str
    button: str
    done: str
    right: Right
    may: Callable[[User, Invoice], bool]
    perform: Performer
    form_class: type[forms.Form] = ConfirmForm
    variant: str = "primary"


SUBMIT = DocumentAct(
    title="Soumettre",
    question="Le document passera en validation et ne sera plus modifiable jusque-là.",
    button="Soumettre",
    done="{invoice}\u00a0: soumis à validation.",
    right=Right.DRAFT_INVOICES,
    may=rules.may_submit,
    perform=lambda invoice, by, _typed, on: services.submit_invoice(invoice=invoice, by=by, on=on),
)
APPROVE = DocumentAct(
    title="Approuver",
    question="Le document pourra être émis.",
    button="Approuver",
    done="{invoice}\u00a0: validation enregistrée.",
    right=Right.APPROVE_INVOICES,
    may=rules.may_approve,
    perform=lambda invoice, by, _typed, on: services.approve_invoice(invoice=invoice, by=by, on=on),
)
RETURN = DocumentAct(
    title="Renvoyer",
    question="Le document redeviendra un brouillon, avec votre motif.",
    button="Renvoyer en brouillon",
    done="{invoice}\u00a0: renvoyé en brouillon.",
    right=Right.APPROVE_INVOICES,
    may=rules.may_return,
    perform=lambda invoice, by, typed, _on: services.return_invoice(invoice=invoice, reason=typed["reason"], by=by),
    form_class=ReasonForm,
    variant="warning",
)
ISSUE = DocumentAct(
    title="Émettre",
    question="Le document recevra son numéro et ne pourra plus jamais changer. Seul un avoir pourra le corriger.",
    button="Émettre",
    done="{invoice}\u00a0: émise.",
    right=Right.ISSUE_INVOICES,
    may=rules.may_issue,
    perform=lambda invoice, by, typed, _on: services.issue_invoice(invoice=invoice, by=by, on=typed["issued_on"]),
    form_class=IssueForm,
    variant="success",
)
REPLACE = DocumentAct(
    title="Rectifier",
    question="Une facture rectificative annulera et remplacera celle-ci. Partez de son contenu\u00a0: corrigez-le, "
    "puis soumettez, approuvez et émettez-la comme une facture.",
    button="Préparer la facture rectificative",
    done="{invoice}\u00a0: à corriger, puis à soumettre.",
    right=Right.DRAFT_INVOICES,
    may=rules.may_request_credit,
    perform=lambda invoice, by, typed, _on: services.draft_corrective(invoice=invoice, reason=typed["reason"], by=by),
    form_class=ReasonForm,
    variant="warning",
)
DELETE = DocumentAct(
    title="Supprimer le brouillon",
    question="Le brouillon et ses lignes disparaîtront.",
    button="Supprimer",
    done="Brouillon supprimé.",
    right=Right.DRAFT_INVOICES,
    may=rules.may_delete,
    perform=lambda invoice, by, _typed, _on: services.delete_draft(invoice=invoice, by=by),
    variant="danger",
)


@dataclass(frozen=True)
class IssueResult:
    """What became of one document of a selection: its number, or the reasons of the refusal."""

    invoice: Invoice
    reasons: tuple[str, ...] = ()


def issue_each(invoices: list[Invoice], *, by: User, on: date) -> list[IssueResult]:
    """Issue the documents one by one, each in its own transaction: a refusal stops only its own."""
    return [_issue(invoice, by=by, on=on) for invoice in invoices]


def _issue(invoice: Invoice, *, by: User, on: date) -> IssueResult:
    try:
        return IssueResult(services.issue_invoice(invoice=invoice, by=by, on=on))
    except RefusalError as refusal:
        return IssueResult(invoice, refusal.reasons)
