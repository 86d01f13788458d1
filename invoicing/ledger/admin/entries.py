"""Entries on the staff's pages: typed as drafts, validated, reversed; and the document that each comes from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.widgets import INPUT_CLASSES, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.access import Right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeTabularInline
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.forms import FrenchDecimalField, FrenchDecimalInput
from cae_backoffice.core.money import ZERO, MoneyField, format_euros
from invoicing.ledger.admin.books import WholeRecordAdmin
from invoicing.ledger.admin.starts import template_start
from invoicing.ledger.enums import EntryState, JournalCode
from invoicing.ledger.models import Entry, EntryLine
from invoicing.ledger.queries import source_address, source_label
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import (
    change_draft_entry,
    delete_draft_entry,
    post_draft_entry,
    reverse_entry,
    validate_entries,
)
from members.people.queries import signed_in_user

MOST_LINES = 300
"""Lines of an entry that its own page shows; longer entries come from closings and files."""


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
    hide_title = True
    autocomplete_fields: ClassVar = ["account", "auxiliary", "activity"]
    fields: ClassVar = ["account", "auxiliary", "activity", "label", "debit", "credit", "due_on"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        """A draft loses lines as it gains them."""
        return self.has_change_permission(request, obj)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:  # noqa: ANN401
        """Two rows to type, or as many as the template has."""
        start = template_start(request)
        return len(start.lines) if start and obj is None else int(super().get_extra(request, obj, **kwargs))

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
class EntryAdmin(WholeRecordAdmin):
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
    actions_list: ClassVar = ["from_template", "from_file"]
    actions_detail: ClassVar = ["validate_one", "reverse", "delete_draft"]
    readonly_fields: ClassVar = ["origin", "number_label", "state_label", "reversal", "many_lines"]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:  # noqa: ARG002
        """An entry that exists also shows its number, its state and where it comes from."""
        known = [("number_label", "state_label"), ("origin", "reversal")] if obj else []
        return [*known, *self.fields, *(["many_lines"] if _is_long(obj) else [])]

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[Any]:  # noqa: ARG002
        """The lines of an opening or of a large file are read in the journal, page by page."""
        return [] if _is_long(obj) else list(self.inlines)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """What may be done with this entry now."""
        entry = Entry.objects.filter(pk=object_id).select_related("reversed_by").first()
        if entry is None or not self.has_keep_permission(request):
            return []
        if entry.state == EntryState.DRAFT:
            return [self.get_unfold_action(name) for name in ("validate_one", "delete_draft")]
        return [] if hasattr(entry, "reversed_by") else [self.get_unfold_action("reverse")]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The header that a template gives, where one was chosen."""
        start = template_start(request)
        return start.header if start else {}

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:  # noqa: ANN401
        """The lines that a template gives: what is typed afterwards takes their place."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        start = template_start(request)
        if start and obj.pk is None and request.method == "GET":
            kwargs["initial"] = start.lines
        return kwargs

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the amount of each, in the same query and only for the entries shown: there may be millions."""
        lines = EntryLine.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
        total = Subquery(lines.annotate(total=Sum("debit")).values("total"), output_field=MoneyField())
        return cast("QuerySet[Any]", super().get_queryset(request).annotate(total=total))

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """While it is a draft of a size that can be typed."""
        return super().has_change_permission(request, obj) and not _is_validated(obj) and not _is_long(obj)

    @display(description="lignes")
    def many_lines(self, entry: Entry) -> str:
        """The way to them."""
        query = {"entry": entry.pk, "starts_on": entry.entry_on, "ends_on": entry.entry_on}
        count, address = entry.lines.count(), f"{reverse('journal')}?{urlencode(query)}"
        return format_html('<a class="bo-link" href="{}">Lire les {} lignes dans le journal</a>', address, count)

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

    @display(description="origine")
    def origin(self, entry: Entry) -> str:
        """The document that posted the entry."""
        address, label = source_address(entry), source_label(entry) or "saisie"
        return format_html('<a class="bo-link" href="{}">{}</a>', address, label) if address else label

    @display(description="contrepassation")
    def reversal(self, entry: Entry) -> str:
        """The entry that this one reverses, or that reverses it."""
        other = entry.reverses or getattr(entry, "reversed_by", None)
        if other is None:
            return "—"
        words = "contrepasse" if entry.reverses else "contrepassée par"
        address = reverse("admin:invoicing_entry_change", args=[other.pk])
        return format_html('{} <a class="bo-link" href="{}">l’écriture n°\u00a0{}</a>', words, address, other.number)

    @display(description="montant")
    def amount(self, entry: Entry) -> str:
        """The sum of its debits."""
        return format_euros(getattr(entry, "total", None) or ZERO)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401, FBT001
        """Post the entry, or replace the draft, through its service."""
        content = _typed_entry(form.cleaned_data, formsets[0])
        by = signed_in_user(request)
        if change:
            change_draft_entry(entry=form.instance, content=content, by=by)
        else:
            form.instance.pk = post_draft_entry(entry=content, by=by).pk

    @action(description="Depuis un modèle", url_path="modeles", permissions=["keep"], icon="content_copy")
    def from_template(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """On to the templates."""
        return redirect("admin:invoicing_entrytemplate_changelist")

    @action(description="Importer un fichier", url_path="fichier", permissions=["keep"], icon="upload_file")
    def from_file(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """On to the files."""
        return redirect("admin:invoicing_entryimport_add")

    @action(description="Valider les écritures choisies", permissions=["keep"])
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
            description="Une écriture opposée sera validée à cette date\u00a0; les deux restent dans les livres.",
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
            description="L’écriture n’a pas été validée\u00a0: elle disparaît sans laisser de numéro.",
            submit="Supprimer",
            done="Brouillard supprimé.",
            perform=lambda entry, _typed: delete_draft_entry(entry=entry, by=by),
            next_url=reverse("admin:invoicing_entry_changelist"),
        )
        return act_page(self, request, object_id, act)


def _is_long(obj: object) -> bool:
    return isinstance(obj, Entry) and obj.pk is not None and obj.lines.all()[MOST_LINES : MOST_LINES + 1].exists()


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
