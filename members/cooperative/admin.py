"""The cooperative's identity, on the staff's pages: one form, no list."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminColorInputWidget

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.admin import BackofficeAdmin, author_of
from members.cooperative.models import Cooperative, Statutes
from members.cooperative.queries import cooperative_of, the_cooperative
from members.cooperative.services import save_cooperative


@admin.register(Cooperative)
class CooperativeAdmin(BackofficeAdmin):
    """The seller on every document; what is changed here shows on the documents issued from then on."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    fieldsets: ClassVar = [
        (
            "Identité",
            {
                "fields": [
                    ("legal_name", "short_name"),
                    ("legal_form", "capital"),
                    ("siren", "siret"),
                    ("vat_number", "naf_code"),
                    "rcs_city",
                ]
            },
        ),
        (
            "Siège et contact",
            {
                "fields": [
                    ("street", "street_extra"),
                    ("postcode", "city"),
                    ("phone", "email"),
                    "website",
                ]
            },
        ),
        (
            "Facturation",
            {
                "fields": [
                    ("iban", "bic"),
                    ("vat_on_debits", "credit_note_numbering"),
                    "late_penalty_points",
                    "mediator",
                    ("training_number", "training_region"),
                ]
            },
        ),
        ("Apparence", {"fields": ["colour"]}),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Straight to the form; to the first set-up when the database has no cooperative yet."""
        require_right(request.user, Right.MANAGE_SETTINGS)
        cooperative = the_cooperative()
        if cooperative is None:
            return HttpResponseRedirect(reverse("admin:members_cooperative_add"))
        return HttpResponseRedirect(reverse("admin:members_cooperative_change", args=[cooperative.pk]))

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Once."""
        return super().has_add_permission(request, obj) and cooperative_of(request) is None

    def formfield_for_dbfield(
        self,
        db_field: models.Field[Any, Any],
        request: HttpRequest,
        **kwargs: Any,  # noqa: ANN401
    ) -> forms.Field | None:
        """The colour is picked."""
        if db_field.name == "colour":
            kwargs["widget"] = UnfoldAdminColorInputWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[no-any-return]

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the service."""
        if isinstance(instance, Cooperative):
            save_cooperative(cooperative=instance, by=author_of(request))


@admin.register(Statutes)
class StatutesAdmin(BackofficeAdmin):
    """What the statutes say of assemblies, version by version; managers keep it."""

    view_right = Right.VIEW_ALL_MEMBERS
    change_right = Right.MANAGE_MEMBERS
    list_display: ClassVar = [
        "version",
        "starts_on",
        "convening_days",
        "proxies_per_holder",
        "quorum_ordinary",
        "quorum_extraordinary",
    ]
    ordering: ClassVar = ["-starts_on"]
    fieldsets: ClassVar = [
        (None, {"fields": [("version", "starts_on")]}),
        ("Convocation et pouvoirs", {"fields": [("convening_days", "proxies_per_holder")]}),
        ("Quorum", {"fields": [("quorum_ordinary", "quorum_extraordinary"), "quorum_second_call"]}),
        ("Collèges", {"fields": ["college_method"]}),
    ]
