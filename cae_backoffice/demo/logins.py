"""How to sign in to the demo: one account per role, one password for all."""

from typing import NamedTuple

DEMO_PASSWORD = "cooperative-demo"  # noqa: S105  printed by `make demo`


class DemoLogin(NamedTuple):
    """One way in: what the person is, and what to type."""

    role_label: str
    email: str
    password: str


DEMO_LOGINS = tuple(
    DemoLogin(role_label, f"{role_label.lower()}@exemple.test", DEMO_PASSWORD)
    for role_label in ("Comptable", "Responsable", "Accompagnatrice", "Entrepreneuse", "Administratrice")
)
