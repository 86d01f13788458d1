"""Pages of the customers suspected to be one: each entrepreneur's own, and the staff's report."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.reports import Column, ReportAct, ReportView, Row, RowPage, Table
from invoicing.customers.forms import DuplicatesForm
from invoicing.customers.models import Customer
from invoicing.customers.queries import (
    Block,
    SuspectedPair,
    blocks_of_activities,
    customer_list,
    own_customers,
    own_suspected_pairs,
    suspected_pairs,
)
from invoicing.customers.services import tell_apart
from invoicing.customers.views.carrier import signed_in_carrier
from members.activities.models import Activity
from members.people.models import User
from members.people.queries import signed_in_user

PAIRS_PER_PAGE = 20
COLUMNS = (
    Column("Raison"), Column("Activité"), Column("Client"), Column("SIREN"), Column("Adresse"), Column("Autre fiche"),
    Column("SIREN"), Column("Adresse"), Column(""),
)  # fmt: skip
PAIR_BASE = 1 << 32
"""A row of the report has one number: that of the older customer times this, plus that of the other."""


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """One's own customers that may be one."""
    user = signed_in_carrier(request)
    page = Paginator(own_suspected_pairs(user), PAIRS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"section": "customers", "page": page, "query": ""}
    return render(request, "invoicing/customers/duplicates.html", context)


@require_POST
def distinct(request: HttpRequest, pk: int) -> HttpResponse:
    """« Ce ne sont pas les mêmes »: `autre` is the other customer."""
    user = signed_in_carrier(request)
    typed = request.POST.get("autre", "")
    mine = own_customers(user)
    customer = get_object_or_404(mine, pk=pk)
    other = get_object_or_404(mine, pk=typed if typed.isdecimal() else 0)
    try:
        tell_apart(customer=customer, other=other, by=user)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, f"C’est retenu\u00a0: {customer} et {other} sont deux clients.")
    return redirect("customer-duplicates")


class DuplicatesView(ReportView):
    """The suspected pairs of the whole cooperative, which the staff merge or tell apart."""

    right = Right.VIEW_ALL_INVOICES
    act_right = Right.MANAGE_CUSTOMERS
    title = "Doublons de clients"
    introduction = (
        "Deux fiches d’une même activité qui semblent être un seul client. Fusionnez-les, ou cochez celles qui sont "
        "bien deux clients\u00a0: elles ne seront plus proposées. Une page montre plusieurs activités, dans l’ordre de "
        "leurs noms."
    )
    file_name = "doublons-clients"
    empty = "Aucun doublon soupçonné."
    form_class = DuplicatesForm
    acts = (ReportAct("distincts", "Ce ne sont pas les mêmes"),)

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per pair, with the pages of both; a page per block of activities."""
        return Table(COLUMNS, _PairRows(signed_in_user(self.request), filters["activity"]))

    def perform(self, request: HttpRequest, act: str, keys: list[int]) -> str:  # noqa: ARG002
        """Tell apart the pairs chosen."""
        user = signed_in_user(request)
        chosen = [divmod(key, PAIR_BASE) for key in keys]
        customers = customer_list(user).in_bulk({pk for pair in chosen for pk in pair})
        for first, second in chosen:
            if first not in customers or second not in customers:
                raise RefusalError("Un de ces clients n’existe plus\u00a0: affichez la page à nouveau.")
            tell_apart(customer=customers[first], other=customers[second], by=user)
        return "C’est retenu\u00a0: ces paires ne seront plus proposées."


class _PairRows:
    """The pairs, looked for block by block as they are asked: those of a large cooperative take seconds."""

    def __init__(self, user: User, activity: Activity | None) -> None:
        self.user = user
        self.blocks = blocks_of_activities(user, activity=activity)

    def __iter__(self) -> Iterator[Row]:
        """All, block after block."""
        return chain.from_iterable(map(self._rows, self.blocks))

    def page(self, mark: str) -> RowPage:
        """The pairs of one block; the mark is its rank."""
        if not self.blocks:
            return RowPage(())
        last = len(self.blocks)
        rank = min(max(int(mark), 1), last) if mark.isdecimal() else 1
        block = self.blocks[rank - 1]
        return RowPage(
            rows=self._rows(block),
            previous=str(rank - 1) if rank > 1 else "",
            next=str(rank + 1) if rank < last else "",
            label=f"Activités de {block.first} à {block.last} ({rank} sur {last})",
        )

    def exceeds(self, most: int) -> bool:
        """Whether there are more pairs than this."""
        return next(islice(self, most, None), None) is not None

    def _rows(self, block: Block) -> list[Row]:
        return [_row(pair) for pair in suspected_pairs(self.user, activities=block.activities)]


def _row(pair: SuspectedPair) -> Row:
    first, second = pair.first, pair.second
    pages = [reverse("admin:invoicing_customer_change", args=[customer.pk]) for customer in (first, second)]
    merging = f"{reverse('customer-merge', args=[first.pk])}?avec={second.pk}"
    cells = (
        pair.kind.label, first.activity.name, first.name, first.siren, _place(first), second.name, second.siren,
        _place(second), "Fusionner",
    )  # fmt: skip
    return Row(cells, links={2: pages[0], 5: pages[1], 8: merging}, key=first.pk * PAIR_BASE + second.pk)


def _place(customer: Customer) -> str:
    return f"{customer.street}, {customer.postcode} {customer.city}"
