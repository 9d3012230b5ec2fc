"""The people who answer: agents, their roles, teams, availability, working hours and toasts.

The bottom of the house: nothing here knows a ticket.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.text import one_line


class Role(models.TextChoices):
    """C4. Each value is also the name of the Django group that carries the role's permissions."""

    OWNER = "Owner", _("Owner")
    ADMIN = "Admin", _("Admin")
    MANAGER = "Manager", _("Manager")
    AGENT = "Agent", _("Agent")
    ANALYST = "Analyst", _("Analyst")


MANAGING_ROLES = (Role.OWNER, Role.ADMIN, Role.MANAGER)
ANSWERING_ROLES = (*MANAGING_ROLES, Role.AGENT)


class AgentQuerySet(models.QuerySet["Agent"]):
    def answering(self) -> AgentQuerySet:
        """Who may be given tickets at all: active, with role Agent or higher (B2)."""
        return self.filter(is_active=True, role__in=ANSWERING_ROLES)


class AgentManager(BaseUserManager["Agent"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Agent:
        fields["name"] = one_line(fields.get("name", ""))
        agent = self.model(email=self.model.normalize_username(email), **fields)
        agent.set_password(password)
        agent.save()
        return agent

    def get_by_natural_key(self, username: str | None) -> Agent:
        return self.get(email__iexact=username)


class Agent(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do follows from `role` (see `agents.roles`)."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.AGENT)
    language = models.CharField(_("language"), max_length=10, blank=True, help_text=_("Of the screens; empty: the browser's"))
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Switch off instead of deleting: the history keeps its names."))
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = AgentManager.from_queryset(AgentQuerySet)()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_agent_per_email", violation_error_message=_("Somebody already signs in with this e-mail.")),
            models.UniqueConstraint(
                fields=["role"], condition=models.Q(role="Owner"), name="exactly_one_owner", violation_error_message=_("There is already an Owner.")
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Lower case: so it is looked up at sign-in, whatever was typed."""
        return super().normalize_username(username).lower()

    @property
    def is_staff(self) -> bool:
        """May open the admin: Owner, Admin, Manager."""
        return self.is_manager

    @property
    def is_manager(self) -> bool:
        return self.role in MANAGING_ROLES

    @property
    def can_answer(self) -> bool:
        return self.is_active and self.role in ANSWERING_ROLES

    def clean(self) -> None:
        super().clean()
        self.name = one_line(self.name)  # it stands in the header of every mail

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Team(models.Model):
    """A group of agents that tickets can be routed to."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True)
    members = models.ManyToManyField(Agent, verbose_name=_("members"), related_name="teams", blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Availability(models.Model):
    """Whether an agent takes automatic tickets: the switch they chose, and when they were last seen (C18)."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, primary_key=True, related_name="availability")
    is_online = models.BooleanField(_("online"), default=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    seen_at = models.DateTimeField(_("last sign of life"), default=timezone.now)
    signed_in_until = models.DateTimeField(null=True, blank=True, help_text=_("When the session ends that was last seen; empty: there is none that could end"))

    class Meta:
        verbose_name = _("availability")
        verbose_name_plural = _("availability")

    def __str__(self) -> str:
        return f"{self.agent}: {'Online' if self.is_online else 'Offline'}"


def _default_days() -> dict[str, list[list[str]]]:
    return {str(day): [["09:00", "17:00"]] for day in range(5)}


class BusinessHours(models.Model):
    """When the desk is open, in the time zone of all its pages and reports, `TIME_ZONE` (A19–A21). One row for the desk."""

    id = models.SmallAutoField(primary_key=True)
    days = models.JSONField(
        _("opening hours"),
        default=_default_days,
        help_text=_('Periods for each weekday, Monday = 0: {"0": [["09:00", "12:00"], ["13:00", "17:00"]]}'),
    )
    country = models.CharField(_("public holidays"), max_length=2, blank=True, help_text=_("The desk is closed on them. Empty: on none."))

    class Meta:
        verbose_name = _("business hours")
        verbose_name_plural = _("business hours")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_set_of_business_hours")]

    def __str__(self) -> str:
        return str(_("Business hours"))

    def clean(self) -> None:
        from agents.hours import check_days

        if problem := check_days(self.days):
            raise ValidationError({"days": problem})


class SpecialDay(models.Model):
    """A date with hours of its own, whatever the weekday and the public holidays say."""

    hours = models.ForeignKey(BusinessHours, on_delete=models.CASCADE, related_name="special_days")
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=80, blank=True)
    periods: models.JSONField[list[list[str]], list[list[str]]] = models.JSONField(_("open"), default=list, blank=True, help_text=_("Empty: closed"))

    class Meta:
        verbose_name = _("closed or open day")
        verbose_name_plural = _("closed and open days")
        ordering = ("date",)
        constraints = [models.UniqueConstraint(fields=["hours", "date"], name="one_entry_per_date", violation_error_message=_("This date is there twice."))]

    def __str__(self) -> str:
        return f"{self.date} {self.name}".strip()


class Toast(models.Model):
    """A notice for one agent, kept until dismissed so that a lost connection loses none (B17)."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("Assigned")
        REPLIED = "replied", _("Customer replied")
        MENTIONED = "mentioned", _("Mentioned")

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="toasts")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    words: models.JSONField[Any, Any] = models.JSONField(default=dict, help_text='{"en": {"title": …, "detail": …}, …}; empty where the number says it all')
    about: models.JSONField[list[int], list[int]] = models.JSONField(default=list, help_text="The numbers of what it tells of")
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    shown_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["agent", "created_at"], condition=models.Q(shown_at=None), name="toasts_to_show"),
            models.Index(fields=["created_at"], name="toasts_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.url}"


class SetupCode(models.Model):
    """The one-time code that guards the page that creates the Owner; only its SHA-256 is kept (V16)."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"code of {self.created_at:%Y-%m-%d %H:%M}"
