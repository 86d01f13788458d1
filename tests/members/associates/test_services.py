"""Admitting associates and ending the admission."""

from datetime import date

import pytest

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from members.associates.enums import AssociateExit
from members.associates.models import Admission
from members.associates.services import admit_associate, end_admission
from tests.members.factories import make_admission, make_person, make_user

pytestmark = pytest.mark.django_db


def test_admission_names_its_decision_and_author() -> None:
    """Recorded with who wrote it."""
    manager = make_user(Role.MANAGER)
    admission = admit_associate(person=make_person(), on=date(2025, 6, 14), decision=" AG du 14/06/2025 ", by=manager)
    assert (admission.admitted_on, admission.decision) == (date(2025, 6, 14), "AG du 14/06/2025")
    event = history_of(admission).get()
    assert (event.action, event.author_id) == ("admission.admitted", manager.pk)


def test_nobody_is_admitted_twice_nor_without_decision() -> None:
    """Both are refused, nothing is written."""
    person, manager = make_person(), make_user(Role.MANAGER)
    make_admission(person, date(2025, 6, 14))
    with pytest.raises(RefusalError, match="déjà associée sur une partie de ces dates"):
        admit_associate(person=person, on=date(2026, 6, 14), decision="AG", by=manager)
    with pytest.raises(RefusalError, match="ne peut pas être vide"):
        admit_associate(person=make_person("Alix"), on=date(2026, 6, 14), decision=" ", by=manager)
    assert Admission.objects.count() == 1


def test_an_admission_ends_once_and_after_it_began() -> None:
    """Too early and twice are refused."""
    admission, manager = make_admission(make_person(), date(2025, 6, 14)), make_user(Role.MANAGER)
    with pytest.raises(RefusalError, match="Camille Martin a été admis le 14/06/2025"):
        end_admission(admission=admission, on=date(2025, 6, 13), reason=AssociateExit.RESIGNATION, by=manager)
    assert Admission.objects.get().ended_on is None
    end_admission(admission=admission, on=date(2026, 1, 31), reason=AssociateExit.RETIREMENT, by=manager)
    with pytest.raises(RefusalError, match="n’est déjà plus associé depuis le 31/01/2026"):
        end_admission(admission=admission, on=date(2026, 2, 28), reason=AssociateExit.RESIGNATION, by=manager)
    stored = Admission.objects.get()
    assert (stored.ended_on, stored.end_reason) == (date(2026, 1, 31), "RETIREMENT")
