"""The demo's settings: the embedded profile in a folder of its own, deaf to what the environment says of a real desk.

Chosen by manage.py, because the other settings are read only once.
"""

from __future__ import annotations

import os
from pathlib import Path

_OF_A_REAL_DESK = "HELPDESK_PROFILE SECRET_KEY DATABASE_URL REDIS_URL EMAIL_URL DEFAULT_FROM_EMAIL WEB_PROCESSES STATIC_ROOT SENTIMENT_SCORER"

for name in _OF_A_REAL_DESK.split():
    os.environ.pop(name, None)
os.environ |= {
    "HELPDESK_DATA": str(Path(os.environ.get("HELPDESK_DATA") or Path(__file__).resolve().parents[2] / "data") / "demo"),
    "HELPDESK_ENV_FILE": os.devnull,
    "EMAIL_INBOXES": "support@example.com",
}

from helpdesk.settings import *  # noqa: E402, F403 # settings are names in a module, and the surroundings had to come first

DESK_NAME = "Holm & Vide"
IS_DEMO = True
