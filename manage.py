#!/usr/bin/env python
"""Django's command line, with the development database started when none is configured."""

import os
import sys


def main() -> None:
    """Run one management command; what only the machine can be blamed for is said in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cae_backoffice.settings")
    from cae_backoffice import environment  # noqa: PLC0415  settings may not be imported before the environment is ready

    environment.prepare()
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        sentence = environment.explanation(error)
        if sentence is None:
            raise
        environment.stop(sentence)


if __name__ == "__main__":
    main()
