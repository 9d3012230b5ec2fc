"""Systems that push data to us, and what they pushed that is not worked off."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from helpdesk.customers.models import ObjectField
from helpdesk.sealed import SealedField

_USE_IS_NOTED = timedelta(minutes=1)  # or each request of a busy shop would write the same row


def usual_event_names() -> dict[str, str]:
    """What the protocol's own list of events calls an order, and what the desk's rules call it."""
    return {"Order Completed": "Placed Order"}


class Source(models.Model):
    """A system that pushes data to us.

    Segment protocol: a write key, 256 random bits, shown once; only its SHA-256 is kept (V16). Shopify: the secret that signs its webhooks, sealed.
    """

    class Kind(models.TextChoices):
        SEGMENT = "segment", _("Segment protocol")
        SHOPIFY = "shopify", "Shopify"

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("An inactive source is refused as if it were unknown."))
    created_by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    refused = models.PositiveIntegerField(_("refused messages"), default=0, editable=False)
    key_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    secret = SealedField(_("signing secret"), blank=True)
    shop_domain = models.CharField(_("shop domain"), max_length=255, blank=True, help_text=_("As your-shop.myshopify.com"))
    event_names = ObjectField(
        _("names of events"),
        default=usual_event_names,
        blank=True,
        help_text=_("What an event is called there, and here."),
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def new_key(self) -> str:
        """A write key, which cannot be read again. The one before stops working."""
        key = secrets.token_urlsafe(32)
        self.key_hash = digest_of(key)
        self.save(update_fields=["key_hash"])
        return key

    def note_use(self) -> None:
        now = timezone.now()
        Source.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_IS_NOTED), pk=self.pk).update(last_used_at=now)

    def note_refusals(self, count: int) -> None:
        Source.objects.filter(pk=self.pk).update(refused=F("refused") + count)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


class Received(models.Model):
    """What a source pushed, as it came: committed before the source is told that we have it.

    A webhook: (source, its ID) is the key against duplicates, and the row stays when it is done, without its content. Of the
    Segment protocol only what was refused is here, for a person to look at.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Being worked on")
        DONE = "done", _("Done")
        FAILED = "failed", _("Needs a person")
        IGNORED = "ignored", _("Not used")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="received", verbose_name=_("source"))
    external_id = models.CharField(_("external ID"), max_length=200)
    topic = models.CharField(_("topic"), max_length=100)
    about = models.CharField(_("about"), max_length=200, blank=True, help_text=_("The customer's ID in the source"))
    happened_at = models.DateTimeField(_("as of"), null=True)
    raw = models.BinaryField()
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("received data")
        verbose_name_plural = _("received data")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="one_row_per_webhook")]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(status="pending"), name="received_pending"),
            models.Index(fields=["source", "-id"], condition=Q(status="failed"), name="received_failed"),
            models.Index(fields=["source", "about", "happened_at"], condition=~Q(about=""), name="received_about"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.external_id}"

    def is_overtaken(self) -> bool:
        """Whether something newer about the same customer has been worked off: then this says how it was, not how it is."""
        newer: dict[str, Any] = {"about": self.about, "status": self.Status.DONE, "happened_at__gt": self.happened_at}
        return bool(self.about and self.happened_at and Received.objects.filter(source=self.source_id, **newer).exists())
