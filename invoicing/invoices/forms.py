"""The sheet on which a draft is typed: a heading and its lines, as HTTP gives them, and as `DraftContent`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import QueryDict

from cae_backoffice.core.forms import FrenchDecimalField
from cae_backoffice.core.money import ZERO
from invoicing.customers.models import Customer
from invoicing.invoices.enums import PaymentTerms
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.queries import Choices, draft_totals
from invoicing.invoices.rules import MAX_LINES, DraftContent, DraftLine
from invoicing.pricing.enums import SupplyNature, Unit
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import Totals, line_net, line_problems
from members.activities.models import Activity

PREFIX = "lines"
HEADING = ("subject", "supplied_on", "purchase_order", "payment_terms", "note")
LINE = ("label", "description", "nature", "quantity", "unit", "unit_price", "discount_percent")
FOLDED = ("description", "nature", "discount_percent")
"""What a line keeps folded away until it is of use."""

GroupedChoices = list[tuple[str, Any]]


class HeadingForm(forms.Form):
    """For whom, what and when; everything but the activity may wait as long as it is a draft."""

    activity = forms.ChoiceField(label="Activité")
    customer = forms.ChoiceField(label="Client", required=False)
    delivery_address = forms.ChoiceField(label="Adresse de livraison", required=False)
    subject = forms.CharField(label="Objet", max_length=160, required=False)
    supplied_on = forms.DateField(
        label="Date de livraison ou de fin d’exécution",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Si elle diffère de la date de la facture.",
    )
    purchase_order = forms.CharField(label="N° de commande ou d’engagement", max_length=50, required=False)
    payment_terms = forms.ChoiceField(
        label="Délai de paiement", choices=PaymentTerms.choices, initial=PaymentTerms.DAYS_30
    )
    note = forms.CharField(
        label="Message au client", max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.activities = {str(activity.pk): activity for activity in choices.activities}
        self.customers = {str(customer.pk): customer for customer in choices.customers}
        self.addresses = {str(address.pk): address for address in choices.addresses}
        self._offer("activity", [(pk, activity.name) for pk, activity in self.activities.items()])
        self._offer("customer", [("", "Choisir un client…"), *self._customers_by_activity()])
        self._offer("delivery_address", [("", "La même que celle du client"), *self._addresses_by_customer()])
        if len(self.activities) == 1:
            self.fields["activity"].initial = next(iter(self.activities))
            self.fields["activity"].widget = forms.HiddenInput()
        if not self.addresses:
            del self.fields["delivery_address"]

    def _offer(self, name: str, choices: GroupedChoices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _customers_by_activity(self) -> GroupedChoices:
        if len(self.activities) == 1:
            return [(pk, customer.name) for pk, customer in self.customers.items()]
        groups: dict[str, list[tuple[str, str]]] = {activity.name: [] for activity in self.activities.values()}
        for pk, customer in self.customers.items():
            groups[customer.activity.name].append((pk, customer.name))
        return [(name, group) for name, group in groups.items() if group]

    def _addresses_by_customer(self) -> GroupedChoices:
        groups: dict[str, list[tuple[str, str]]] = {}
        for pk, address in self.addresses.items():
            groups.setdefault(address.customer.name, []).append((pk, f"{address.label}, {address.city}"))
        return list(groups.items())

    def clean(self) -> dict[str, Any]:
        """The customer is one of the activity's, the address one of the customer's."""
        cleaned = super().clean() or {}
        cleaned["activity"] = activity = self.activities.get(cleaned.get("activity", ""))
        cleaned["customer"] = customer = self.customers.get(cleaned.get("customer", ""))
        cleaned["delivery_address"] = address = self.addresses.get(cleaned.get("delivery_address", ""))
        if customer and activity and customer.activity_id != activity.pk:
            self.add_error("customer", f"Ce client est celui de l’activité «\u00a0{customer.activity.name}\u00a0».")
        if address and (customer is None or address.customer_id != customer.pk):
            self.add_error("delivery_address", "Cette adresse est celle d’un autre client.")
        return cleaned


class LineForm(forms.Form):
    """One line. A line left as it was offered is no line."""

    label = forms.CharField(label="Désignation", max_length=160, widget=forms.TextInput({"autocomplete": "off"}))
    description = forms.CharField(label="Détail", max_length=2000, required=False, widget=forms.Textarea({"rows": 2}))
    nature = forms.ChoiceField(label="Nature", choices=SupplyNature.choices, initial=SupplyNature.SERVICES)
    quantity = FrenchDecimalField(label="Quantité", initial=Decimal(1), max_digits=12, decimal_places=4)
    unit = forms.ChoiceField(label="Unité", choices=Unit.choices, initial=Unit.UNIT)
    unit_price = FrenchDecimalField(label="Prix unitaire HT", max_digits=14, decimal_places=6, min_decimals=2)
    discount_percent = FrenchDecimalField(label="Remise (%)", required=False, max_digits=5, decimal_places=2)
    vat_code = forms.ChoiceField(label="TVA")

    def __init__(self, *args: Any, vat_codes: Mapping[str, VatCode], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.vat_codes = vat_codes
        field = self.fields["vat_code"]
        field.choices = [(pk, code.label) for pk, code in vat_codes.items()]  # type: ignore[attr-defined]
        field.initial = next(iter(vat_codes), None)

    def clean_quantity(self) -> Decimal:
        """Never zero."""
        return self._figure("quantity")

    def clean_unit_price(self) -> Decimal:
        """Never negative: the quantity is."""
        return self._figure("unit_price")

    def clean_discount_percent(self) -> Decimal:
        """From 0 to 100 %; nothing typed is no discount."""
        self.cleaned_data["discount_percent"] = self.cleaned_data["discount_percent"] or Decimal(0)
        return self._figure("discount_percent")

    def _figure(self, name: str) -> Decimal:
        """The figure, checked beside harmless others so that each problem shows at its field."""
        harmless = {"quantity": Decimal(1), "unit_price": Decimal(1), "discount_percent": Decimal(0)}
        value: Decimal = self.cleaned_data[name]
        if problems := line_problems(**harmless | {name: value}):
            raise forms.ValidationError(problems)
        return value

    @property
    def draft_line(self) -> DraftLine | None:
        """The line, as soon as its figures are right; the label may still lack in a live total."""
        typed = getattr(self, "cleaned_data", {})
        code = self.vat_codes.get(typed.get("vat_code", ""))
        if code is None or not {"quantity", "unit_price", "discount_percent"} <= typed.keys():
            return None
        kept = {name: typed[name] for name in LINE if name in typed}
        return DraftLine(**{"label": ""} | kept, vat_code=code)

    @property
    def net(self) -> Decimal | None:
        """What the line amounts to, excl. VAT; None while its figures are not right."""
        figures = self.draft_line if self.is_bound else self.offered_line
        if figures is None:
            return None
        return line_net(
            quantity=figures.quantity, unit_price=figures.unit_price, discount_percent=figures.discount_percent
        )

    @property
    def offered_line(self) -> DraftLine | None:
        """The line of an unbound form that shows a stored one."""
        return self.initial.get("line") if isinstance(self.initial, dict) else None

    @property
    def is_unfolded(self) -> bool:
        """Whether a folded field holds something that the person must see."""
        usual = (None, "", "0", Decimal(0), SupplyNature.SERVICES)
        return any(name in self.errors or self[name].value() not in usual for name in FOLDED)


class BaseLineFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The lines of a draft. All are typed anew each time, so that a blank one is always let go."""

    def initial_form_count(self) -> int:
        """None when bound: see the class."""
        return 0 if self.is_bound else super().initial_form_count()

    @property
    def kept_forms(self) -> list[LineForm]:
        """The lines that stand: neither blank nor removed."""
        return [form for form in self.forms if form.has_changed() and form not in self.removed_forms]

    @property
    def removed_forms(self) -> list[LineForm]:
        """Those the person ticked away."""
        return [form for form in self.forms if form.cleaned_data.get(DELETION_FIELD_NAME)]


LineFormSet = cast(
    "type[BaseLineFormSet]",
    forms.formset_factory(
        LineForm, formset=BaseLineFormSet, extra=0, can_delete=True, max_num=MAX_LINES, validate_max=True
    ),
)


@dataclass
class Sheet:
    """The heading and the lines together."""

    heading: HeadingForm
    lines: BaseLineFormSet

    def is_valid(self) -> bool:
        """Whether both hold what a draft can keep; every error is found, not only the first."""
        return all([self.heading.is_valid(), self.lines.is_valid()])

    def is_ready_to_submit(self) -> bool:
        """Whether nothing lacks that a draft may lack but a document may not; what lacks is said at its field."""
        if not self.is_valid():
            return False
        if self.heading.cleaned_data["customer"] is None:
            self.heading.add_error("customer", "Choisissez le client.")
        if not self.lines.kept_forms:
            self.heading.add_error(None, "Écrivez au moins une ligne.")
        return self.heading.is_valid()

    def content(self) -> DraftContent:
        """What was typed, once valid."""
        typed = self.heading.cleaned_data
        return DraftContent(
            activity=typed["activity"],
            customer=typed["customer"],
            delivery_address=typed["delivery_address"],
            lines=self.draft_lines(),
            **{name: typed[name] for name in HEADING},
        )

    def draft_lines(self) -> tuple[DraftLine, ...]:
        """The lines whose figures are right."""
        if not self.lines.is_bound:
            return tuple(line for form in self.lines.forms if (line := form.offered_line))
        self.is_valid()
        return tuple(line for form in self.lines.kept_forms if (line := form.draft_line))

    def totals(self) -> Totals:
        """What the lines typed so far amount to."""
        lines = self.draft_lines()
        return draft_totals(lines) if lines else Totals(net=ZERO, vat=ZERO, gross=ZERO, rows=())


def blank_sheet(choices: Choices, *, activity: Activity | None, customer: Customer | None) -> Sheet:
    """A new document with one line to fill in."""
    chosen = customer.activity if customer else activity
    initial = {"customer": str(customer.pk) if customer else ""}
    if chosen:  # without one, the field's own choice stands
        initial["activity"] = str(chosen.pk)
    return Sheet(HeadingForm(initial=initial, choices=choices), _unbound_lines(choices, [{}]))


def sheet_of(invoice: Invoice, lines: list[InvoiceLine], choices: Choices, *, customer: Customer | None) -> Sheet:
    """A stored draft; `customer` is the one just created for it."""
    initial: dict[str, Any] = {name: getattr(invoice, name) for name in HEADING}
    initial["activity"] = str(invoice.activity_id)
    initial["customer"] = str(customer.pk if customer else invoice.customer_id or "")
    initial["delivery_address"] = str(invoice.delivery_address_id or "")
    return Sheet(
        HeadingForm(initial=initial, choices=choices),
        _unbound_lines(choices, [_initial_of(line) for line in lines] or [{}]),
    )


def typed_sheet(data: QueryDict, choices: Choices) -> Sheet:
    """What the person sends."""
    return Sheet(
        HeadingForm(data, choices=choices),
        LineFormSet(data, prefix=PREFIX, form_kwargs={"vat_codes": _by_key(choices)}),
    )


def retyped_sheet(data: QueryDict, choices: Choices, *, more_lines: int) -> Sheet:
    """The same shown again as it was typed, without judging it, removed lines gone and blank ones added."""
    typed = typed_sheet(data, choices)
    typed.is_valid()
    kept = [form for form in typed.lines.forms if form not in typed.lines.removed_forms]
    lines = [{name: form[name].value() for name in (*LINE, "vat_code")} | {"line": form.draft_line} for form in kept]
    heading = {name: typed.heading[name].value() for name in typed.heading.fields}
    blank: list[dict[str, Any]] = [{} for _ in range(more_lines)]
    return Sheet(HeadingForm(initial=heading, choices=choices), _unbound_lines(choices, [*lines, *blank] or [{}]))


def _unbound_lines(choices: Choices, initial: list[dict[str, Any]]) -> BaseLineFormSet:
    return LineFormSet(prefix=PREFIX, initial=initial, form_kwargs={"vat_codes": _by_key(choices)})


def _initial_of(line: InvoiceLine) -> dict[str, Any]:
    initial = {name: getattr(line, name) for name in LINE}
    stored = DraftLine(**initial, vat_code=line.vat_code)
    return initial | {"vat_code": str(line.vat_code_id), "line": stored}


def _by_key(choices: Choices) -> dict[str, VatCode]:
    return {str(code.pk): code for code in choices.vat_codes}
