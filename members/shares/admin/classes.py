"""The classes of shares, with what a share was worth from when on."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import action, display

from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeTabularInline
from cae_backoffice.core.records import save_record
from cae_backoffice.core.templatetags.french import euros
from members.people.admin import MembershipAdmin
from members.people.queries import signed_in_user
from members.shares.forms import NewShareClassForm, NominalForm
from members.shares.models import ShareClass, ShareNominal
from members.shares.queries import classes_overview
from members.shares.services import create_share_class, set_nominal


class NominalInline(BackofficeTabularInline):
    """Every nominal, the latest first."""

    model = ShareNominal
    hide_title = True
    fields: ClassVar = ["nominal_text", "starts_on", "ends_on", "decision"]
    readonly_fields = fields

    @display(description="valeur nominale")
    def nominal_text(self, nominal: ShareNominal) -> str:
        """In euros."""
        return euros(nominal.nominal)


@admin.register(ShareClass)
class ShareClassAdmin(MembershipAdmin):
    """The classes that the statutes know."""

    list_display: ClassVar = ["code", "name", "nominal_text", "shares", "value_text"]
    ordering: ClassVar = ["code"]
    fieldsets: ClassVar = [(None, {"fields": [("code", "name")]})]
    add_fieldsets: ClassVar = [(None, {"fields": [("code", "name"), ("nominal", "starts_on"), "decision"]})]
    inlines: ClassVar = [NominalInline]
    actions_detail: ClassVar = ["new_nominal"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:  # noqa: ARG002
        """With today's nominal and what is held."""
        return classes_overview(on=timezone.localdate()).order_by(*self.ordering)

    def get_form(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,  # noqa: ANN401
    ) -> type[forms.ModelForm[Any]]:
        """A new class also takes its first nominal."""
        return super().get_form(request, obj, change, **({} if obj else {"form": NewShareClassForm}), **kwargs)

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[Any]:  # noqa: ARG002
        """Once the class exists."""
        return self.inlines if obj else []

    @display(description="valeur nominale", ordering="nominal_today", empty_value="—")
    def nominal_text(self, share_class: Any) -> str | None:  # noqa: ANN401  a class with its nominal
        """Today's, in euros."""
        return euros(share_class.nominal_today) or None

    @display(description="parts détenues", ordering="shares_held")
    def shares(self, share_class: Any) -> int:  # noqa: ANN401  a class with what is held
        """Today."""
        return int(share_class.shares_held)

    @display(description="capital")
    def value_text(self, share_class: Any) -> str:  # noqa: ANN401  a class with what is held
        """At today's nominal."""
        return euros(share_class.shares_held * (share_class.nominal_today or 0))

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Open the class with its nominal, or correct its name."""
        by = signed_in_user(request)
        if instance.pk is not None:
            save_record(instance=instance, by=by)
            return
        names = ("code", "name", "nominal", "starts_on", "decision")
        instance.pk = create_share_class(by=by, **{name: form.cleaned_data[name] for name in names}).pk

    @action(description="Nouvelle valeur nominale", url_path="nominal", icon="trending_up", permissions=["change"])
    def new_nominal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Change what a share is worth."""
        act = Act(
            title="Nouvelle valeur nominale",
            description="Ce que les parts valent en plus reste à libérer par leurs titulaires\u00a0; une incorporation "
            "de réserves s’inscrit ensuite comme une libération.",
            submit="Enregistrer la valeur nominale",
            done="La nouvelle valeur nominale est enregistrée.",
            form_class=NominalForm,
            perform=lambda share_class, typed: set_nominal(
                share_class=share_class, by=signed_in_user(request), **typed
            ),
        )
        return act_page(self, request, object_id, act)
