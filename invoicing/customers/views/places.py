"""Pages of a customer's other addresses: delivery and sites, billing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from invoicing.customers.forms import BillingAddressForm, DeliveryAddressForm
from invoicing.customers.models import BillingAddress, DeliveryAddress
from invoicing.customers.queries import billing_addresses, delivery_addresses, own_customers
from invoicing.customers.services import remove_billing_address, save_billing_address, save_delivery_address
from invoicing.customers.views.carrier import done, signed_in_carrier
from members.people.models import User


def add_address(request: HttpRequest, pk: int) -> HttpResponse:
    """A new delivery address of a customer."""
    user = signed_in_carrier(request)
    customer = get_object_or_404(own_customers(user), pk=pk)
    return _delivery_page(request, DeliveryAddress(customer=customer), user)


def edit_address(request: HttpRequest, pk: int) -> HttpResponse:
    """A delivery address."""
    user = signed_in_carrier(request)
    address = get_object_or_404(delivery_addresses(user).filter(customer__in=own_customers(user)), pk=pk)
    return _delivery_page(request, address, user)


def add_billing_address(request: HttpRequest, pk: int) -> HttpResponse:
    """A new billing address of a customer."""
    user = signed_in_carrier(request)
    customer = get_object_or_404(own_customers(user), pk=pk)
    return _billing_page(request, BillingAddress(customer=customer), user)


def edit_billing_address(request: HttpRequest, pk: int) -> HttpResponse:
    """A billing address."""
    user = signed_in_carrier(request)
    return _billing_page(request, _own_billing_address(user, pk), user)


@require_POST
def remove_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a billing address away."""
    user = signed_in_carrier(request)
    address = _own_billing_address(user, pk)
    remove_billing_address(address=address, by=user)
    messages.success(request, f"L’adresse «\u00a0{address.label}\u00a0» est retirée.")
    return redirect("customer-edit", pk=address.customer_id)


def _own_billing_address(user: User, pk: int) -> BillingAddress:
    return get_object_or_404(billing_addresses(user).filter(customer__in=own_customers(user)), pk=pk)


def _delivery_page(request: HttpRequest, address: DeliveryAddress, user: User) -> HttpResponse:
    form = DeliveryAddressForm(request.POST or None, instance=address)
    if request.method == "POST" and form.is_valid() and done(form, save_delivery_address, "address", user):
        return _saved(request, address)
    context = {"section": "customers", "form": form, "customer": address.customer}
    return render(request, "invoicing/customers/address.html", context)


def _billing_page(request: HttpRequest, address: BillingAddress, user: User) -> HttpResponse:
    form = BillingAddressForm(request.POST or None, instance=address)
    if request.method == "POST" and form.is_valid() and done(form, save_billing_address, "address", user):
        return _saved(request, address)
    context = {"section": "customers", "form": form, "customer": address.customer, "address": address}
    return render(request, "invoicing/customers/billing_address.html", context)


def _saved(request: HttpRequest, address: DeliveryAddress | BillingAddress) -> HttpResponse:
    messages.success(request, f"L’adresse «\u00a0{address.label}\u00a0» est enregistrée.")
    return redirect("customer-edit", pk=address.customer_id)
