"""Secrets of other systems that we must be able to read back: sealed with a key derived from SECRET_KEY, so that a copy of the database holds none."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models


class SealedField(models.TextField):  # type: ignore[type-arg] # Django's own takes none when it runs
    """Text in Python, sealed in the database. What another SECRET_KEY has sealed reads as "": it must be entered again."""

    def get_prep_value(self, value: Any) -> Any:
        return _fernet().encrypt(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str:
        try:
            return _fernet().decrypt(value.encode()).decode() if value else ""
        except InvalidToken:
            return ""


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"helpdesk.sealed" + settings.SECRET_KEY.encode()).digest()))
