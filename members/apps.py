"""People and their place in the cooperative."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Who is in the cooperative, in which activity, under which contract, and whether they are associates."""

    name = "members"
    verbose_name = "Membres"
