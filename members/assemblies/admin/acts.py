"""What is done with an assembly: its agenda, its convocation, the session with its votes, its closing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from unfold.decorators import action
from unfold.enums import ActionVariant

from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.errors import RefusalError
from members.assemblies.admin.pages import letters_page, minutes_page, session_page, sheet_page
from members.assemblies.enums import Presence
from members.assemblies.forms import (
    CloseForm,
    ConveneForm,
    DueAdmissionsForm,
    ResolutionForm,
    counting_form,
    nominal_form,
    proxy_form,
    remove_form,
)
from members.assemblies.models import Assembly, Convocation, Proxy, Resolution
from members.assemblies.services import (
    add_resolution,
    cast_nominal_votes,
    close_assembly,
    close_vote,
    convene_assembly,
    count_votes,
    give_proxy,
    mark_presence,
    open_vote,
    propose_due_admissions,
    remove_resolution,
    revoke_proxy,
)
from members.people.queries import signed_in_user

if TYPE_CHECKING:
    from cae_backoffice.core.admin import BackofficeAdmin


class AssemblyActs:
    """The buttons of an assembly's page, and of its session's."""

    actions_detail: ClassVar = [
        "session",
        "add_point",
        "admit_due",
        "remove_point",
        "convene",
        "letters",
        "sheet",
        "minutes",
        "close",
        "presence",
        "proxy",
        "take_back",
        "open_ballot",
        "count",
        "nominal",
        "close_ballot",
    ]

    @action(description="Ajouter une résolution", url_path="resolution", icon="add", permissions=["manage"])
    def add_point(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put a point on the agenda."""
        act = Act(
            title="Ajouter une résolution",
            submit="Ajouter la résolution",
            done="La résolution est à l’ordre du jour.",
            form_class=ResolutionForm,
            perform=lambda assembly, typed: add_resolution(assembly=assembly, by=signed_in_user(request), **typed),
        )
        return self._act(request, object_id, act)

    @action(description="Inscrire les admissions", url_path="admissions", icon="group_add", permissions=["manage"])
    def admit_due(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One point that admits everybody of the radar whom this assembly must admit."""
        act = Act(
            title="Inscrire les admissions à prévoir",
            description="Une résolution admet toutes les personnes que le radar appelle à cette assemblée "
            "(C. trav. L7331-3). Adoptée, elle arrête leur délai.",
            submit="Ajouter la résolution",
            done="Les admissions sont à l’ordre du jour.",
            form_class=DueAdmissionsForm,
            perform=lambda assembly, typed: propose_due_admissions(
                assembly=assembly, on=timezone.localdate(), by=signed_in_user(request), **typed
            ),
        )
        return self._act(request, object_id, act)

    @action(description="Retirer une résolution", url_path="retrait", icon="remove", permissions=["manage"])
    def remove_point(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take a point off the agenda."""
        act = Act(
            title="Retirer une résolution",
            submit="Retirer la résolution",
            done="La résolution est retirée de l’ordre du jour.",
            form_class=remove_form(self._assembly(request, object_id)),
            perform=lambda _, typed: remove_resolution(resolution=typed["resolution"], by=signed_in_user(request)),
        )
        return self._act(request, object_id, act)

    @action(
        description="Convoquer", url_path="convocation", icon="send", permissions=["manage"],
        variant=ActionVariant.PRIMARY,
    )  # fmt: skip
    def convene(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Draw up the list of voters; the convocations leave by e-mail."""
        act = Act(
            title="Convoquer l’assemblée",
            description="La liste des associés et l’ordre du jour ne changent plus ensuite. Les convocations partent "
            "par courriel\u00a0; les lettres des autres associés s’impriment.",
            submit="Convoquer",
            done="L’assemblée est convoquée\u00a0; les courriels partent.",
            form_class=ConveneForm,
            perform=lambda assembly, typed: convene_assembly(assembly=assembly, by=signed_in_user(request), **typed),
        )
        return self._act(request, object_id, act)

    @action(description="Clore", url_path="cloture", icon="lock", permissions=["manage"])
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Name who signs the minutes; nothing changes afterwards."""
        assembly = self._assembly(request, object_id)
        act = Act(
            title="Clore l’assemblée",
            description="Rien n’y change plus ensuite\u00a0: le procès-verbal s’imprime et se signe.",
            submit="Clore l’assemblée",
            done="L’assemblée est close.",
            form_class=CloseForm,
            initial={"on": assembly.held_on},
            perform=lambda found, typed: close_assembly(assembly=found, by=signed_in_user(request), **typed),
        )
        return self._act(request, object_id, act)

    @action(
        description="Séance", url_path="seance", icon="how_to_vote", permissions=["view"],
        variant=ActionVariant.PRIMARY,
    )  # fmt: skip
    def session(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Quorum, votes and attendance, at this moment."""
        return session_page(self, request, self._assembly(request, object_id))

    @action(description="Lettres", url_path="lettres", icon="mail", permissions=["view"])
    def letters(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A letter for each of those whom no e-mail reaches, to be printed."""
        return letters_page(request, self._assembly(request, object_id))

    @action(description="Feuille de présence", url_path="feuille", icon="checklist", permissions=["view"])
    def sheet(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To be printed and signed."""
        return sheet_page(request, self._assembly(request, object_id))

    @action(description="Procès-verbal", url_path="proces-verbal", icon="description", permissions=["view"])
    def minutes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To be printed and signed."""
        return minutes_page(request, self._assembly(request, object_id))

    @action(description="Présence", url_path="presence", permissions=["manage"])
    def presence(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Somebody arrives or leaves."""
        return self._posted(request, object_id, _mark)

    @action(description="Retirer un pouvoir", url_path="pouvoir-retire", permissions=["manage"])
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A proxy ends."""
        return self._posted(request, object_id, _take_back)

    @action(description="Ouvrir le vote", url_path="vote", permissions=["manage"])
    def open_ballot(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put a point to the vote."""
        return self._posted(request, object_id, _open)

    @action(description="Clore le vote", url_path="vote-clos", permissions=["manage"])
    def close_ballot(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Count a nominal or a secret vote."""
        return self._posted(request, object_id, _close)

    @action(description="Pouvoir", url_path="pouvoir", permissions=["manage"])
    def proxy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Somebody absent gives their voice to somebody else."""
        assembly = self._assembly(request, object_id)
        act = Act(
            title="Enregistrer un pouvoir",
            submit="Enregistrer le pouvoir",
            done="Le pouvoir est enregistré.",
            form_class=proxy_form(assembly),
            initial={"giver": request.GET.get("mandant", "")},
            next_url=_session_url(assembly),
            perform=lambda _, typed: give_proxy(on=timezone.localdate(), by=signed_in_user(request), **typed),
        )
        return self._act(request, object_id, act)

    @action(description="Décompte", url_path="decompte", permissions=["manage"])
    def count(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write down the hands or the papers, and close the vote."""
        resolution = self._resolution(request, object_id)
        act = Act(
            title=f"Décompte de la résolution {resolution.number}",
            description=resolution.title,
            submit="Clore le vote",
            done="Le résultat est enregistré.",
            form_class=counting_form(resolution),
            next_url=_session_url(resolution.assembly),
            perform=lambda _, typed: count_votes(resolution=resolution, by=signed_in_user(request), **typed),
        )
        return self._act(request, object_id, act)

    @action(description="Votes nominaux", url_path="votes", permissions=["manage"])
    def nominal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write down who votes what."""
        resolution = self._resolution(request, object_id)
        act = Act(
            title=f"Votes sur la résolution {resolution.number}",
            description=resolution.title,
            submit="Enregistrer les votes",
            done="Les votes sont enregistrés.",
            form_class=nominal_form(resolution),
            next_url=_session_url(resolution.assembly),
            perform=lambda _, typed: cast_nominal_votes(resolution=resolution, by=signed_in_user(request), **typed),
        )
        return self._act(request, object_id, act)

    def _act(self, request: HttpRequest, object_id: str, act: Act) -> HttpResponse:
        return act_page(cast("BackofficeAdmin", self), request, object_id, act)

    def _assembly(self, request: HttpRequest, object_id: str) -> Assembly:
        found: Assembly | None = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        return found

    def _resolution(self, request: HttpRequest, object_id: str) -> Resolution:
        resolution: Resolution = _part(Resolution, request, self._assembly(request, object_id), "resolution")
        return resolution

    def _posted(
        self, request: HttpRequest, object_id: str, perform: Callable[[HttpRequest, Assembly], str]
    ) -> HttpResponse:
        """One service call from a button of the session's page; a refusal is told above it."""
        assembly = self._assembly(request, object_id)
        return require_POST(_performed)(request, assembly, perform)


def _performed(
    request: HttpRequest, assembly: Assembly, perform: Callable[[HttpRequest, Assembly], str]
) -> HttpResponse:
    try:
        messages.success(request, perform(request, assembly))
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    back = request.POST.get("back", "")
    return HttpResponseRedirect(f"{_session_url(assembly)}?{back}" if back else _session_url(assembly))


def _mark(request: HttpRequest, assembly: Assembly) -> str:
    seat = _part(Convocation, request, assembly, "seat")
    wanted = request.POST.get("presence", "")
    if wanted not in Presence.values:
        raise Http404
    mark_presence(convocation=seat, presence=Presence(wanted), by=signed_in_user(request))
    return f"{seat.person}\u00a0: {Presence(wanted).label.lower()}."


def _take_back(request: HttpRequest, assembly: Assembly) -> str:
    seat = _part(Convocation, request, assembly, "seat")
    revoke_proxy(proxy=get_object_or_404(Proxy, giver=seat), by=signed_in_user(request))
    return f"Le pouvoir de {seat.person} est retiré."


def _open(request: HttpRequest, assembly: Assembly) -> str:
    resolution = _part(Resolution, request, assembly, "resolution")
    open_vote(resolution=resolution, on=timezone.localdate(), by=signed_in_user(request))
    return f"Le vote de la résolution {resolution.number} est ouvert."


def _close(request: HttpRequest, assembly: Assembly) -> str:
    resolution = _part(Resolution, request, assembly, "resolution")
    decided = close_vote(resolution=resolution, by=signed_in_user(request))
    return f"Résolution {resolution.number}\u00a0: {decided.get_state_display().lower()}."


def _part(model: Any, request: HttpRequest, assembly: Assembly, name: str) -> Any:  # noqa: ANN401  a line of the assembly
    """The convocation or resolution of this assembly that the request names, else 404."""
    asked = request.POST.get(name) or request.GET.get(name, "")
    if not asked.isdecimal():
        raise Http404
    return get_object_or_404(model, assembly=assembly, pk=int(asked))


def _session_url(assembly: Assembly) -> str:
    return reverse("admin:members_assembly_session", args=[assembly.pk])
