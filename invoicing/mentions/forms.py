"""Typing for whom a document is."""

from __future__ import annotations

import json
from typing import Any, Protocol

from django import forms

from invoicing.customers.models import Customer, DeliveryAddress
from members.activities.models import Activity

GroupedChoices = list[tuple[str, Any]]


class PartyChoices(Protocol):
    """What someone who drafts may choose from."""

    @property
    def activities(self) -> tuple[Activity, ...]:
        """Those they write for."""

    @property
    def customers(self) -> tuple[Customer, ...]:
        """Those of these activities."""

    @property
    def addresses(self) -> tuple[DeliveryAddress, ...]:
        """The other places of these customers."""


class PartiesForm(forms.Form):
    """The activity that sells, its customer and where the goods or the work go; only the activity is due on a draft.

    The customer's default place is proposed as long as nothing was said of the place, and by the page whenever another
    customer is chosen (`data-defaults`).
    """

    activity = forms.ChoiceField(label="Activité")
    customer = forms.ChoiceField(label="Client", required=False)
    delivery_address = forms.ChoiceField(label="Adresse de livraison", required=False)

    def __init__(self, *args: Any, choices: PartyChoices, **kwargs: Any) -> None:  # noqa: ANN401
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
        defaults = {str(one.customer_id): pk for pk, one in self.addresses.items() if one.is_default}
        self.initial.setdefault("delivery_address", defaults.get(self.initial.get("customer", ""), ""))
        self.fields["delivery_address"].widget.attrs["data-defaults"] = json.dumps(defaults)
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
