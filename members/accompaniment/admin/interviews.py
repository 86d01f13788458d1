"""Interviews, and who is short of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.spreadsheets import Cell
from cae_backoffice.core.templatetags.french import french_date
from members.accompaniment.forms import InterviewForm
from members.accompaniment.models import Interview, InterviewNote, SupportedMember
from members.accompaniment.queries import support_overview
from members.accompaniment.rules import INTERVIEWS_A_YEAR, may_correct
from members.accompaniment.services import correct_interview, record_interview
from members.associates.admin.filters import AdviserFilter, ContractKindFilter, SectorFilter
from members.associates.admin.people import PeopleViewAdmin
from members.people.admin import MemberRecordAdmin
from members.people.models import PersonQuerySet
from members.people.queries import signed_in_user

MISSING_COLOURS = {"0": "success", "1": "warning", "2": "danger"}


@admin.register(Interview)
class InterviewAdmin(MemberRecordAdmin):
    """Interviews, the latest first; each is corrected by whoever held it."""

    change_right = Right.ACCOMPANY_MEMBERS
    form = InterviewForm
    list_display: ClassVar = ["held_on", "person", "kind", "author"]
    list_filter: ClassVar = [("kind", ChoicesDropdownFilter), ("held_on", RangeDateFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["person", "author"]
    search_fields: ClassVar = ["person__search"]
    search_help_text = "Nom du membre"
    ordering: ClassVar = ["-held_on", "-id"]
    autocomplete_fields: ClassVar = ["person"]
    readonly_fields: ClassVar = ["author", "notes_text"]
    fieldsets: ClassVar = [
        (None, {"fields": [("person", "author"), ("held_on", "kind"), "summary", "notes"]}),
    ]
    add_fieldsets: ClassVar = [(None, {"fields": ["person", ("held_on", "kind"), "summary", "notes"]})]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Of one's own."""
        if isinstance(obj, Interview):
            return may_correct(request.user, obj)
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:  # noqa: ARG002
        """Whom it was held with does not change."""
        return [*self.readonly_fields, *(["person"] if obj else [])]

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401
        """Read, the notes are a text; they are written by whoever held the interview."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(None, {"fields": [("person", "author"), ("held_on", "kind"), "summary", "notes_text"]})]

    @display(description="notes privées")
    def notes_text(self, interview: Interview) -> str:
        """Nothing but for whoever may read them: `get_object` has put them there."""
        return getattr(interview, "notes_shown", "") or "—"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:  # noqa: ANN401
        """With the notes that this person may read, or the words that say who may."""
        interview = super().get_object(request, object_id, from_field)
        if interview is not None:
            user = signed_in_user(request)
            note = InterviewNote.objects.visible_to(user).filter(interview=interview).first()
            reads = has_right(user, Right.READ_PRIVATE_NOTES) or interview.author_id == user.pk
            hidden = "" if reads else "Réservées à l’auteur et au responsable."
            interview.notes_shown = _paragraphs(note.text) if note else hidden
        return interview

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Record or correct it."""
        if isinstance(instance, Interview):
            service = record_interview if instance.pk is None else correct_interview
            service(
                interview=instance,
                notes=form.cleaned_data.get("notes", ""),
                today=timezone.localdate(),
                by=signed_in_user(request),
            )


class ShortFilter(DropdownFilter):
    """By the interviews that the year still owes."""

    title = "entretiens de l’année"
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Short of one, of two, or none."""
        return [("SOME", "À voir"), ("2", "Aucun entretien"), ("1", "Un entretien"), ("0", "À jour")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """People in this case."""
        conditions: dict[str, dict[str, int]] = {
            "SOME": {"interviews_missing__gt": 0},
            "2": {"interviews_missing": INTERVIEWS_A_YEAR},
            "1": {"interviews_missing": 1},
            "0": {"interviews_missing__lte": 0},
        }
        return queryset.filter(**conditions.get(str(self.value()), {}))


@admin.register(SupportedMember)
class SupportAdmin(PeopleViewAdmin):
    """Everyone under CAPE or CESA with the interviews of the year."""

    export_title = "Entretiens de l’année"
    export_headings = [
        "Nom", "Prénom", "Contrat", "Entretiens de l’année", "Manquants", "Dernier entretien", "Activités",
        "Accompagnateur",
    ]  # fmt: skip
    list_display: ClassVar = ["name", "contract", "interviews_text", "last_interview", "activities", "adviser"]
    list_filter: ClassVar = [ShortFilter, AdviserFilter, ContractKindFilter, SectorFilter]
    ordering: ClassVar = ["search", "id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the interviews of the year."""
        people = cast("PersonQuerySet", support_overview(on=timezone.localdate()))
        return people.visible_to(signed_in_user(request)).order_by(*self.ordering)

    def line_url(self, person: Any) -> str:  # noqa: ANN401  a person with their interviews
        """To the interviews of the person."""
        return f"{reverse('admin:members_interview_changelist')}?person__id__exact={person.pk}"

    @display(description="entretiens de l’année", ordering="interviews_held", label=MISSING_COLOURS)
    def interviews_text(self, person: Any) -> tuple[str, str]:  # noqa: ANN401  a person with their interviews
        """« 1 sur 2 », coloured by what is missing."""
        return str(max(person.interviews_missing, 0)), f"{person.interviews_held} sur {INTERVIEWS_A_YEAR}"

    @display(description="dernier entretien", ordering="last_interview_on", empty_value="—")
    def last_interview(self, person: Any) -> str | None:  # noqa: ANN401  a person with their interviews
        """Of all years."""
        return french_date(person.last_interview_on) or None

    def export_row(self, record: Any) -> Sequence[Cell]:  # noqa: ANN401  a person with their interviews
        """No word of what was said."""
        return (
            record.last_name,
            record.first_name,
            self.contract(record) or "",
            record.interviews_held,
            max(record.interviews_missing, 0),
            record.last_interview_on,
            record.activity_names,
            str(record.adviser or ""),
        )


def _paragraphs(text: str) -> str:
    return format_html_join("", "<p>{}</p>", ((line,) for line in text.splitlines()))
