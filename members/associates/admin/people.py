"""What the lists of people have in common, and the lists that look at members from one side."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.decorators import display

from cae_backoffice.core.admin import SpreadsheetExports
from members.contracts.enums import ContractKind
from members.people.admin import MemberRecordAdmin


class PeopleListAdmin(SpreadsheetExports, MemberRecordAdmin):
    """People with their standing of the day: found by name, as a spreadsheet too."""

    list_filter_submit = True
    search_fields: ClassVar = ["search"]
    search_help_text = "Nom ou prénom, avec ou sans accents"
    show_facets = admin.ShowFacets.NEVER
    actions_list: ClassVar = ["export_csv", "export_xlsx"]

    @display(description="nom", ordering="search")
    def name(self, person: Any) -> str:  # noqa: ANN401  a person with their standing
        """As in a directory: « Martin Camille »."""
        return f"{person.last_name} {person.first_name}"

    @display(description="contrat", ordering="contract_kind", empty_value="—")
    def contract(self, person: Any) -> str | None:  # noqa: ANN401  a person with their standing
        """The kind of the contract in force."""
        return str(ContractKind(person.contract_kind).label) if person.contract_kind else None

    @display(description="activités", ordering="activity_names", empty_value="—")
    def activities(self, person: Any) -> str | None:  # noqa: ANN401  a person with their standing
        """The names of the activities carried today."""
        return person.activity_names or None


class PeopleViewAdmin(PeopleListAdmin):
    """A list that looks at members from one side: its lines lead elsewhere, it writes nothing."""

    change_right = None

    def line_url(self, person: Any) -> str:  # noqa: ANN401  a person with their standing
        """Where a line leads."""
        raise NotImplementedError

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """On to there, for those who may see the person."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        return HttpResponseRedirect(self.line_url(person))
