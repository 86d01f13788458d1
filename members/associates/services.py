"""Admitting associates, recording when they no longer are, and in which college they vote."""

from datetime import date

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.periods import ONE_DAY
from cae_backoffice.core.records import save_record
from members.associates.enums import AssociateExit
from members.associates.models import Admission, College, CollegeMembership
from members.people.models import Person, User


@transaction.atomic
def admit_associate(*, person: Person, on: date, decision: str, by: User) -> Admission:
    """Record that an assembly admitted a person. Refused: someone who is an associate already, or no decision named."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    admission = Admission(person=person, admitted_on=on, decision=decision.strip())
    return save_record(instance=admission, by=by, action="admitted")


@transaction.atomic
def end_admission(*, admission: Admission, on: date, reason: AssociateExit, by: User) -> Admission:
    """Record the last day as an associate. Refused: twice, or before the admission."""
    admission = Admission.objects.select_for_update(of=("self",)).get(pk=admission.pk)
    if admission.ended_on is not None:
        raise RefusalError(f"{admission.person} n’est déjà plus associé depuis le {admission.ended_on:%d/%m/%Y}.")
    if on < admission.admitted_on:
        raise RefusalError(
            f"{admission.person} a été admis le {admission.admitted_on:%d/%m/%Y}\u00a0: la fin vient après."
        )
    admission.ended_on, admission.end_reason = on, reason
    return save_record(instance=admission, by=by, action="ended")


@transaction.atomic
def save_college(*, college: College, by: User) -> College:
    """Create or change a college. Refused: a weight under 10 % or over 50 % (loi 47-1775, art. 19 octies)."""
    return save_record(instance=college, by=by)


@transaction.atomic
def join_college(*, person: Person, college: College, on: date, by: User) -> CollegeMembership:
    """Place an associate in a college from a day on; the college before ends on the eve. Refused: an earlier day."""
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    present = CollegeMembership.objects.filter(person=person, ends_on=None).first()
    if present is not None:
        if on <= present.starts_on:
            raise RefusalError(
                f"{person} est déjà dans «\u00a0{present.college}\u00a0» depuis le {present.starts_on:%d/%m/%Y}."
            )
        present.ends_on = on - ONE_DAY
        save_record(instance=present, by=by, action="ended")
    return save_record(instance=CollegeMembership(person=person, college=college, starts_on=on), by=by)
