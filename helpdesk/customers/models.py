"""Who writes to us and what they did: customers, their events, segments, and how all of it was earlier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from helpdesk.conditions.grammar import DefinitionError, parse_definition
from helpdesk.customers.predictions.models import PredictionSettings as PredictionSettings  # Django looks for models here


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
    """A profile. Found by `external_id` (the shop's own), e-mail (any case), phone (E.164), or the ID of another system.

    One that turned out to be another's stays, with its keys, and leads there: `merged_into`.
    """

    external_id = models.CharField(_("external ID"), max_length=200, null=True, blank=True, unique=True)
    email = models.EmailField(_("e-mail"), max_length=320, null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20, null=True, blank=True, unique=True, help_text=_("E.164, as +46701234567"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True, help_text=_("As Europe/Stockholm"))
    language = models.CharField(_("language"), max_length=10, blank=True)
    properties = ObjectField(_("properties"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged_here")
    changed_at = models.DateTimeField(_("changed"), null=True, editable=False, help_text=_("Set until its segments have been asked again."))
    renamed_at = models.DateTimeField(null=True, editable=False, help_text=_("Set until its tickets are found by its new name and keys."))

    is_new = False  # whether `identify` has just made it

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_customer_per_email")]
        indexes = [
            models.Index(fields=["changed_at"], condition=models.Q(changed_at__isnull=False), name="customers_to_ask_again"),
            models.Index(fields=["renamed_at"], condition=models.Q(renamed_at__isnull=False), name="customers_to_find_anew"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or self.external_id or f"#{self.pk}"

    @property
    def survivor(self) -> Customer:
        """Whose profile this is by now: their own, or the one that it became, however often that was merged."""
        found = self
        while found.merged_into is not None:
            found = found.merged_into
        return found

    def former(self) -> list[Customer]:
        """Every profile that became this one, however often it was merged."""
        found: list[Customer] = []
        latest = list(self.merged_here.all())
        while latest:
            found += latest
            latest = list(Customer.objects.filter(merged_into__in=latest))
        return found


class ExternalId(models.Model):
    """What another system calls this customer: (“shopify”, “7012345”), (“segment-anonymous”, “507f191e…”)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(_("source"), max_length=40)
    value = models.CharField(_("ID"), max_length=200)

    class Meta:
        verbose_name = _("ID in another system")
        verbose_name_plural = _("IDs in other systems")
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="one_customer_per_external_id")]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"


class CustomerMerge(models.Model):
    """Two profiles that turned out to be one: what was moved and what was there before, so that it can be undone."""

    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    moved: models.JSONField[dict[str, list[int]], dict[str, list[int]]] = models.JSONField(default=dict)
    before: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")

    def __str__(self) -> str:
        return f"#{self.merged_id} → #{self.kept_id}"


class PropertyValue(models.Model):
    """A fact over a stretch of time: the open row is what the profile holds, closed rows are its history.

    The profile's own fields are named `$country` and so on, custom properties by their name. Each column is the value as one
    type of filter reads it, written in Python once (`values.columns`), so that databases only compare.
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
    yearless = models.CharField(_("day of the year"), max_length=21, null=True, help_text=_("The date without its year, as 11-22T13:07:00.000000"))
    items = models.TextField(_("entries"), null=True, help_text=_("Of a list: each entry between separators"))
    length = models.IntegerField(_("length"), null=True)

    class Meta:
        verbose_name = _("property")
        verbose_name_plural = _("properties")
        constraints = [models.UniqueConstraint(fields=["customer", "name"], condition=models.Q(until=None), name="one_open_value_per_property")]
        indexes = [
            models.Index(fields=["customer", "name", "since"], name="property_history"),
            models.Index(fields=["name", "customer"], condition=models.Q(until=None), name="property_now"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Event(models.Model):
    """Something a customer did (R8), or that we did for them (S17)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="events")
    metric = models.CharField(_("metric"), max_length=120)
    occurred_at = models.DateTimeField(_("time"), default=timezone.now)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False, help_text=_("When we learned of it."))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, null=True, blank=True)
    properties = ObjectField(_("properties"), default=dict, blank=True)
    typed = models.JSONField(default=dict, editable=False, help_text=_("The properties as each type of filter reads them"))
    external_id = models.CharField(_("external ID"), max_length=200, null=True, blank=True, unique=True)

    is_new = False  # whether `track` has just made it

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [  # with all that is asked as of many moments (see `asking.moments`), so that the rows need not be read
            models.Index(fields=["customer", "metric", "occurred_at", "received_at"], name="event_window"),
            models.Index(fields=["metric", "occurred_at", "customer", "received_at"], name="event_metric"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} ({self.occurred_at:%Y-%m-%d %H:%M})"


class LiveSegments(models.Manager["Segment"]):
    def get_queryset(self) -> models.QuerySet[Segment]:
        return super().get_queryset().filter(deleted_at=None)


class Segment(models.Model):
    """A named group of customers: those who match its definition, or, without one, a list that people keep.

    A deleted one stays as a row without members: what was decided by it can still be explained (I1).
    """

    name = models.CharField(_("name"), max_length=120)
    definition = models.JSONField(_("definition"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("An inactive segment has the members it had; nobody enters or leaves."))
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    asked_at = models.DateTimeField(_("last asked of everybody"), null=True, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, null=True, editable=False, help_text=_("Set until everybody has been asked again."))
    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    objects = LiveSegments()
    with_deleted = models.Manager["Segment"]()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["name"], condition=models.Q(deleted_at=None), name="one_segment_per_name")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            self.definition is None or parse_definition(self.definition)
        except DefinitionError as error:
            raise ValidationError({"definition": str(error)}) from error


class Membership(models.Model):
    """A customer in a segment over a stretch of time: the open row is now, closed rows are how it was."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["segment", "customer"], condition=models.Q(until=None), name="one_open_membership")]
        indexes = [models.Index(fields=["customer", "since"], name="memberships_of_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}"


class KnownName(models.Model):
    """A metric, or a property of customers or of a metric's events, as it has been seen: what the builder's pick lists offer."""

    class Of(models.TextChoices):
        METRIC = "metric", _("Metric")
        PROFILE = "profile", _("Customer property")
        EVENT = "event", _("Event property")

    of = models.CharField(max_length=10, choices=Of.choices)
    metric = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=200)
    kinds: models.JSONField[list[str], list[str]] = models.JSONField(default=list, help_text=_("Of PropertyValue.Kind, and “date”"))
    examples: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)

    class Meta:
        verbose_name = _("known name")
        verbose_name_plural = _("known names")
        constraints = [models.UniqueConstraint(fields=["of", "metric", "name"], name="known_once")]

    def __str__(self) -> str:
        return f"{self.metric} {self.name}".strip()


class PinnedProperty(models.Model):
    """A custom property that every ticket shows of its customer, chosen for the whole desk."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("pinned property")
        verbose_name_plural = _("pinned properties")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name
