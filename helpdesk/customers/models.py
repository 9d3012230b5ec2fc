"""Who writes to us and what they did: customers, their events, segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ObjectField(models.JSONField):
    """A JSON object. Whatever else a row holds is read as an empty one, so that no reader has to ask."""

    empty_values: Sequence[Any] = ()  # or an empty list would pass unseen

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return found if isinstance(found, dict) or isinstance(expression, KeyTransform) else {}

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if not isinstance(value, dict):
            raise ValidationError(_('This must be an object, as {"tier": "gold"}.'), code="no_object")

    def deconstruct(self) -> Any:
        """To the database it is any JSON."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class Customer(models.Model):
    """A profile. Found by `external_id`, e-mail (any case) or phone (E.164), whichever is known."""

    external_id = models.CharField(_("external ID"), max_length=200, null=True, blank=True, unique=True)
    email = models.EmailField(_("e-mail"), max_length=320, null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20, null=True, blank=True, unique=True, help_text=_("E.164, as +46701234567"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    properties = ObjectField(_("properties"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    is_new = False  # whether `identify` has just made it

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_customer_per_email")]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or self.external_id or f"#{self.pk}"


class PropertyValue(models.Model):
    """A custom property over a stretch of time: the open row is what `Customer.properties` holds, closed rows are its history.

    Each column is the value as one type of filter reads it, written in Python once, so that databases only compare.
    """

    class Kind(models.TextChoices):
        NOTHING = "nothing", _("Nothing")
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        BOOLEAN = "boolean", _("Yes or no")
        LIST = "list", _("List")
        OBJECT = "object", _("Object")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="property_values")
    name = models.TextField(_("name"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    value = models.JSONField(_("value"), null=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("text"), null=True)
    number = models.FloatField(_("number"), null=True)
    boolean = models.BooleanField(_("yes or no"), null=True)
    moment = models.DateTimeField(_("date"), null=True)

    class Meta:
        verbose_name = _("property")
        verbose_name_plural = _("properties")
        constraints = [models.UniqueConstraint(fields=["customer", "name"], condition=models.Q(until=None), name="one_open_value_per_property")]
        indexes = [models.Index(fields=["customer", "name", "since"], name="property_history")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class PropertyItem(models.Model):
    """One entry of a property that is a list. Rows, because SQLite has no arrays."""

    property = models.ForeignKey(PropertyValue, on_delete=models.CASCADE, related_name="items")
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")

    def __str__(self) -> str:
        return self.text


class Event(models.Model):
    """Something a customer did (R8), or that we did for them (S17)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="events")
    metric = models.CharField(_("metric"), max_length=120)
    occurred_at = models.DateTimeField(_("time"), default=timezone.now)
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, null=True, blank=True)
    properties = ObjectField(_("properties"), default=dict, blank=True)
    external_id = models.CharField(_("external ID"), max_length=200, null=True, blank=True, unique=True)

    is_new = False  # whether `track` has just made it

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["customer", "metric", "occurred_at"], name="event_window")]

    def __str__(self) -> str:
        return f"{self.metric} ({self.occurred_at:%Y-%m-%d %H:%M})"


class Segment(models.Model):
    """A named group of customers. Static for now: a list of members."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    definition = models.JSONField(_("definition"), null=True, blank=True)
    members = models.ManyToManyField(Customer, verbose_name=_("members"), related_name="segments", blank=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    def __str__(self) -> str:
        return self.name
