#!/usr/bin/env python
"""Django's command line, with the development database started when none is configured."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cae_backoffice.settings")
    from cae_backoffice import environment  # noqa: PLC0415  settings may not be imported before the environment is ready

    environment.prepare()
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
