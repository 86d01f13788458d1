"""Activities on the staff's pages."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from cae_backoffice.core.access import Right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeTabularInline
from members.activities.forms import ConventionForm, LogoForm
from members.activities.models import Activity, ActivityInsurance, SplitConvention
from members.activities.queries import activities_overview
from members.activities.rules import percent_text
from members.activities.services import save_activity, save_insurance, set_logo, start_convention
from members.people.admin import MemberRecordAdmin
from members.people.queries import signed_in_user


class ConventionInline(BackofficeTabularInline):
    """Who carried the activity when; a new division is an act of its own."""

    model = SplitConvention
    hide_title = True
    fields: ClassVar = ["starts_on", "ends_on", "shares_text"]
    readonly_fields: ClassVar = ["starts_on", "ends_on", "shares_text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SplitConvention]:
        """With the shares and their people."""
        queryset: QuerySet[SplitConvention] = super().get_queryset(request)
        return queryset.select_related("activity").prefetch_related("shares__person")

    @display(description="répartition")
    def shares_text(self, convention: SplitConvention) -> str:
        """« Camille Martin 60 %, Alix Durand 40 % »."""
        return ", ".join(f"{share.person} {percent_text(share.percent)}" for share in convention.shares.all())


class InsuranceInline(BackofficeTabularInline):
    """The activity's insurances; the decennial one is printed on construction documents."""

    model = ActivityInsurance
    change_right = Right.MANAGE_MEMBERS
    fields: ClassVar = [
        "insurer",
        "policy_number",
        "cover",
        "territory",
        "starts_on",
        "ends_on",
        "is_decennial",
    ]


class CarriedFilter(admin.SimpleListFilter):
    """Activities that somebody carries today, or nobody any more."""

    title = "portée aujourd’hui"
    parameter_name = "carried"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Yes or no."""
        return [("oui", "Oui"), ("non", "Non")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """By the convention in force."""
        if self.value() is None:
            return queryset
        return queryset.exclude(people_names="") if self.value() == "oui" else queryset.filter(people_names="")


@admin.register(Activity)
class ActivityAdmin(MemberRecordAdmin):
    """Activities, their people, brands and insurances."""

    list_display: ClassVar = ["name", "code", "sector_label", "people_names", "naf_code", "city"]
    list_filter: ClassVar = [("sector", ChoicesDropdownFilter), CarriedFilter]
    list_filter_submit = True
    search_fields: ClassVar = ["search"]
    search_help_text = "Enseigne ou code analytique"
    ordering: ClassVar = ["search", "id"]
    inlines: ClassVar = [ConventionInline, InsuranceInline]
    readonly_fields: ClassVar = ["people_names", "logo_picture"]
    fieldsets: ClassVar = [
        (None, {"fields": [("name", "code"), ("sector", "naf_code"), "people_names"]}),
        (
            "Enseigne",
            {
                "description": "Ce que les factures montrent de l’activité, en plus de l’identité de la coopérative.",
                "fields": ["description", ("email", "phone"), ("website", "city"), ("colour", "logo_picture")],
            },
        ),
    ]
    add_fieldsets: ClassVar = [
        (None, {"fields": [("name", "code"), ("sector", "naf_code")]}),
        ("Enseigne", {"fields": ["description", ("email", "phone"), ("website", "city"), "colour"]}),
    ]
    actions_detail: ClassVar = ["divide", "change_logo"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the people of the day."""
        return activities_overview(on=timezone.localdate()).visible_to(signed_in_user(request)).order_by(*self.ordering)

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[Any]:  # noqa: ARG002
        """Once the activity exists."""
        return self.inlines if obj else []

    def formfield_for_dbfield(
        self,
        db_field: models.Field[Any, Any],
        request: HttpRequest,
        **kwargs: Any,  # noqa: ANN401
    ) -> forms.Field | None:
        """The colour is typed « #rrggbb »: a colour picker cannot stay empty."""
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "colour":
            field.help_text = "#rrggbb\u00a0; vide\u00a0: la couleur de la coopérative."
        return field

    @display(description="secteur", ordering="sector", label=True)
    def sector_label(self, activity: Activity) -> str:
        """Its French name."""
        return activity.get_sector_display()

    @display(description="personnes", ordering="people_names")
    def people_names(self, activity: Any) -> str:  # noqa: ANN401  annotated by the overview
        """Those who carry it today."""
        return activity.people_names or "—"

    @display(description="logo")
    def logo_picture(self, activity: Activity) -> str:
        """The picture, small."""
        if activity.logo is None:
            return "Aucun"
        encoded = b64encode(activity.logo.png).decode()
        return format_html('<img src="data:image/png;base64,{}" alt="Logo de {}" height="64">', encoded, activity.name)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the service."""
        if isinstance(instance, Activity):
            save_activity(activity=instance, by=signed_in_user(request))

    def write_row(self, request: HttpRequest, row: models.Model) -> None:
        """Through the service."""
        if isinstance(row, ActivityInsurance):
            save_insurance(insurance=row, by=signed_in_user(request))

    @action(description="Nouvelle répartition", url_path="repartition", icon="pie_chart", permissions=["change"])
    def divide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Divide the activity anew."""
        act = Act(
            title="Nouvelle répartition",
            description="La convention en cours s’arrête la veille. Les parts font exactement 100\u00a0%.",
            submit="Enregistrer la répartition",
            done="La nouvelle répartition est enregistrée.",
            form_class=ConventionForm,
            perform=lambda activity, typed: start_convention(
                activity=activity,
                starts_on=typed["starts_on"],
                shares=typed["shares"],
                by=signed_in_user(request),
            ),
        )
        return act_page(self, request, object_id, act)

    @action(description="Changer le logo", url_path="logo", icon="image", permissions=["change"])
    def change_logo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the brand its picture."""
        act = Act(
            title="Changer le logo",
            description="Les documents déjà émis gardent celui qu’ils portent.",
            submit="Enregistrer le logo",
            done="Le logo est enregistré.",
            form_class=LogoForm,
            perform=lambda activity, typed: set_logo(
                activity=activity, image=typed["image"].read(), by=signed_in_user(request)
            ),
        )
        return act_page(self, request, object_id, act)
