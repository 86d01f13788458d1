"""The sheet of a customer, for those who carry activities."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from cae_backoffice.core.errors import RefusalError
from invoicing.customers.forms import CustomerForm
from invoicing.customers.models import Customer
from invoicing.customers.queries import SimilarCustomer, own_customers, similar_customers
from invoicing.customers.services import archive_customer, save_customer, tell_apart
from invoicing.customers.views.carrier import done, signed_in_carrier
from members.activities.models import Activity
from members.people.models import User


def create(request: HttpRequest) -> HttpResponse:
    """A new customer; `brouillon` is the draft to return to, which then has it."""
    user = signed_in_carrier(request)
    activities = tuple(Activity.objects.carried_by(user.pk))
    if not activities:
        messages.warning(request, "Votre compte n’est rattaché à aucune activité\u00a0: parlez-en à la coopérative.")
        return redirect("customer-list")
    form = CustomerForm(request.POST or None, activities=activities, initial={"activity": request.GET.get("activite")})
    similar = _not_yet_told_apart(request, form)
    if request.method == "POST" and form.is_valid() and not similar and _saved(request, form, user):
        return redirect(_after_creation(request, form.instance))
    context = {"section": "customers", "form": form, "draft": _draft(request), "similar": similar}
    return render(request, "invoicing/customers/form.html", context)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A customer's sheet and delivery addresses."""
    user = signed_in_carrier(request)
    customer = get_object_or_404(own_customers(user), pk=pk)
    form = CustomerForm(request.POST or None, instance=customer, activities=())
    similar = _not_yet_told_apart(request, form)
    if request.method == "POST" and form.is_valid() and not similar and _saved(request, form, user):
        return redirect("customer-list")
    context = {
        "section": "customers",
        "form": form,
        "similar": similar,
        "customer": customer,
        "addresses": customer.delivery_addresses.all(),
        "billing_addresses": customer.billing_addresses.all(),
        "contacts": customer.contacts.all(),
    }
    return render(request, "invoicing/customers/form.html", context)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a customer out of the lists."""
    user = signed_in_carrier(request)
    customer = get_object_or_404(own_customers(user), pk=pk)
    try:
        archive_customer(customer=customer, by=user)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return redirect("customer-edit", pk=pk)
    messages.success(request, f"{customer.name} est archivé\u00a0: il n’est plus proposé sur les nouvelles factures.")
    return redirect("customer-list")


def _not_yet_told_apart(request: HttpRequest, form: CustomerForm) -> list[SimilarCustomer]:
    """The customers that look like the one sent, unless the person has seen these very ones and goes on."""
    if request.method != "POST" or not form.is_valid():
        return []
    similar = similar_customers(form.instance)
    seen = set(request.POST.getlist("distinct"))
    return similar if any(str(found.customer.pk) not in seen for found in similar) else []


def _saved(request: HttpRequest, form: CustomerForm, user: User) -> bool:
    """Save the customer, and remember from whom the person told it apart."""
    if not done(form, save_customer, "customer", user):
        return False
    seen = {int(pk) for pk in request.POST.getlist("distinct") if pk.isdecimal()}
    for found in similar_customers(form.instance):
        if found.customer.pk in seen:
            tell_apart(customer=form.instance, other=found.customer, by=user)
    messages.success(request, f"{form.instance.name} est enregistré.")
    return True


def _draft(request: HttpRequest) -> str:
    value = request.POST.get("brouillon") or request.GET.get("brouillon") or ""
    return value if value.isdecimal() else ""


def _after_creation(request: HttpRequest, customer: Customer) -> str:
    draft = _draft(request)
    if not draft:
        return reverse("customer-list")
    return f"{reverse('invoice-edit', args=[draft])}?{urlencode({'client': customer.pk})}"
