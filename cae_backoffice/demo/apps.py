"""The demo cooperative."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Builds a fictional cooperative through the same services a person uses, and runs it on one machine."""

    name = "cae_backoffice.demo"
    label = "demo"
    verbose_name = "Démonstration"
