"""The staff's lists and forms: rights, rows, and how what is typed reaches the services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import slugify
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from cae_backoffice.core.records import save_record
from cae_backoffice.core.spreadsheets import CSV_TYPE, XLSX_TYPE, Cell, to_csv, to_xlsx
from cae_backoffice.core.templatetags.french import audit_action
from cae_backoffice.core.text import search_key


def author_of(request: HttpRequest) -> AbstractBaseUser:
    """Who signs what the request writes: the person signed in, else 403."""
    if not isinstance(request.user, AbstractBaseUser):
        raise PermissionDenied
    return request.user


class BackofficeAdmin(ModelAdmin):
    """Base of every admin class: rights from the table, rows from `visible_to`, writing through a service.

    A subclass names `view_right` and, if the record may be written, `change_right` (creating needs `add_right`, the
    same unless said otherwise). Nothing is deleted from the back office. `write` calls the room's service; a service's
    refusal comes back as errors of the form, with what was typed still there.
    """

    view_right: ClassVar[Right]
    change_right: ClassVar[Right | None] = None
    add_right: ClassVar[Right | None] = None

    actions: ClassVar[Any] = []
    formfield_overrides: ClassVar[Any] = {models.URLField: {"assume_scheme": "https"}}
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_sheet = False
    list_per_page = 50
    empty_value_display = "—"
    show_full_result_count = False

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Save what the form holds, by the person signed in. Rooms with a service of their own override this."""
        save_record(instance=instance, by=author_of(request))

    @staticmethod
    def stands_for(saved: models.Model, typed: models.Model) -> None:
        """Let the record that a service wrote stand for the one typed: the message and the page name it."""
        typed.__dict__.update(saved.__dict__)

    def save_model(self, request: HttpRequest, obj: models.Model, form: forms.ModelForm[Any], change: bool) -> None:  # noqa: ARG002, FBT001
        """Django's hook: nothing is saved but through `write`."""
        self.write(request, obj, form)

    def write_row(self, request: HttpRequest, row: models.Model) -> None:
        """Save one row of an inline. Rooms with a service of their own override this."""
        save_record(instance=row, by=author_of(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001
        """Django's hook: the rows that were added or changed go through `write_row`."""
        for row in formset.save(commit=False):
            self.write_row(request, row)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Only what the person may see."""
        queryset: models.QuerySet[Any] = super().get_queryset(request)
        visible_to = getattr(queryset, "visible_to", None)
        return visible_to(request.user) if visible_to else queryset

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ANN401
        """A web address typed without its scheme is a secure one."""
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Stored search keys are folded: fold what is typed too, so that accents and case do not matter."""
        fields = self.get_search_fields(request)
        folded = bool(fields) and all(name.rpartition("__")[2] == "search" for name in fields)
        found: tuple[models.QuerySet[Any], bool] = super().get_search_results(
            request, queryset, search_key(search_term) if folded else search_term
        )
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the record's list is offered at all."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """By `view_right`."""
        return has_right(request.user, self.view_right)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """By `change_right`."""
        return self.change_right is not None and has_right(request.user, self.change_right)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """By `add_right`, else `change_right`."""
        right = self.add_right or self.change_right
        return right is not None and has_right(request.user, right)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """Never: records are ended, archived or corrected."""
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """Show a service's refusal as errors of the form: the second pass renders the same data with the reasons."""
        try:
            response: HttpResponseBase = super().changeform_view(request, object_id, form_url, extra_context)
        except RefusalError as refusal:
            request.refusals = refusal.reasons  # type: ignore[attr-defined]
            response = super().changeform_view(request, object_id, form_url, extra_context)
        return response

    def get_form(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,  # noqa: ANN401
    ) -> type[forms.ModelForm[Any]]:
        """The usual form, which also carries the reasons of a refusal."""
        form_class: Any = super().get_form(request, obj, change, **kwargs)
        refusals: Iterable[str] = getattr(request, "refusals", ())

        class FormWithRefusals(form_class):
            def clean(self) -> dict[str, Any] | None:
                cleaned: dict[str, Any] | None = super().clean()
                for reason in refusals:
                    self.add_error(None, reason)
                return cleaned

        return FormWithRefusals

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The record's page of the audit trail."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        instance = self.get_object(request, object_id)
        if instance is None:
            raise Http404
        page = Paginator(history_of(instance), 50).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Historique : {instance}",
            "opts": self.opts,
            "object": instance,
            "events": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:  # noqa: ANN401, ARG002
        raise Http404

    def log_addition(self, request: HttpRequest, obj: models.Model, message: object) -> None:
        """The services write the audit trail; Django's own log is not used."""

    def log_change(self, request: HttpRequest, obj: models.Model, message: object) -> None:
        """See `log_addition`."""


class SpreadsheetExports:
    """A list that is also a CSV and an XLSX file, as it is searched, filtered and sorted."""

    export_title: ClassVar[str]
    export_headings: ClassVar[Sequence[str]]

    def export_row(self, record: Any) -> Sequence[Cell]:  # noqa: ANN401  any record of the list
        """The cells of one record."""
        raise NotImplementedError

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The buttons carry the list's search, filters and order."""
        response: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        for button in (getattr(response, "context_data", None) or {}).get("actions_list", ()):
            if "path" in button:
                button["path"] = f"{button['path']}?{request.GET.urlencode()}"
        return response

    @action(description="Exporter en CSV", url_path="export.csv", icon="download", permissions=["view"])
    def export_csv(self, request: HttpRequest) -> HttpResponse:
        """For any spreadsheet."""
        return download(to_csv(self.export_headings, self._export_rows(request)), CSV_TYPE, f"{self._file_name()}.csv")

    @action(description="Exporter en XLSX", url_path="export.xlsx", icon="table", permissions=["view"])
    def export_xlsx(self, request: HttpRequest) -> HttpResponse:
        """As a workbook."""
        rows = self._export_rows(request)
        return download(to_xlsx(self.export_title, self.export_headings, rows), XLSX_TYPE, f"{self._file_name()}.xlsx")

    def _export_rows(self, request: HttpRequest) -> Iterator[Sequence[Cell]]:
        changelist = self.get_changelist_instance(request)  # type: ignore[attr-defined]
        return map(self.export_row, changelist.get_queryset(request))

    def _file_name(self) -> str:
        return f"{slugify(self.export_title)}-{timezone.localdate():%Y-%m-%d}"


def download(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to save under a name."""
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


class RowRights:
    """Rights of the rows inside a record's page: whoever sees the record sees them; `change_right` writes them."""

    change_right: ClassVar[Right | None] = None
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """As the record."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """By `change_right`."""
        return self.change_right is not None and has_right(request.user, self.change_right)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """As changing."""
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """Never, unless the rows only live in a draft."""
        return False


class BackofficeTabularInline(RowRights, TabularInline):
    """Rows in a table (the theme's stacked rows would not show their own errors)."""


@admin.register(AuditEvent)
class AuditEventAdmin(BackofficeAdmin):
    """The audit trail, read-only."""

    view_right = Right.VIEW_AUDIT
    list_display = ["position", "happened_at", "author", "act", "subject_label"]
    list_filter = ["happened_at"]
    list_select_related = ["author"]
    search_fields = ["subject_label", "action"]
    date_hierarchy = "happened_at"

    @admin.display(description="action", ordering="action")
    def act(self, event: AuditEvent) -> str:
        """In French words."""
        return audit_action(event.action)
