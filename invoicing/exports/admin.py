"""The staff's pages of the exports: ask for one, watch it being written, download it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import format_decimal
from invoicing.exports.enums import ExportKind, ExportScope, ExportState, FileEncoding
from invoicing.exports.forms import EntriesForm, FecForm
from invoicing.exports.models import ExportedEntry, ExportJob
from invoicing.exports.services import request_export, request_fec, request_interim_fec, restart_export
from members.people.queries import signed_in_user

STATES = {
    ExportState.WAITING.label: "warning",
    ExportState.RUNNING.label: "info",
    ExportState.DONE.label: "success",
    ExportState.FAILED.label: "danger",
}
REFRESH_SECONDS = "2"
Request = Callable[[dict[str, Any]], ExportJob]


@admin.register(ExportJob)
class ExportJobAdmin(BackofficeAdmin):
    """Exports: asked for on a page of their own, then watched until the file can be downloaded."""

    view_right = Right.VIEW_BOOKS
    list_display: ClassVar = [
        "kind",
        "period",
        "state_tag",
        "progress",
        "file_name",
        "requested_by",
        "requested_at",
    ]
    list_filter: ClassVar = [
        ("kind", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("requested_at", RangeDateFilter),
    ]
    list_filter_submit = True
    search_fields: ClassVar = ["file_name"]
    search_help_text = "Nom du fichier"
    list_select_related: ClassVar = ["requested_by", "fiscal_year"]
    fieldsets: ClassVar = [
        (None, {"fields": [("kind", "period"), ("state_tag", "progress"), ("requested_by", "requested_at")]}),
        ("Fichier", {"fields": [("file_name", "size_shown"), "fingerprint", ("started_at", "finished_at")]}),
    ]
    fec_fields: ClassVar = ("Contenu", {"fields": [("encoding", "interim_shown")]})
    entries_fields: ClassVar = ("Contenu", {"fields": [("scope", "journals_shown", "marks_link")]})
    actions_list: ClassVar = ["ask_fec", "ask_entries"]
    actions_detail: ClassVar = ["download", "describe", "restart"]
    change_form_outer_before_template = "admin/invoicing/exportjob/progress.html"

    # What is shown

    @display(description="période", ordering="starts_on")
    def period(self, job: ExportJob) -> str:
        """From a day to a day."""
        return f"{job.starts_on:%d/%m/%Y} – {job.ends_on:%d/%m/%Y}"

    @display(description="état", ordering="state", label=STATES)
    def state_tag(self, job: ExportJob) -> str:
        """In its colour."""
        return job.get_state_display()

    @display(description="lignes")
    def progress(self, job: ExportJob) -> str:
        """« 20 000 sur 64 000 (31 %) », or how many a finished one has."""
        done, total = (format_decimal(Decimal(n)) for n in (job.lines_done, job.lines_total))
        return done if job.state == ExportState.DONE else f"{done} sur {total} ({job.percent}\u00a0%)"

    @display(description="écritures marquées")
    def marks_link(self, job: ExportJob) -> SafeString | str:
        """How many entries keep the mark of this export, and which."""
        count = job.marks.count()
        url = f"{reverse('admin:invoicing_exportedentry_changelist')}?job__id__exact={job.pk}"
        return format_html('<a class="bo-link" href="{}">{}</a>', url, count) if count else "—"

    @display(description="brouillards")
    def interim_shown(self, job: ExportJob) -> str:
        """Whether the file was asked for although drafts remain."""
        return "Laissés de côté" if job.with_drafts else "Aucun admis"

    @display(description="journaux")
    def journals_shown(self, job: ExportJob) -> str:
        """Those asked for."""
        return ", ".join(job.journals) or "Tous"

    @display(description="empreinte SHA-256")
    def fingerprint(self, job: ExportJob) -> SafeString | str:
        """On as many lines as a phone needs."""
        return format_html('<span class="bo-break">{}</span>', job.sha256) if job.sha256 else "—"

    @display(description="taille")
    def size_shown(self, job: ExportJob) -> str:
        """In bytes and their multiples."""
        return filesizeformat(job.size)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ANN401
        """With what was asked, which differs for a FEC."""
        content = self.fec_fields if obj is None or obj.kind == ExportKind.FEC else self.entries_fields
        first, *rest = super().get_fieldsets(request, obj)
        return [first, content, *rest]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """A page that comes again by itself while the export is being written."""
        response = super().changeform_view(request, object_id, form_url, extra_context)
        job = self._find(request, object_id) if object_id else None
        if job and job.is_pending:
            response["Refresh"] = REFRESH_SECONDS
        return response

    # Acts

    def has_keep_permission(self, request: HttpRequest, _object_id: object = None) -> bool:
        """To ask for an export, one keeps the books."""
        return has_right(request.user, Right.KEEP_BOOKS)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """The buttons of what may be done with this export now."""
        job = self._find(request, object_id)
        offered = {"download"} if job.state == ExportState.DONE else set()
        if job.description:
            offered.add("describe")
        if job.state in {ExportState.RUNNING, ExportState.FAILED} and self.has_keep_permission(request):
            offered.add("restart")
        return [self.get_unfold_action(name) for name in self.actions_detail if name in offered]

    @action(description="Exporter le FEC", url_path="fec", permissions=["keep"], icon="assured_workload")
    def ask_fec(self, request: HttpRequest) -> HttpResponse:
        """Ask for a fiscal year's FEC."""
        by = signed_in_user(request)

        def perform(typed: dict[str, Any]) -> ExportJob:
            service = request_interim_fec if typed["with_drafts"] else request_fec
            return service(year=typed["fiscal_year"], encoding=FileEncoding(typed["encoding"]), by=by)

        words = "Le fichier des écritures comptables (LPF, art. A47 A-1) d’un exercice, et sa description."
        return self._asking_page(request, FecForm, "Exporter le FEC", words, perform)

    @action(description="Exporter vers un logiciel", url_path="ecritures", permissions=["keep"], icon="output")
    def ask_entries(self, request: HttpRequest) -> HttpResponse:
        """Ask for entries in the format of another program."""
        by = signed_in_user(request)

        def perform(typed: dict[str, Any]) -> ExportJob:
            return request_export(
                kind=ExportKind(typed["kind"]),
                starts_on=typed["starts_on"],
                ends_on=typed["ends_on"],
                journals=typed["journals"],
                scope=ExportScope(typed["scope"]),
                by=by,
            )

        words = (
            "Les écritures validées d’une période, pour un autre logiciel comptable. Chacune garde la marque de ses "
            "exports\u00a0: la fois suivante, elle n’est reprise que si vous le demandez."
        )
        return self._asking_page(request, EntriesForm, "Exporter vers un logiciel", words, perform)

    @action(description="Télécharger", url_path="telecharger", icon="download")
    def download(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The file, as it was written."""
        require_right(request.user, self.view_right)
        job = self._find(request, object_id)
        if not job.file:
            raise Http404
        response = StreamingHttpResponse(_blocks(job), content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="{job.file_name}"'
        response["Content-Length"] = str(job.size)
        return response

    @action(description="Description du fichier", url_path="description", icon="description")
    def describe(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The text that goes with a FEC."""
        require_right(request.user, self.view_right)
        job = self._find(request, object_id)
        if not job.description:
            raise Http404
        response = HttpResponse(job.description, content_type="text/plain; charset=utf-8")
        name = job.file_name.removesuffix(".txt")
        response["Content-Disposition"] = f'attachment; filename="{name}-description.txt"'
        return response

    @action(description="Relancer", url_path="relancer", permissions=["keep"], icon="refresh")
    def restart(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Queue it again."""
        by = signed_in_user(request)
        act = Act(
            title="Relancer l’export",
            description="À faire quand il a échoué, ou quand il n’avance plus.",
            submit="Relancer",
            done="L’export est relancé.",
            perform=lambda job, _typed: restart_export(job=job, by=by),
        )
        return act_page(self, request, object_id, act)

    def _asking_page(
        self, request: HttpRequest, form_class: type[forms.Form], title: str, description: str, perform: Request
    ) -> HttpResponse:
        form = form_class(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                job = perform(form.cleaned_data)
            except RefusalError as refusal:
                form.add_error(None, list(refusal.reasons))
            else:
                messages.success(request, "L’export est demandé\u00a0: cette page suit son avancement.")
                return redirect("admin:invoicing_exportjob_change", job.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "act": Act(
                title=title,
                submit="Demander l’export",
                done="",
                perform=lambda _job, typed: perform(typed),
                description=description,
            ),
            "form": form,
            "media": form.media,
            "opts": self.opts,
            "original": "Exports",
            "record_url": reverse("admin:invoicing_exportjob_changelist"),
        }
        return TemplateResponse(request, "admin/act.html", context)

    def _find(self, request: HttpRequest, object_id: str | int) -> ExportJob:
        """The visible export, read once per request; 404 otherwise."""
        found: ExportJob | None = getattr(request, "export_job", None)
        if found is None or str(found.pk) != str(object_id):
            found = self.get_object(request, str(object_id))
            if found is None:
                raise Http404
            request.export_job = found  # type: ignore[attr-defined]
        return found


@admin.register(ExportedEntry)
class ExportedEntryAdmin(BackofficeAdmin):
    """The marks: which entries were exported, in which file, by whom and when."""

    view_right = Right.VIEW_BOOKS
    list_display: ClassVar = ["number", "entry_on", "journal", "voucher", "job_link", "requested_by", "exported_at"]
    list_display_links: ClassVar = ["number"]
    list_filter: ClassVar = [
        ("job__kind", ChoicesDropdownFilter),
        ("entry__entry_on", RangeDateFilter),
        ("entry__journal", RelatedDropdownFilter),
        ("job", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["entry__journal", "job__requested_by"]
    search_fields: ClassVar = ["entry__voucher_number", "entry__label"]
    search_help_text = "Pièce ou libellé de l’écriture"
    fields: ClassVar = [("entry", "job"), ("requested_by", "exported_at")]

    @display(description="écriture", ordering="entry__number")
    def number(self, mark: ExportedEntry) -> str:
        """Its number."""
        return str(mark.entry.number)

    @display(description="date", ordering="entry__entry_on")
    def entry_on(self, mark: ExportedEntry) -> str:
        """Of the entry."""
        return f"{mark.entry.entry_on:%d/%m/%Y}"

    @display(description="journal", ordering="entry__journal__code")
    def journal(self, mark: ExportedEntry) -> str:
        """Its journal."""
        return mark.entry.journal.code

    @display(description="pièce", ordering="entry__voucher_number")
    def voucher(self, mark: ExportedEntry) -> str:
        """Its voucher."""
        return mark.entry.voucher_number

    @display(description="fichier")
    def job_link(self, mark: ExportedEntry) -> SafeString:
        """The export that wrote it."""
        url = reverse("admin:invoicing_exportjob_change", args=[mark.job_id])
        return format_html('<a class="bo-link" href="{}">{}</a>', url, mark.job.file_name or mark.job)

    @display(description="par")
    def requested_by(self, mark: ExportedEntry) -> str:
        """Who asked for it."""
        return str(mark.job.requested_by)

    @display(description="le", ordering="job__finished_at")
    def exported_at(self, mark: ExportedEntry) -> str:
        """When the file was whole."""
        return f"{localtime(mark.job.finished_at):%d/%m/%Y %H:%M}" if mark.job.finished_at else "—"


def _blocks(job: ExportJob) -> Iterator[bytes]:
    """The file in pieces, opened when the first is asked for."""
    with job.file.open("rb") as file:
        yield from file.chunks()
