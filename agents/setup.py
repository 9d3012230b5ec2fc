"""The first Owner: created once, by whoever can read the console (V16)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from agents.models import Agent, Role, SetupCode

LIFETIME = timedelta(hours=72)


class WrongCode(ValueError):
    """The code is not ours, was used, or is older than 72 hours."""


def desk_has_owner() -> bool:
    return Agent.objects.filter(role=Role.OWNER).exists()


def new_setup_code() -> str:
    """A new one-time code; earlier ones stop working. Only its digest is stored."""
    code = secrets.token_urlsafe(32)
    with transaction.atomic():
        SetupCode.objects.all().delete()
        SetupCode.objects.create(digest=_digest(code))
    return code


@transaction.atomic
def create_owner(code: str, *, email: str, name: str, password: str) -> Agent:
    used, _ = SetupCode.objects.filter(digest=_digest(code), created_at__gte=timezone.now() - LIFETIME).delete()
    if not used:
        raise WrongCode("This code is not valid. Copy it from the console where the helpdesk was started.")
    return Agent.objects.create_user(email, password, name=name, role=Role.OWNER)


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().encode()).hexdigest()
