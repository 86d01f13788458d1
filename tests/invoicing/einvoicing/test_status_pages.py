"""The timeline of an issued document, and a status recorded by hand."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from invoicing.einvoicing.models import DocumentStatus
from invoicing.einvoicing.services import record_status
from tests.invoicing.factories import accountant, entrepreneur_of, make_issued
from tests.invoicing.payments.books import receive

LIST = "/gestion/invoicing/documentstatus/"


def signed_in(user: object) -> Client:
    """A client of this person."""
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


@pytest.mark.django_db
def test_accountant_and_entrepreneur_read_the_timeline() -> None:
    invoice, by, on = make_issued(), accountant(), date(2026, 11, 20)
    record_status(invoice=invoice, code="200", happened_on=on, by=by, on=on)
    record_status(
        invoice=invoice, code="207", reason="QTE_ERR", comment="2 jours et non 3", happened_on=on, by=by, on=on
    )
    receipt = receive(invoice.customer, "840", (invoice, "840"))
    staff = signed_in(by).get(f"/gestion/invoicing/invoice/{invoice.pk}/change/").content.decode()
    own = signed_in(entrepreneur_of(invoice.activity)).get(f"/factures/{invoice.pk}/").content.decode()
    for page in (staff, own):
        for words in ("Déposée", "En litige", "Quantité facturée incorrecte", "2 jours et non 3", receipt.number):
            assert words in page
        assert "Encaissée\u00a0: 840,00\u00a0€" in page
    assert f"/gestion/invoicing/documentstatus/add/?invoice={invoice.pk}" in staff
    assert "documentstatus" not in own


@pytest.mark.django_db
def test_a_status_is_recorded_by_hand_and_a_refusal_is_shown() -> None:
    invoice = make_issued(on=timezone.localdate())
    client = signed_in(accountant())
    typed = {"invoice": invoice.pk, "code": "205", "reason": "", "comment": "", "happened_on": invoice.issued_on}
    refused = client.post(f"{LIST}add/", typed)
    assert "ne peut pas suivre un document qui n’a pas encore été déposé" in refused.content.decode()
    assert not DocumentStatus.objects.exists()
    assert client.post(f"{LIST}add/", typed | {"code": "213", "reason": "REJ_COH"}).status_code == 302
    status = DocumentStatus.objects.get()
    assert (status.code, status.reason, status.source, status.author) == ("213", "REJ_COH", "HAND", accountant())
    assert '<option value="212"' not in client.get(f"{LIST}add/").content.decode().split('id="id_code"')[1][:3000]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_queries_whatever_its_length(
    count: int,
    django_assert_num_queries: object,
) -> None:
    on = date(2026, 11, 20)
    for _ in range(count):
        record_status(invoice=make_issued(), code="200", happened_on=on, by=accountant(), on=on)
    client = signed_in(accountant())
    client.get(LIST)
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert client.get(LIST).status_code == 200
