"""Pages of a customer's contacts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from invoicing.customers.forms import ContactForm
from invoicing.customers.models import Contact
from invoicing.customers.queries import contacts_visible_to, own_customers
from invoicing.customers.services import remove_contact, save_contact
from invoicing.customers.views.carrier import done, signed_in_carrier
from members.people.models import User


def add_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """A new contact of a customer."""
    user = signed_in_carrier(request)
    customer = get_object_or_404(own_customers(user), pk=pk)
    return _page(request, Contact(customer=customer), user)


def edit_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """A contact."""
    user = signed_in_carrier(request)
    return _page(request, _own_contact(user, pk), user)


@require_POST
def erase_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase a contact."""
    user = signed_in_carrier(request)
    contact = _own_contact(user, pk)
    remove_contact(contact=contact, by=user)
    messages.success(request, f"{contact.name} est effacé.")
    return redirect("customer-edit", pk=contact.customer_id)


def _own_contact(user: User, pk: int) -> Contact:
    return get_object_or_404(contacts_visible_to(user).filter(customer__in=own_customers(user)), pk=pk)


def _page(request: HttpRequest, contact: Contact, user: User) -> HttpResponse:
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid() and done(form, save_contact, "contact", user):
        messages.success(request, f"{contact.name} est enregistré.")
        return redirect("customer-edit", pk=contact.customer_id)
    context = {"section": "customers", "form": form, "customer": contact.customer, "contact": contact}
    return render(request, "invoicing/customers/contact.html", context)
