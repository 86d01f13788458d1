"""The staff's site: what it registers, who enters, and how its forms reach the services."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from cae_backoffice.core.records import save_record

View = Callable[..., HttpResponseBase]


class BackofficeSite(UnfoldAdminSite):
    """The admin under /gestion/: signs in on the common page, shows only the cooperative's own records."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:  # noqa: ANN401
        """Leave out what libraries register for their own tables: no raw technical model in the back office."""
        if admin_class is not None and issubclass(admin_class, BackofficeAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Those who hold the right to use the back office."""
        return has_right(request.user, Right.USE_BACKOFFICE)

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002  Django's signature
        """Refuse a signed-in person without the right (403) instead of asking them to sign in again."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        inner.__dict__.update(guarded.__dict__)
        return inner

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """The common sign-in page serves the staff too."""
        if request.user.is_authenticated:
            return self.index_or_refusal(request)
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def index_or_refusal(self, request: HttpRequest) -> HttpResponse:
        """For someone already signed in who opens the login address."""
        if not self.has_permission(request):
            raise PermissionDenied
        return TemplateResponse(request, "admin/already_signed_in.html", self.each_context(request))


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
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_sheet = False
    list_per_page = 50
    show_full_result_count = False

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Save what the form holds, by the person signed in. Rooms with a service of their own override this."""
        save_record(instance=instance, by=request.user)

    def save_model(self, request: HttpRequest, obj: models.Model, form: forms.ModelForm[Any], change: bool) -> None:  # noqa: ARG002, FBT001
        """Django's hook: nothing is saved but through `write`."""
        self.write(request, obj, form)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Only what the person may see."""
        queryset: models.QuerySet[Any] = super().get_queryset(request)
        visible_to = getattr(queryset, "visible_to", None)
        return visible_to(request.user) if visible_to else queryset

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

        class FormWithRefusals(form_class):  # type: ignore[misc]
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


@admin.register(AuditEvent)
class AuditEventAdmin(BackofficeAdmin):
    """The audit trail, read-only."""

    view_right = Right.VIEW_AUDIT
    list_display = ["position", "happened_at", "author", "action", "subject_label"]
    list_filter = ["action", "happened_at"]
    list_select_related = ["author"]
    search_fields = ["subject_label", "action"]
    date_hierarchy = "happened_at"
