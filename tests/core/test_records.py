"""Plain records: what changed is written, nothing when nothing did; the trail reads in French."""

import pytest

from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from cae_backoffice.core.templatetags.french import audit_action, audit_changes
from members.people.models import Person
from tests.members.factories import make_person, make_user

pytestmark = pytest.mark.django_db


def test_only_what_changed_is_written() -> None:
    """Old and new; a second saving writes nothing."""
    person, author = make_person("Zoé", "Petit"), make_user()
    person.city, person.gender = "Nantes", "F"
    save_record(instance=person, by=author)
    save_record(instance=person, by=author)
    event = history_of(person).get()
    assert (event.action, event.changes) == ("person.changed", {"city": ["", "Nantes"], "gender": ["X", "F"]})
    assert audit_action(event.action) == "Modification"
    assert sorted(audit_changes(event)) == ["genre\u00a0: Autre ou non précisé → Femme", "ville\u00a0: Nantes"]


def test_dates_lists_and_truths_read_in_french() -> None:
    """As in the history tab."""
    user = make_user()
    user.roles, user.is_active = ["MANAGER", "ADVISER"], False
    save_record(instance=user, by=user)
    assert audit_changes(history_of(user).get()) == [
        "rôles\u00a0: MANAGER, ADVISER",
        "compte ouvert\u00a0: oui → non",
    ]
    person = save_record(instance=Person(first_name="Zoé", last_name="Petit", candidate_since_on="2024-03-01"), by=user)
    assert "candidat depuis le\u00a0: 01/03/2024" in audit_changes(history_of(person).get())


def test_faults_are_told_in_french_and_nothing_is_saved() -> None:
    """Every sentence at once."""
    person = Person(first_name="", last_name="Petit", email="pas une adresse", candidate_since_on="2024-03-01")
    with pytest.raises(RefusalError) as refusal:
        save_record(instance=person, by=make_user())
    assert len(refusal.value.reasons) == 2
    assert not Person.objects.exists()
