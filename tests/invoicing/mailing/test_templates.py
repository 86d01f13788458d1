"""The words of the messages: the cooperative's, an activity's own, and who may change them."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.models import MailTemplate
from invoicing.mailing.queries import templates_of, words_for
from invoicing.mailing.rules import Words, placeholder_problems
from invoicing.mailing.services import drop_template, load_mail_templates, save_template
from members.activities.models import Activity
from members.people.models import Person, User
from tests.conftest import signed_in
from tests.invoicing.factories import accountant
from tests.members.factories import make_activity, make_cooperative, make_entrepreneur, make_user

pytestmark = pytest.mark.django_db
WORDS = Words("Votre facture {numero}", "Bonjour {client},\n\n{lien}")


@pytest.fixture
def person() -> Person:
    make_cooperative()
    return make_entrepreneur("Anna", "Le Goff")


@pytest.fixture
def activity(person: Person) -> Activity:
    return make_activity([person], name="Bois & Cie")


def account_of(person: Person) -> User:
    assert person.user
    return person.user


def test_a_new_cooperative_has_words_for_every_occasion() -> None:
    loaded = list(MailTemplate.objects.filter(activity=None))
    assert {template.kind for template in loaded} == set(TemplateKind)
    assert [p for t in loaded for p in placeholder_problems(TemplateKind(t.kind), t.subject, t.body)] == []
    MailTemplate.objects.filter(kind="INVOICE").update(subject="À nous")
    load_mail_templates()
    assert (MailTemplate.objects.count(), MailTemplate.objects.get(kind="INVOICE").subject) == (8, "À nous")


def test_an_activity_writes_its_own_words_and_comes_back(activity: Activity, person: Person) -> None:
    by = account_of(person)
    general = words_for(TemplateKind.INVOICE, activity)
    saved = save_template(kind=TemplateKind.INVOICE, activity=activity, words=WORDS, by=by)
    assert words_for(TemplateKind.INVOICE, activity) == WORDS
    assert words_for(TemplateKind.INVOICE, make_activity()) == general
    assert [template.kind for template in templates_of(activity) if template.is_own] == [TemplateKind.INVOICE]
    save_template(kind=TemplateKind.INVOICE, activity=activity, words=Words("Facture", "Voici."), by=by)
    assert [event.changes.get("subject") for event in history_of(saved)] == [
        ["Votre facture {numero}", "Facture"],
        [None, "Votre facture {numero}"],
    ]
    drop_template(kind=TemplateKind.INVOICE, activity=activity, by=by)
    assert words_for(TemplateKind.INVOICE, activity) == general
    with pytest.raises(RefusalError, match="n’a pas de modèle à elle"):
        drop_template(kind=TemplateKind.INVOICE, activity=activity, by=by)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (Words("{numéro}", "Texte"), "«\u00a0{numéro}\u00a0» n’existe pas"),
        (Words("Objet", "{penalites}"), "«\u00a0{penalites}\u00a0» n’existe pas"),
        (Words("Objet\nBcc: b@example.org", "Texte"), "L’objet tient sur une ligne."),
        (Words("", "Texte"), "ne peut pas être vide"),
    ],
)
def test_words_that_cannot_be_sent_are_refused(activity: Activity, person: Person, words: Words, sentence: str) -> None:
    events = AuditEvent.objects.count()
    with pytest.raises(RefusalError, match=sentence):
        save_template(kind=TemplateKind.INVOICE, activity=activity, words=words, by=account_of(person))
    assert (MailTemplate.objects.count(), AuditEvent.objects.count()) == (8, events)


def test_nobody_changes_the_words_of_others(activity: Activity) -> None:
    stranger = account_of(make_entrepreneur("Chloé", "Roux"))
    save_template(kind=TemplateKind.INVOICE, activity=activity, words=WORDS, by=accountant())
    for by in (stranger, make_user(Role.MANAGER)):
        for whose in (activity, None):
            with pytest.raises(RefusalError, match="Vous ne pouvez pas"):
                save_template(kind=TemplateKind.INVOICE, activity=whose, words=Words("A", "B"), by=by)
        with pytest.raises(RefusalError, match="Vous ne pouvez pas"):
            drop_template(kind=TemplateKind.INVOICE, activity=activity, by=by)
    assert words_for(TemplateKind.INVOICE, activity) == WORDS
    assert not MailTemplate.objects.visible_to(stranger).filter(activity=activity).exists()
    assert not MailTemplate.objects.visible_to(make_user(Role.MANAGER)).exists()


def test_the_entrepreneur_sees_the_example_then_saves(activity: Activity, person: Person) -> None:
    client = signed_in(account_of(person))
    page = reverse("mail-template-edit", args=[activity.pk, "INVOICE"])
    shown = client.post(page, {"subject": "Facture {numero}", "body": "{montant}", "action": "preview"})
    assert shown.context["preview"] == Words("Facture F2026-00042", "1\u00a0234,56\u00a0€")
    assert not MailTemplate.objects.filter(activity=activity).exists()
    wrong = client.post(page, {"subject": "Facture {numreo}", "body": "{montant}"}).content.decode()
    assert "«\u00a0{numreo}\u00a0» n’existe pas dans ce message." in wrong
    client.post(page, {"subject": "Facture {numero}", "body": "{montant}", "action": "save"})
    assert words_for(TemplateKind.INVOICE, activity) == Words("Facture {numero}", "{montant}")
    client.post(reverse("mail-template-drop", args=[activity.pk, "INVOICE"]))
    assert not MailTemplate.objects.filter(activity=activity).exists()
    assert client.get(reverse("mail-template-edit", args=[activity.pk, "AUTRE"])).status_code == 404


def test_the_staff_changes_the_cooperatives_words(accountant_client: Client, activity: Activity) -> None:
    template = MailTemplate.objects.get(kind="FIRM", activity=None)
    page = reverse("admin:invoicing_mailtemplate_change", args=[template.pk])
    assert "<code>{retard}</code>" in accountant_client.get(page).content.decode()
    refused = accountant_client.post(page, {"subject": "S", "body": "{validite}"}).content.decode()
    assert "«\u00a0{validite}\u00a0» n’existe pas dans ce message." in refused
    assert accountant_client.post(page, {"subject": "S", "body": "{retard}"}).status_code == 302
    template.refresh_from_db()
    assert (template.subject, template.body) == ("S", "{retard}")
    add = {"kind": "QUOTE", "activity": activity.pk, "subject": "S", "body": "B"}
    assert accountant_client.post(reverse("admin:invoicing_mailtemplate_add"), add).status_code == 302
    assert words_for(TemplateKind.QUOTE, activity) == Words("S", "B")


@pytest.mark.parametrize("count", [1, 3])
def test_the_staffs_list_costs_the_same(
    accountant_client: Client, person: Person, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        save_template(kind=TemplateKind.QUOTE, activity=make_activity(), words=WORDS, by=accountant())
    with django_assert_num_queries(6):
        accountant_client.get(reverse("admin:invoicing_mailtemplate_changelist"))
