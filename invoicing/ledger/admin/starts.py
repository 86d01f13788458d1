"""An entry that starts from a template: what its page shows before anything is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

from cae_backoffice.core.forms import FrenchDecimalField
from invoicing.ledger.enums import EntrySide
from invoicing.ledger.forms import DayInput
from invoicing.ledger.models import EntryTemplate
from invoicing.ledger.rules import TemplateAmount, template_amounts


@dataclass(frozen=True)
class EntryStart:
    """The first values of the entry's header and of its lines."""

    header: dict[str, Any]
    lines: list[dict[str, Any]]


class StartForm(forms.Form):
    """What a template does not know: the day, the voucher, and the amount that its percentages are of."""

    entry_on = forms.DateField(label="Date comptable", initial=timezone.localdate, widget=DayInput())
    voucher_number = forms.CharField(label="Pièce", max_length=40, widget=UnfoldAdminTextInputWidget())
    base = FrenchDecimalField(
        label="Montant à répartir",
        required=False,
        max_digits=14,
        decimal_places=2,
        min_value=0,
        help_text="Pour les lignes en pourcentage.",
        widget=UnfoldAdminTextInputWidget({"inputmode": "decimal"}),
    )


def start_address(template: EntryTemplate, typed: dict[str, Any]) -> str:
    """The page of a new entry that starts from this template."""
    query = {"template": template.pk, **{name: value for name, value in typed.items() if value is not None}}
    return f"{reverse('admin:invoicing_entry_add')}?{urlencode(query)}"


def template_start(request: HttpRequest) -> EntryStart | None:
    """What the address asks for; nothing where it names no template or says something unreadable. Read once."""
    if not hasattr(request, "template_start"):
        request.template_start = _read_start(request)  # type: ignore[attr-defined]
    start: EntryStart | None = request.template_start  # type: ignore[attr-defined]
    return start


def _read_start(request: HttpRequest) -> EntryStart | None:
    key, form = request.GET.get("template", ""), StartForm(request.GET)
    templates = EntryTemplate.objects.visible_to(request.user)
    template = templates.filter(pk=int(key)).first() if key.isdecimal() else None
    if template is None or not form.is_valid():
        return None
    day, lines = form.cleaned_data["entry_on"], list(template.lines.select_related("account", "auxiliary", "activity"))
    amounts = template_amounts(
        [TemplateAmount(EntrySide(line.side), line.amount, line.percentage) for line in lines],
        base=form.cleaned_data["base"],
    )
    return EntryStart(
        header={
            "journal": template.journal_id,
            "entry_on": day,
            "voucher_number": form.cleaned_data["voucher_number"],
            "voucher_on": day,
            "label": template.label,
        },
        lines=[
            {
                "account": line.account_id,
                "auxiliary": line.auxiliary_id,
                "activity": line.activity_id,
                "label": line.label,
                line.side.lower(): amount,
            }
            for line, amount in zip(lines, amounts, strict=True)
        ],
    )
