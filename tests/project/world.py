"""A small cooperative in which every kind of person and record stands once, for the access matrix."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.tokens import default_token_generator
from django.db import models
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from cae_backoffice.core.access import Role
from cae_backoffice.core.models import AuditEvent
from invoicing.invoices.models import Invoice, LegalText
from invoicing.pricing.models import VatCode
from members.accompaniment.models import SupportedMember
from members.activities.models import Activity
from members.assemblies.models import RadarMember
from members.associates.services import join_college
from members.contracts.enums import ContractKind
from members.cooperative.models import Cooperative
from members.people.models import Person, User
from tests.invoicing.factories import (
    make_approved,
    make_customer,
    make_delivery_address,
    make_draft,
    make_issued,
    make_submitted,
)
from tests.members.factories import (
    clerk,
    make_activity,
    make_admission,
    make_assembly,
    make_college,
    make_contract,
    make_cooperative,
    make_entrepreneur,
    make_interview,
    make_person,
    make_resolution,
    make_share_class,
    make_statutes,
    make_subscriptions,
    make_user,
    make_workshop,
)

ACTORS = (
    "anonymous",
    "entrepreneur",
    "colleague",
    "other entrepreneur",
    "adviser",
    "accountant",
    "manager",
    "administrator",
)


@dataclass(frozen=True)
class World:
    """The clients of the eight kinds of visitors, and one record of each kind, all of the entrepreneur's activity."""

    clients: dict[str, Client]
    records: dict[str, models.Model]
    invoices: dict[str, Invoice]
    reset: tuple[str, str]


def make_world() -> World:
    """One shared activity with documents in every state; a colleague, a stranger, and the staff."""
    cooperative = make_cooperative()
    adviser = make_user(Role.ADVISER)
    entrepreneur = make_entrepreneur("Anna", "Le Goff", adviser=adviser)
    colleague = make_entrepreneur("Bruno", "Petit")
    stranger = make_entrepreneur("Chloé", "Roux")
    contracts = [
        make_contract(person, ContractKind.CESA, date(2025, 1, 1)) for person in (entrepreneur, colleague, stranger)
    ]
    activity = make_activity([entrepreneur, colleague], name="Bois & Cie")
    make_activity([colleague], name="À part")
    make_activity([stranger], name="Ailleurs")
    staff = {role: make_user(role) for role in (Role.ACCOUNTANT, Role.MANAGER, Role.ADMINISTRATOR)}
    users = [entrepreneur.user, colleague.user, stranger.user, adviser, *staff.values()]
    return World(
        clients={
            "anonymous": Client(),
            **{name: _signed_in(user) for name, user in zip(ACTORS[1:], users, strict=True)},
        },
        records=_records(cooperative, activity, entrepreneur) | {"contract": contracts[0]},
        invoices={
            "draft": make_draft(activity, by=entrepreneur.user),
            "submitted": make_submitted(activity, by=entrepreneur.user),
            "approved": make_approved(activity, by=entrepreneur.user),
            "issued": make_issued(activity, by=entrepreneur.user),
        },
        reset=(
            urlsafe_base64_encode(force_bytes(staff[Role.MANAGER].pk)),
            default_token_generator.make_token(staff[Role.MANAGER]),
        ),
    )


def _records(cooperative: Cooperative, activity: Activity, person: Person) -> dict[str, models.Model]:
    customer = make_customer(activity)
    address = make_delivery_address(customer)
    admission = make_admission(person)
    colleague = make_person("Bruno", "Petit")
    make_admission(colleague)
    shares = make_share_class()
    movements = make_subscriptions(shares, {person: 2, colleague: 2})
    return _life(person) | {
        "activity": activity,
        "address": address,
        "admission": admission,
        "auditevent": AuditEvent.objects.order_by("position")[0],
        "cooperative": cooperative,
        "customer": customer,
        "deliveryaddress": address,
        "legaltext": LegalText.objects.order_by("pk")[0],
        "person": person,
        "shareclass": shares,
        "sharemovement": movements[0],
        "user": User.objects.get(pk=person.user_id),
        "vatcode": VatCode.objects.order_by("pk")[0],
    }


def _life(person: Person) -> dict[str, models.Model]:
    """An assembly that is planned, a college, the statutes, a deadline that runs, an interview and a workshop."""
    college = make_college("Salariés", 50)
    candidate = make_person("Dana", "Roux", adviser=person.adviser)
    make_contract(candidate, ContractKind.CESA, date(2025, 1, 1))
    return {
        "assembly": make_resolution(make_assembly()).assembly,
        "college": college,
        "collegemembership": join_college(person=person, college=college, on=date(2025, 6, 14), by=clerk()),
        "interview": make_interview(person),
        "radarmember": RadarMember.objects.get(pk=candidate.pk),
        "statutes": make_statutes(),
        "supportedmember": SupportedMember.objects.get(pk=candidate.pk),
        "workshop": make_workshop(),
    }


def _signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client
