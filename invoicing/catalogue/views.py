"""The catalogue's pages of those who carry activities, and what a line offers while one types."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.catalogue.forms import ProductForm
from invoicing.catalogue.models import Product
from invoicing.catalogue.queries import matching, own_products, suggestions
from invoicing.catalogue.services import archive_product, restore_product, save_product
from invoicing.pricing.models import VatCode
from members.activities.models import Activity
from members.people.models import User
from members.people.queries import signed_in_user

PAGE = 25


def _carrier(request: HttpRequest) -> User:
    """The person signed in, who opens their own pages and drafts."""
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    require_right(user, Right.DRAFT_INVOICES)
    return user


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """One's products, searched by reference or label; archived ones only when asked for."""
    user = _carrier(request)
    words = request.GET.get("q", "").strip()
    archived = request.GET.get("archives") == "1"
    found = matching(own_products(user).filter(is_archived=archived), words)
    kept = urlencode(
        {name: value for name, value in {"q": words, "archives": "1" if archived else ""}.items() if value}
    )
    context = {
        "section": "catalogue",
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "words": words,
        "archived": archived,
        "query": f"{kept}&" if kept else "",
        "several_activities": Activity.objects.carried_by(user.pk).count() > 1,
    }
    return render(request, "invoicing/catalogue/list.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The products to offer for what is typed on a line, as the options of a list; nothing typed offers nothing."""
    user = _carrier(request)
    words, activity = request.GET.get("q", "").strip(), request.GET.get("activite", "")
    found = suggestions(user, activity_id=int(activity) if activity.isdecimal() else None, words=words) if words else []
    return render(request, "invoicing/catalogue/options.html", {"products": found})


def create(request: HttpRequest) -> HttpResponse:
    """A new product."""
    user = _carrier(request)
    activities = tuple(Activity.objects.carried_by(user.pk))
    if not activities:
        messages.warning(request, "Votre compte n’est rattaché à aucune activité\u00a0: parlez-en à la coopérative.")
        return redirect("product-list")
    codes = VatCode.objects.in_force(timezone.localdate()).order_by("-rate", "category", "code")
    form = ProductForm(request.POST or None, activities=activities, vat_codes=tuple(codes))
    return _product_page(request, form, user)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A product; the VAT code that it has stays offered."""
    user = _carrier(request)
    product = get_object_or_404(own_products(user), pk=pk)
    offered = Q(pk__in=VatCode.objects.in_force(timezone.localdate()).values("pk")) | Q(pk=product.vat_code_id)
    codes = VatCode.objects.filter(offered).order_by("-rate", "category", "code")
    form = ProductForm(request.POST or None, instance=product, activities=(), vat_codes=tuple(codes))
    return _product_page(request, form, user)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it no more."""
    return _act(request, pk, archive_product, "{} est archivé\u00a0: il n’est plus proposé.")


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it again."""
    return _act(request, pk, restore_product, "{} est de nouveau proposé.")


def _act(request: HttpRequest, pk: int, service: Callable[..., Product], done: str) -> HttpResponse:
    user = _carrier(request)
    product = get_object_or_404(own_products(user), pk=pk)
    try:
        service(product=product, by=user)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return redirect("product-edit", pk=pk)
    messages.success(request, done.format(product.label))
    return redirect("product-list")


def _product_page(request: HttpRequest, form: ProductForm, user: User) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save_product(product=form.instance, by=user)
        except RefusalError as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, f"{form.instance.label} est enregistré.")
            return redirect("product-list")
    product = form.instance if form.instance.pk else None
    return render(request, "invoicing/catalogue/form.html", {"section": "catalogue", "form": form, "product": product})
