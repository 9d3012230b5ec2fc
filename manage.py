#!/usr/bin/env python3
"""The one command line of the helpdesk: `manage.py demo`, `serve`, `receive_email`, …"""

import os
import sys

OLDEST_PYTHON = (3, 13)


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("The helpdesk needs Python 3.13 or newer; this is Python %d.%d." % sys.version_info[:2])
    demo = sys.argv[1:2] == ["demo"]  # a folder of its own, so that no real desk is touched
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.demo.settings" if demo else "helpdesk.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
