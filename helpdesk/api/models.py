"""Keys with which programs use the API."""

from __future__ import annotations

import hashlib
import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent


class ApiKey(models.Model):
    """256 random bits, shown once; only the SHA-256 is kept (V16). Acts for one agent."""

    name = models.CharField(_("name"), max_length=80)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="api_keys", verbose_name=_("acts for"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(cls, name: str, agent: Agent) -> tuple[ApiKey, str]:
        """A new key and its secret, which cannot be read again."""
        secret = secrets.token_urlsafe(32)
        return cls.objects.create(name=name, agent=agent, digest=digest_of(secret)), secret


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
