"""Templates of entries, and files of entries."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import INPUT_CLASSES, UnfoldAdminFileFieldWidget

from cae_backoffice.core.access import Right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeTabularInline
from cae_backoffice.core.forms import FrenchDecimalField, FrenchDecimalInput
from invoicing.ledger.admin.books import BooksAdmin, WholeRecordAdmin
from invoicing.ledger.admin.starts import StartForm, start_address
from invoicing.ledger.models import EntryImport, EntryTemplate, EntryTemplateLine
from invoicing.ledger.queries import ImportPreview, import_preview
from invoicing.ledger.services import discard_file, import_drafts, import_validated, receive_file, save_template
from members.people.queries import signed_in_user

ENTRIES_SHOWN = 100
ERRORS_SHOWN = 200


class TemplateLineForm(forms.ModelForm):  # type: ignore[type-arg]
    """A line of a template."""

    amount = FrenchDecimalField(
        label="Montant", required=False, max_digits=14, decimal_places=2,
        widget=FrenchDecimalInput({"class": " ".join(INPUT_CLASSES)}, min_decimals=2),
    )  # fmt: skip
    percentage = FrenchDecimalField(
        label="%", required=False, max_digits=6, decimal_places=3,
        widget=FrenchDecimalInput({"class": " ".join(INPUT_CLASSES)}),
    )  # fmt: skip

    class Meta:
        model = EntryTemplateLine
        fields = ["account", "auxiliary", "activity", "side", "label", "amount", "percentage"]


class TemplateLineInline(BackofficeTabularInline):
    """The lines of a template."""

    model = EntryTemplateLine
    form = TemplateLineForm
    change_right = Right.KEEP_BOOKS
    can_delete = True
    extra = 2
    hide_title = True
    autocomplete_fields: ClassVar = ["account", "auxiliary", "activity"]
    fields: ClassVar = ["account", "auxiliary", "activity", "side", "label", "amount", "percentage"]

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """A template loses lines as it gains them."""
        return self.has_change_permission(request, obj)


@admin.register(EntryTemplate)
class EntryTemplateAdmin(WholeRecordAdmin):
    """Templates of entries: each starts an entry that is then typed as any other."""

    list_display: ClassVar = ["name", "journal", "label"]
    list_select_related: ClassVar = ["journal"]
    search_fields: ClassVar = ["name", "label"]
    search_help_text = "Nom ou libellé"
    fields: ClassVar = [("name", "journal"), "label"]
    inlines: ClassVar = [TemplateLineInline]
    actions_detail: ClassVar = ["use"]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001
        """Write the template and its lines through their service."""
        rows = [row for row in formsets[0].forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]
        save_template(template=form.instance, lines=[row.instance for row in rows], by=signed_in_user(request))

    @action(description="Nouvelle écriture", url_path="utiliser", permissions=["keep"], icon="edit_note")
    def use(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for what the template does not know, then on to the entry's page."""
        template = self.get_object(request, object_id)
        if template is None:
            raise Http404
        form = StartForm(request.POST or None)
        if form.is_valid():
            return redirect(start_address(template, form.cleaned_data))
        act = Act(
            title=f"Nouvelle écriture\u00a0: {template}",
            description="L’écriture s’ouvre remplie\u00a0; rien n’est enregistré avant que vous ne la validiez.",
            submit="Continuer",
            done="",
            perform=lambda _record, _typed: None,
            form_class=StartForm,
        )
        context = {
            **self.admin_site.each_context(request),
            "title": act.title,
            "act": act,
            "form": form,
            "media": self.media + form.media,
            "opts": self.opts,
            "original": template,
            "record_url": f"../../{object_id}/change/",
        }
        return TemplateResponse(request, "admin/act.html", context)


class UploadForm(forms.ModelForm):  # type: ignore[type-arg]
    """A file to send."""

    upload = forms.FileField(
        label="Fichier CSV",
        widget=UnfoldAdminFileFieldWidget({"accept": ".csv,text/csv,text/plain"}),
        help_text="Colonnes\u00a0: journal, date, piece, libelle, compte, auxiliaire, activite, debit, credit, "
        "echeance. Une écriture par pièce. Rien n’est écrit avant votre confirmation.",
    )

    class Meta:
        model = EntryImport
        fields: ClassVar[list[str]] = []


@admin.register(EntryImport)
class EntryImportAdmin(BooksAdmin):
    """Files of entries: sent, looked at, then imported whole as drafts or validated at once."""

    list_display: ClassVar = ["file_name", "state_label", "received_on", "received_by", "entry_count", "line_count"]
    list_select_related: ClassVar = ["received_by", "imported_by"]
    form = UploadForm
    actions_detail: ClassVar = ["as_drafts", "as_validated", "discard"]
    change_form_outer_after_template = "admin/invoicing/entryimport/preview.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Without the files' contents, which only the preview reads."""
        return super().get_queryset(request).defer("content")

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """A file is sent; it never changes."""
        return obj is None and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:  # noqa: ARG002
        """The file to send; what is known of one that was sent."""
        known = [("file_name", "state_label"), ("received_on", "received_by"), ("entry_count", "line_count")]
        return known if obj else ["upload"]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:  # noqa: ARG002
        """All that is known."""
        return ["file_name", "state_label", "received_on", "received_by", "entry_count", "line_count"] if obj else []

    @display(description="situation", label={"À importer": "warning", "Importé": "success"})
    def state_label(self, received: EntryImport) -> tuple[str, str] | str:
        """À importer, or importé with the day and the author."""
        if received.imported_on is None:
            return "À importer"
        return "Importé", f"Importé le {received.imported_on:%d/%m/%Y} par {received.imported_by}"

    def write(self, request: HttpRequest, instance: models.Model, form: Any) -> None:  # noqa: ANN401
        """Keep the file; nothing is imported yet."""
        upload = form.cleaned_data["upload"]
        received = receive_file(
            file_name=upload.name, content=upload.read(), on=timezone.localdate(), by=signed_in_user(request)
        )
        instance.pk = received.pk

    def response_add(self, request: HttpRequest, obj: models.Model, *_more: object) -> HttpResponse:  # noqa: ARG002
        """On to the preview."""
        return redirect("admin:invoicing_entryimport_change", obj.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The preview: entries with their balance, errors with their line, totals."""
        received = self.get_object(request, object_id)
        context: dict[str, Any] = dict(extra_context or {})
        if isinstance(received, EntryImport) and self.has_view_permission(request, received):
            preview = _preview(request, received)
            context["preview"] = preview
            context["file_errors"] = preview.errors[:ERRORS_SHOWN] if preview else []
            page = Paginator(preview.entries if preview else [], ENTRIES_SHOWN).get_page(request.GET.get("p"))
            context["entries"] = page
        response: HttpResponseBase = super().change_view(request, object_id, form_url, context)
        return response

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Until it is imported; a file with errors can only be thrown away."""
        received = EntryImport.objects.filter(pk=object_id).first()
        preview = _preview(request, received) if received else None
        if preview is None or not self.has_keep_permission(request):
            return []
        sound = [] if preview.errors else ["as_drafts", "as_validated"]
        return [self.get_unfold_action(name) for name in (*sound, "discard")]

    @action(description="Importer en brouillard", url_path="brouillard", permissions=["keep"], icon="edit_note")
    def as_drafts(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write all entries as drafts."""
        by = signed_in_user(request)
        act = Act(
            title="Importer en brouillard",
            description="Toutes les écritures sont créées en brouillard, ou aucune.",
            submit="Importer",
            done="Le fichier est importé.",
            perform=lambda received, _typed: import_drafts(received=received, on=timezone.localdate(), by=by),
        )
        return act_page(self, request, object_id, act)

    @action(
        description="Importer et valider",
        url_path="valider",
        permissions=["keep"],
        icon="check",
        variant=ActionVariant.PRIMARY,
    )
    def as_validated(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write and validate all entries."""
        by = signed_in_user(request)
        act = Act(
            title="Importer et valider",
            description="Toutes les écritures reçoivent leur numéro définitif et ne changeront plus, ou aucune.",
            submit="Importer et valider",
            done="Le fichier est importé et validé.",
            perform=lambda received, _typed: import_validated(received=received, on=timezone.localdate(), by=by),
        )
        return act_page(self, request, object_id, act)

    @action(description="Abandonner", url_path="abandonner", permissions=["keep"], icon="delete")
    def discard(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Throw the file away."""
        by = signed_in_user(request)
        act = Act(
            title="Abandonner ce fichier",
            description="Rien n’a été importé\u00a0; le fichier pourra être envoyé à nouveau.",
            submit="Abandonner",
            done="Le fichier est abandonné.",
            perform=lambda received, _typed: discard_file(received=received, by=by),
            next_url=reverse("admin:invoicing_entryimport_changelist"),
        )
        return act_page(self, request, object_id, act)


def _preview(request: HttpRequest, received: EntryImport) -> ImportPreview | None:
    """What the file would bring, read once per request; nothing when it is imported."""
    if received.imported_on is not None:
        return None
    if not hasattr(request, "import_preview"):
        request.import_preview = import_preview(received)  # type: ignore[attr-defined]
    preview: ImportPreview = request.import_preview  # type: ignore[attr-defined]
    return preview
