"""The filters of the list of members."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from cae_backoffice.core.periods import add_months
from members.activities.enums import Sector
from members.activities.models import SplitShare
from members.activities.queries import in_force
from members.associates.enums import DeadlineBucket, MemberStatus
from members.associates.rules import MONTHS
from members.contracts.enums import ContractKind
from members.people.models import User

Choices = list[tuple[str, str]]


class StatusFilter(DropdownFilter):
    """By today's status."""

    title = "statut"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:  # noqa: ANN401, ARG002
        """Every status."""
        return [(status.value, str(status.label)) for status in MemberStatus]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """People of this status."""
        return queryset.filter(status=self.value()) if self.value() else queryset


class ContractKindFilter(DropdownFilter):
    """By the kind of the contract in force."""

    title = "contrat"
    parameter_name = "contract"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:  # noqa: ANN401, ARG002
        """Every kind, and none."""
        return [*((kind.value, str(kind.label)) for kind in ContractKind), ("NONE", "Sans contrat")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """People under this contract."""
        if self.value() == "NONE":
            return queryset.filter(contract_kind__isnull=True)
        return queryset.filter(contract_kind=self.value()) if self.value() else queryset


class DeadlineFilter(DropdownFilter):
    """By how near the three-year deadline is; each bucket holds the nearer ones that are not yet overdue."""

    title = "échéance"
    parameter_name = "deadline"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:  # noqa: ANN401, ARG002
        """Overdue, then 3, 6 and 12 months."""
        return [(bucket.value, str(bucket.label)) for bucket in (DeadlineBucket.OVERDUE, *MONTHS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """People whose deadline falls there."""
        today = timezone.localdate()
        if self.value() == DeadlineBucket.OVERDUE:
            return queryset.filter(deadline_on__lt=today)
        months = {bucket.value: months for bucket, months in MONTHS.items()}.get(self.value())
        return queryset.filter(deadline_on__range=(today, add_months(today, months))) if months else queryset


class AdviserFilter(DropdownFilter):
    """By the adviser who follows them."""

    title = "accompagnateur"
    parameter_name = "adviser"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:  # noqa: ANN401, ARG002
        """Those who follow someone."""
        advisers = User.objects.filter(advised_people__isnull=False).distinct().values_list("pk", "full_name")
        return [*((str(pk), name) for pk, name in advisers), ("NONE", "Personne")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The people that this adviser follows."""
        value = str(self.value() or "")
        if value == "NONE":
            return queryset.filter(adviser__isnull=True)
        return queryset.filter(adviser_id=value) if value.isdecimal() else queryset


class SectorFilter(DropdownFilter):
    """By the sector of an activity that they carry today."""

    title = "secteur"
    parameter_name = "sector"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:  # noqa: ANN401, ARG002
        """Every sector."""
        return [(sector.value, str(sector.label)) for sector in Sector]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """People with an activity of this sector."""
        if not self.value():
            return queryset
        shares = SplitShare.objects.filter(
            in_force(timezone.localdate(), "convention__"), convention__activity__sector=self.value()
        )
        return queryset.filter(pk__in=shares.values("person_id"))
