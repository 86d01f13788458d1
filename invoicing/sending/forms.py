"""Choosing recipients and reading a message over before it leaves."""

from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from invoicing.customers.queries import Recipient
from invoicing.mailing.forms import WordsForm
from invoicing.sending.queries import Proposal
from invoicing.sending.rules import addresses_in


class SendForm(WordsForm):
    """To whom, and what: everything is filled in with what usually leaves."""

    to = forms.MultipleChoiceField(label="Destinataires", required=False, widget=forms.CheckboxSelectMultiple)
    also = forms.CharField(
        label="Autres adresses", required=False, max_length=500, help_text="Séparées par des virgules."
    )
    field_order = ("to", "also", "subject", "body")

    def __init__(self, proposal: Proposal, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  a form's own arguments
        kwargs["initial"] = {
            "to": [one.email for one in proposal.usual],
            "subject": proposal.words.subject,
            "body": proposal.words.body,
        }
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(one.email, _label(one)) for one in (*proposal.usual, *proposal.others)]

    def clean(self) -> dict[str, Any]:
        """Somebody must get it."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not addresses_of(cleaned):
            self.add_error("to", "Choisissez au moins un destinataire.")
        return cleaned


class StaffSendForm(SendForm):
    """The same on the staff's pages."""

    wide = ("to", "also", "subject", "body")

    def __init__(self, proposal: Proposal, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  a form's own arguments
        super().__init__(proposal, *args, **kwargs)
        for name in ("also", "subject"):
            self.fields[name].widget = UnfoldAdminTextInputWidget()
        self.fields["body"].widget = UnfoldAdminTextareaWidget({"rows": 16})


def addresses_of(cleaned: Mapping[str, Any]) -> list[str]:
    """Those that were ticked, then those that were typed."""
    return [*cleaned.get("to", []), *addresses_in(cleaned.get("also", ""))]


def _label(recipient: Recipient) -> str:
    return f"{recipient.name} ({recipient.email})" if recipient.name else recipient.email
