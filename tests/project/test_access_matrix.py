"""No one sees what is not theirs: every address of the site, asked by every kind of visitor."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.project.matrix import DOCUMENT_OF, MATRIX, POSTED, RECORD_OF
from tests.project.world import ACTORS, World, make_world

MODEL_ADDRESS = re.compile(r"^admin:(?P<app>core|members|invoicing)_(?P<model>[a-z]+)_(?P<page>[a-z_]+)$")

ABOUT_NO_RECORD: dict[str, dict[str, str | int]] = {
    "admin:app_list": {"app_label": "invoicing"},
    "admin:view_on_site": {"content_type_id": 1, "object_id": 1},
    "key-figures-file": {"year": 2025},
}


def addresses(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named address; the unnamed are the admin's own redirections and its catch-all."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}", pattern


ARGUMENTS: dict[str, Callable[[World], list[object]]] = {
    "mail-template-edit": lambda world: [world.records["activity"].pk, "INVOICE"],
    "mail-template-drop": lambda world: [world.records["activity"].pk, "INVOICE"],
}
"""What the addresses hold that are not about one record."""

ALL = dict(addresses(get_resolver()))


def path_of(name: str, world: World) -> str:
    """The address of a page, about the record of its kind."""
    wanted = set(ALL[name].pattern.converters) | set(ALL[name].pattern.regex.groupindex)
    if not wanted:
        return reverse(name)
    if name == "password_reset_confirm":
        return reverse(name, kwargs=dict(zip(("uidb64", "token"), world.reset, strict=True)))
    if name in ABOUT_NO_RECORD:
        return reverse(name, kwargs=ABOUT_NO_RECORD[name])
    if name in ARGUMENTS:
        return reverse(name, args=ARGUMENTS[name](world))
    if "secret" in wanted:
        number = {"pk": 1} if "pk" in wanted else {}
        return reverse(name, kwargs={"secret": world.secrets[name.partition("-")[0]], **number})
    model = MODEL_ADDRESS.match(name)
    kind = RECORD_OF.get(name) or (model["model"] if model else name.partition("-")[0])
    record = world.invoices[DOCUMENT_OF.get(name, "draft")] if kind == "invoice" else world.records[kind]
    return reverse(name, args=[record.pk, 1] if "page" in wanted else [record.pk])


def answer(client: Client, name: str, path: str) -> int:
    """The status, whatever the request wrote, in the database or in the browser, being undone."""
    cookies = client.cookies.output()
    with transaction.atomic():
        response = client.post(path) if name in POSTED else client.get(path)
        b"".join(getattr(response, "streaming_content", ()))  # else its file stays open
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies.replace("Set-Cookie: ", "").replace("\r\n", "; "))
    return response.status_code


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(MATRIX) == set(ALL)


@pytest.mark.django_db
def test_every_visitor_gets_the_answer_of_the_matrix() -> None:
    world = make_world()
    seen = {}
    for name in MATRIX:
        path = path_of(name, world)
        seen[name] = " ".join(str(answer(world.clients[actor], name, path)) for actor in ACTORS)
    wrong = [f"{name}: {seen[name]} instead of {row}" for name, row in MATRIX.items() if seen[name] != row]
    assert wrong == []
