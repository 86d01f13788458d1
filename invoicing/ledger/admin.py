"""The books on the staff's pages: accounts, entries, fiscal years and periods."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import INPUT_CLASSES, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin, BackofficeTabularInline
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.forms import FrenchDecimalField, FrenchDecimalInput
from cae_backoffice.core.money import ZERO, format_euros
from invoicing.ledger.enums import EntryState, JournalCode, PeriodState
from invoicing.ledger.models import Account, Auxiliary, Entry, EntryLine, FiscalYear, Period
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import (
    change_draft_entry,
    close_fiscal_year,
    delete_draft_entry,
    lock_period,
    open_fiscal_year,
    post_draft_entry,
    reverse_entry,
    unlock_period,
    validate_entries,
)
from members.people.queries import signed_in_user


class ReadOnlyBooksAdmin(BackofficeAdmin):
    """Records of the books that are never typed: read by those who may."""

    view_right = Right.VIEW_BOOKS

    def has_keep_permission(self, request: HttpRequest, _object_id: object = None) -> bool:
        """Acts on the books are for those who keep them."""
        return has_right(request.user, Right.KEEP_BOOKS)


class BooksAdmin(ReadOnlyBooksAdmin):
    """Records written by those who keep the books."""

    change_right = Right.KEEP_BOOKS


@admin.register(Account)
class AccountAdmin(BooksAdmin):
    """The chart of accounts."""

    list_display: ClassVar = ["number", "label", "auxiliary_kind", "can_match", "is_active"]
    list_filter: ClassVar = [("auxiliary_kind", ChoicesDropdownFilter), "can_match", "is_active"]
    search_fields: ClassVar = ["search"]
    search_help_text = "Numéro ou libellé"

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:  # noqa: ARG002
        """An account that has lines keeps its number and its kind."""
        used = isinstance(obj, Account) and obj.lines.exists()
        return ["number", "auxiliary_kind"] if used else []


@admin.register(Auxiliary)
class AuxiliaryAdmin(ReadOnlyBooksAdmin):
    """Auxiliary accounts: made by the documents of their owners."""

    list_display: ClassVar = ["code", "label", "kind"]
    list_filter: ClassVar = [("kind", ChoicesDropdownFilter)]
    search_fields: ClassVar = ["search"]
    search_help_text = "Code ou libellé"


class LineForm(forms.ModelForm):  # type: ignore[type-arg]
    """A line of a manual entry: the amount stands on one side."""

    debit = FrenchDecimalField(
        label="Débit",
        required=False,
        max_digits=14,
        decimal_places=2,
        widget=FrenchDecimalInput({"class": " ".join(INPUT_CLASSES)}, min_decimals=2),
    )
    credit = FrenchDecimalField(
        label="Crédit",
        required=False,
        max_digits=14,
        decimal_places=2,
        widget=FrenchDecimalInput({"class": " ".join(INPUT_CLASSES)}, min_decimals=2),
    )

    class Meta:
        model = EntryLine
        fields = ["account", "auxiliary", "activity", "label", "debit", "credit", "due_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if "label" in self.fields:
            self.fields["label"].required = False

    def clean_debit(self) -> Decimal:
        """Nothing typed is zero."""
        return self.cleaned_data["debit"] or ZERO

    def clean_credit(self) -> Decimal:
        """Nothing typed is zero."""
        return self.cleaned_data["credit"] or ZERO

    def _post_clean(self) -> None:
        """The service checks the whole entry: a line alone says too little."""


class LineInline(BackofficeTabularInline):
    """The lines of an entry."""

    model = EntryLine
    form = LineForm
    change_right = Right.KEEP_BOOKS
    can_delete = True
    extra = 2
    autocomplete_fields: ClassVar = ["account", "auxiliary", "activity"]
    fields: ClassVar = ["account", "auxiliary", "activity", "label", "debit", "credit", "due_on"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        """While the entry is a draft."""
        return super().has_change_permission(request, obj) and not _is_validated(obj)


class ReverseForm(forms.Form):
    """When and why."""

    on = forms.DateField(
        label="Date comptable", initial=timezone.localdate, widget=UnfoldAdminTextInputWidget({"type": "date"})
    )
    reason = forms.CharField(label="Motif", max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 2}))
    wide = ("reason",)


@admin.register(Entry)
class EntryAdmin(BooksAdmin):
    """Entries: a manual one is typed here as a draft; documents post theirs."""

    list_display: ClassVar = ["number_label", "state_label", "entry_on", "journal", "voucher_number", "label", "amount"]
    list_display_links: ClassVar = ["number_label", "label"]
    list_filter: ClassVar = [
        ("state", ChoicesDropdownFilter),
        ("journal", RelatedDropdownFilter),
        ("entry_on", RangeDateFilter),
        ("fiscal_year", RelatedDropdownFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["journal"]
    search_fields: ClassVar = ["voucher_number", "label"]
    search_help_text = "Pièce ou libellé"
    fields: ClassVar = [("journal", "entry_on"), ("voucher_number", "voucher_on"), "label"]
    inlines: ClassVar = [LineInline]
    actions: ClassVar = ["validate_selection"]
    actions_detail: ClassVar = ["validate_one", "reverse", "delete_draft"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the amount of each, in the same query."""
        return cast("QuerySet[Any]", super().get_queryset(request).annotate(total=Sum("lines__debit")))

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """While it is a draft."""
        return super().has_change_permission(request, obj) and not _is_validated(obj)

    @display(description="n°", ordering="number")
    def number_label(self, entry: Entry) -> str:
        """The number given at validation."""
        return str(entry.number or "—")

    @display(
        description="état",
        ordering="state",
        label={EntryState.DRAFT.label: "warning", EntryState.VALIDATED.label: "success"},
    )
    def state_label(self, entry: Entry) -> str:
        """Brouillard or validée."""
        return entry.get_state_display()

    @display(description="montant", ordering="total")
    def amount(self, entry: Entry) -> str:
        """The sum of its debits."""
        return format_euros(getattr(entry, "total", None) or ZERO)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:  # noqa: ANN401, FBT001
        """Nothing yet: an entry is written whole, with its lines (`save_related`)."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401, FBT001
        """Post the entry, or replace the draft, through its service."""
        content = _typed_entry(form.cleaned_data, formsets[0])
        by = signed_in_user(request)
        if change:
            change_draft_entry(entry=form.instance, content=content, by=by)
        else:
            form.instance.pk = post_draft_entry(entry=content, by=by).pk

    @action(description="Valider les écritures choisies")
    def validate_selection(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        """All or none, in the order of their dates."""
        entries = list(Entry.objects.filter(pk__in=queryset.values("pk")))
        try:
            done = validate_entries(entries=entries, by=signed_in_user(request), on=timezone.localdate())
        except RefusalError as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return
        messages.success(request, f"{len(done)} écriture(s) validée(s).")

    @action(description="Valider", url_path="valider", permissions=["keep"], icon="check")
    def validate_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the final number."""
        by = signed_in_user(request)
        act = Act(
            title="Valider l’écriture",
            description="Elle recevra son numéro définitif et ne changera plus jamais.",
            submit="Valider",
            done="Écriture validée.",
            perform=lambda entry, _typed: validate_entries(entries=[entry], by=by, on=timezone.localdate()),
        )
        return act_page(self, request, object_id, act)

    @action(description="Contrepasser", url_path="contrepasser", permissions=["keep"], icon="undo")
    def reverse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write the opposite."""
        by = signed_in_user(request)
        act = Act(
            title="Contrepasser l’écriture",
            description="Une écriture opposée sera validée à cette date ; les deux restent dans les livres.",
            submit="Contrepasser",
            done="Écriture contrepassée.",
            perform=lambda entry, typed: reverse_entry(entry=entry, on=typed["on"], reason=typed["reason"], by=by),
            form_class=ReverseForm,
        )
        return act_page(self, request, object_id, act)

    @action(description="Supprimer le brouillard", url_path="supprimer", permissions=["keep"], icon="delete")
    def delete_draft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take away a draft."""
        by = signed_in_user(request)
        act = Act(
            title="Supprimer le brouillard",
            description="L’écriture n’a pas été validée : elle disparaît sans laisser de numéro.",
            submit="Supprimer",
            done="Brouillard supprimé.",
            perform=lambda entry, _typed: delete_draft_entry(entry=entry, by=by),
        )
        return act_page(self, request, object_id, act)


@admin.register(FiscalYear)
class FiscalYearAdmin(BooksAdmin):
    """Fiscal years: opened here, closed for ever by an act."""

    list_display: ClassVar = ["__str__", "last_entry_number", "closed_on"]
    fields: ClassVar = [("starts_on", "ends_on"), ("last_entry_number", "closed_on")]
    readonly_fields: ClassVar = ["last_entry_number", "closed_on"]
    actions_detail: ClassVar = ["close"]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Its dates do not change once it is open."""
        return obj is None and super().has_change_permission(request, obj)

    def write(self, request: HttpRequest, instance: models.Model, form: Any) -> None:  # noqa: ANN401
        """Open the year with its periods."""
        typed = form.cleaned_data
        year = open_fiscal_year(starts_on=typed["starts_on"], ends_on=typed["ends_on"], by=signed_in_user(request))
        instance.pk = year.pk

    @action(description="Clôturer", url_path="cloturer", permissions=["keep"], icon="lock")
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Close the year."""
        by = signed_in_user(request)
        act = Act(
            title="Clôturer l’exercice",
            description="Irréversible : ses périodes ne recevront plus d’écriture, les à-nouveaux passent dans "
            "l’exercice suivant.",
            submit="Clôturer définitivement",
            done="Exercice clôturé.",
            perform=lambda year, _typed: close_fiscal_year(year=year, on=timezone.localdate(), by=by),
        )
        return act_page(self, request, object_id, act)


@admin.register(Period)
class PeriodAdmin(ReadOnlyBooksAdmin):
    """Months: locked and unlocked by acts on a selection."""

    list_display: ClassVar = ["__str__", "fiscal_year", "state_label"]
    list_filter: ClassVar = [("state", ChoicesDropdownFilter), ("fiscal_year", RelatedDropdownFilter)]
    list_select_related: ClassVar = ["fiscal_year"]
    actions: ClassVar = ["lock", "unlock"]

    @display(
        description="état",
        ordering="state",
        label={
            PeriodState.OPEN.label: "success",
            PeriodState.LOCKED.label: "warning",
            PeriodState.CLOSED.label: "default",
        },
    )
    def state_label(self, period: Period) -> str:
        """Ouverte, verrouillée or clôturée."""
        return period.get_state_display()

    @action(description="Verrouiller", permissions=["keep"])
    def lock(self, request: HttpRequest, queryset: QuerySet[Period]) -> None:
        """Stop these months from taking entries."""
        self._each(request, queryset, lock_period, "verrouillée(s)")

    @action(description="Déverrouiller", permissions=["keep"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Period]) -> None:
        """Let these months take entries again."""
        self._each(request, queryset, unlock_period, "déverrouillée(s)")

    def _each(self, request: HttpRequest, queryset: QuerySet[Period], service: Any, done: str) -> None:  # noqa: ANN401
        changed = 0
        for period in queryset:
            try:
                service(period=period, by=signed_in_user(request))
                changed += 1
            except RefusalError as refusal:
                messages.error(request, str(refusal))
        if changed:
            messages.success(request, f"{changed} période(s) {done}.")


def _is_validated(obj: object) -> bool:
    return isinstance(obj, Entry) and obj.state == EntryState.VALIDATED


def _typed_entry(header: dict[str, Any], formset: Any) -> EntryDraft:  # noqa: ANN401  an inline formset
    rows = [form.cleaned_data for form in formset.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
    return EntryDraft(
        journal=JournalCode(header["journal"].code),
        entry_on=header["entry_on"],
        voucher_number=header["voucher_number"],
        voucher_on=header["voucher_on"],
        label=header["label"],
        lines=tuple(
            LineDraft(
                account=row["account"].number,
                debit=row["debit"],
                credit=row["credit"],
                label=row["label"],
                activity_id=row["activity"].pk if row["activity"] else None,
                auxiliary_id=row["auxiliary"].pk if row["auxiliary"] else None,
                due_on=row["due_on"],
            )
            for row in rows
        ),
    )
