"""The VAT return and the e-reporting as the accountant reads them, and the key figures of a year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import ONE_DAY, add_months
from cae_backoffice.core.reports import Column, ReportView, Row, Table
from cae_backoffice.core.spreadsheets import Cell
from invoicing.exports.forms import YEARS, KeyFiguresForm, VatDetailForm, VatReturnForm
from invoicing.exports.queries.ereporting import reported_payments, reported_sales
from invoicing.exports.queries.key_figures import key_figures
from invoicing.exports.queries.vat import VatDetail, vat_details, vat_return
from invoicing.exports.rules.key_figures import to_json
from invoicing.exports.rules.vat_return import COLLECTED, LISTED, Box, VatReturn
from invoicing.ledger.forms import PeriodForm
from members.activities.enums import Sector


class VatReportView(ReportView):
    """What the two pages share: who reads them, and the month before this one to begin with."""

    right = Right.VIEW_BOOKS

    def initial(self) -> dict[str, Any]:
        """The month to declare."""
        first = timezone.localdate().replace(day=1)
        return {"starts_on": add_months(first, -1), "ends_on": first - ONE_DAY}


class VatReturnView(VatReportView):
    """The lines of the form 3310-CA3 that the books fill."""

    title = "Déclaration de TVA (CA3)"
    introduction = (
        "Les montants sont au centime\u00a0; la déclaration les arrondit à l’euro. Les achats autoliquidés (lignes A3, "
        "B2, B4, 17) et les taxes assimilées (29) ne sont pas remplis."
    )
    file_name = "tva-ca3"
    form_class = VatReturnForm

    def table(self, filters: dict[str, Any]) -> Table:
        """The form's sections and lines, then whether the account of collected VAT agrees."""
        period = _period(filters)
        filled = vat_return(**period)
        rows: list[Row] = []
        for section, boxes in groupby(filled.boxes, key=lambda box: box.section):
            rows.append(Row(("", section, None, None, None, None), is_total=True))
            rows += [Row(_cells(box), _box_link(box, filters)) for box in boxes]
        columns = (
            Column("Ligne"),
            Column("Opérations"),
            Column("Base HT", is_amount=True),
            Column("TVA", is_amount=True),
            Column("due à l’émission", is_amount=True),
            Column("due au paiement", is_amount=True),
        )
        return Table(columns, [*rows, *_agreement(filled)])


class VatDetailView(VatReportView):
    """The documents and payments behind a line."""

    title = "TVA, détail d’une ligne"
    file_name = "tva-detail"
    form_class = VatDetailForm
    empty = "Aucun document ni paiement dans cette ligne sur cette période."

    def initial(self) -> dict[str, Any]:
        """The normal rate."""
        return super().initial() | {"box": "08"}

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per document or payment, and the line's totals."""
        details = [d for d in vat_details(**_period(filters)) if d.box == filters["box"]]
        rows = [
            Row((d.moved_on, d.number, d.customer, d.activity, _event(d), d.base, d.vat), _detail_link(d))
            for d in details
        ]
        columns = (
            Column("Date"),
            Column("Document"),
            Column("Client"),
            Column("Activité"),
            Column("Exigible par"),
            Column("Base HT", is_amount=True),
            Column("TVA", is_amount=True),
        )
        base, vat = sum((d.base for d in details), ZERO), sum((d.vat for d in details), ZERO)
        return Table(columns, rows, ("Total", None, None, None, None, base, vat))


class KeyFiguresView(ReportView):
    """What the federation adds up: the cooperative on the last day of a year."""

    right = Right.VIEW_ALL_MEMBERS
    title = "Chiffres clés"
    introduction = (
        "La coopérative au 31 décembre, son chiffre d’affaires (comptes 70) et sa masse salariale brute (641) de "
        "l’année. «\u00a0s\u00a0»\u00a0: moins de 5 personnes."
    )
    file_name = "chiffres-cles"
    form_class = KeyFiguresForm
    template = "admin/invoicing/key_figures.html"

    def initial(self) -> dict[str, Any]:
        """The last year that is over."""
        return {"year": timezone.localdate().year - 1}

    def table(self, filters: dict[str, Any]) -> Table:
        """People, then money, then sectors."""
        found = key_figures(filters["year"])
        rows = [Row(("Activités", found.activities, None))]
        rows += [Row((PEOPLE_LABELS[name], "s" if n is None else n, None)) for name, n in found.people.items()]
        rows += [
            Row(("Chiffre d’affaires HT", None, found.turnover)),
            Row(("Masse salariale brute", None, found.wage_bill)),
            Row(("Par secteur", None, None), is_total=True),
        ]
        rows += [Row((Sector(name).label, each.activities, each.turnover)) for name, each in found.sectors.items()]
        return Table((Column("Chiffre"), Column("Nombre"), Column("Montant", is_amount=True)), rows)


def key_figures_file(request: HttpRequest, year: int) -> HttpResponse:
    """The JSON of the year, for the federation (docs/key-figures.md)."""
    require_right(request.user, Right.VIEW_ALL_MEMBERS)
    if year not in YEARS:
        raise Http404
    figures = key_figures(year)
    name = f"chiffres-cles-{figures.siren}-{year}.json"
    return HttpResponse(
        to_json(figures),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


PEOPLE_LABELS = {
    "entrepreneurs": "Entrepreneurs",
    "women": "dont femmes",
    "cape": "sous CAPE",
    "cesa": "sous CESA",
    "entrepreneur_associates": "associés",
    "employees": "Salariés permanents non associés",
    "associates": "Associés, en tout",
}


TREATMENTS = {"B2C": "Particuliers", "B2BINT": "Entreprises étrangères"}


class ReportedSalesView(VatReportView):
    """Sales to consumers and to other countries (flux 10.1 and 10.3)."""

    title = "E-reporting, ventes"
    introduction = (
        "Ventes aux particuliers et aux entreprises étrangères, par jour, catégorie d’opération et taux. Les avoirs "
        "sont déduits\u00a0; ce qui est exonéré par l’article 261 du CGI ou hors du champ de la TVA n’est pas déclaré."
    )
    file_name = "e-reporting-ventes"
    form_class = PeriodForm
    empty = "Aucune vente à déclarer sur cette période."

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per day, circuit, category and rate."""
        sales = reported_sales(starts_on=filters["starts_on"], ends_on=filters["ends_on"])
        rows = []
        for sale in sales:
            kind = (sale.day, TREATMENTS[sale.treatment], sale.operation.value, sale.operation.label, sale.rate)
            rows.append(Row((*kind, sale.documents, sale.net, sale.vat)))
        columns = (
            Column("Date"),
            Column("Clients"),
            Column("Code"),
            Column("Catégorie"),
            Column("Taux", is_amount=True),
            Column("Documents", is_amount=True),
            Column("Base HT", is_amount=True),
            Column("TVA", is_amount=True),
        )
        net, vat = sum((s.net for s in sales), ZERO), sum((s.vat for s in sales), ZERO)
        return Table(columns, rows, ("Total", None, None, None, None, None, net, vat))


class ReportedPaymentsView(VatReportView):
    """Payments of services whose VAT is due when they are paid (flux 10.2 and 10.4)."""

    title = "E-reporting, encaissements"
    introduction = (
        "Encaissements des prestations de services dont la TVA est due au paiement, par jour et taux. Les rejets et "
        "les remboursements sont déduits."
    )
    file_name = "e-reporting-encaissements"
    form_class = PeriodForm
    empty = "Aucun encaissement à déclarer sur cette période."

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per day, circuit and rate."""
        payments = reported_payments(starts_on=filters["starts_on"], ends_on=filters["ends_on"])
        rows = [Row((p.day, TREATMENTS[p.treatment], p.rate, p.payments, p.gross, p.net, p.vat)) for p in payments]
        columns = (
            Column("Date"),
            Column("Clients"),
            Column("Taux", is_amount=True),
            Column("Paiements", is_amount=True),
            Column("Montant TTC", is_amount=True),
            Column("dont HT", is_amount=True),
            Column("dont TVA", is_amount=True),
        )
        net, vat = sum((p.net for p in payments), ZERO), sum((p.vat for p in payments), ZERO)
        return Table(columns, rows, ("Total", None, None, None, net + vat, net, vat))


def _period(filters: dict[str, Any]) -> dict[str, Any]:
    activity = filters["activity"]
    return {
        "starts_on": filters["starts_on"],
        "ends_on": filters["ends_on"],
        "activity_id": activity.pk if activity else None,
    }


def _cells(box: Box) -> tuple[Cell, ...]:
    return box.number, box.label, box.base, box.vat, box.issue_vat, box.payment_vat


def _agreement(filled: VatReturn) -> list[Row]:
    """The proof by the ledger."""
    agrees = "Ils concordent." if not filled.difference else "À expliquer avant de déclarer."
    rows: list[tuple[str, Decimal]] = [
        ("TVA devenue exigible d’après les documents et les paiements", filled.collected),
        (f"Mouvement du compte {COLLECTED} dans les livres", filled.in_ledger),
        (f"Écart\u00a0: {agrees}", filled.difference),
    ]
    heading = Row(("", "Contrôle", None, None, None, None), is_total=True)
    return [heading, *(Row(("", label, None, amount, None, None)) for label, amount in rows)]


def _box_link(box: Box, filters: dict[str, Any]) -> str:
    starts_on, ends_on = filters["starts_on"], filters["ends_on"]
    if box.account:
        return _link("general-ledger", account=box.account, starts_on=starts_on, ends_on=ends_on)
    if box.fills not in LISTED:
        return ""
    activity = filters["activity"].pk if filters["activity"] else ""
    return _link("vat-return-detail", box=box.number, starts_on=starts_on, ends_on=ends_on, activity=activity)


def _link(name: str, **query: str | int | date) -> str:
    return f"{reverse(name)}?{urlencode({key: str(value) for key, value in query.items()})}"


def _event(detail: VatDetail) -> str:
    if detail.timing != "PAYMENT":
        return "Émission" if detail.timing == "ISSUE" else "Perte"
    return f"{'Encaissement' if detail.receipt_id else 'Imputation ou remboursement'} {detail.source}"


def _detail_link(detail: VatDetail) -> str:
    if detail.receipt_id:
        return reverse("admin:invoicing_receipt_change", args=[detail.receipt_id])
    return reverse("admin:invoicing_invoice_change", args=[detail.invoice_id])
