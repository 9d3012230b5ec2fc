"""What narrows a list of tickets (A9, S6, S9), in the inbox's address and in the API alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agents.hours import midnight
from agents.models import Agent, Team
from helpdesk.tickets.models import Channel, Priority, SentimentLabel, Tag, Ticket

NOBODY = "none"
OF_OUR_TIME = (MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(9998, 12, 31)))
STATUSES = [("open", _("Open")), ("snoozed", _("Snoozed")), ("closed", _("Closed")), ("spam", _("Spam")), ("any", _("Any status"))]
_OF_STATUS = {
    "open": Q(closed_at=None, snoozed_until=None),
    "snoozed": Q(closed_at=None, snoozed_until__isnull=False),
    "closed": Q(closed_at__isnull=False, is_spam=False),
    "spam": Q(is_spam=True),
    "any": Q(is_spam=False),
}


def of_status(tickets: QuerySet[Ticket], status: str) -> QuerySet[Ticket]:
    """`status`: open (and awake), snoozed, closed, spam, or any, which leaves out spam."""
    return tickets.filter(_OF_STATUS[status])


Choices = Iterable[tuple[str, Any]]


class AnyOf(filters.MultipleChoiceFilter):
    """One of several. `none`: what else can be chosen, for those that have nothing there, with its label."""

    field_class = forms.MultipleChoiceField  # whose choices are asked for anew with each form

    def __init__(self, *args: Any, choices: Callable[[], Choices], none: tuple[Q, Any] | None = None, **kwargs: Any) -> None:
        self.none = none
        last = [(NOBODY, none[1])] if none else []
        super().__init__(*args, choices=lambda: [*choices(), *last], **kwargs)

    def filter(self, qs: Any, value: Iterable[str]) -> Any:
        found = Q(**{f"{self.field_name}__in": [each for each in value if each != NOBODY]})
        if self.none is not None and NOBODY in value:
            found |= self.none[0]
        return qs.filter(found) if value else qs


def _people() -> Choices:
    return [(str(number), name) for number, name in Agent.objects.order_by("name", "pk").values_list("pk", "name")]


def _teams() -> Choices:
    return [(str(number), name) for number, name in Team.objects.values_list("pk", "name")]


class TicketFilters(filters.FilterSet):
    """What cannot be read narrows nothing, and `errors` says what it is."""

    status = filters.ChoiceFilter(label=_("Status"), choices=STATUSES, method="by_status", empty_label=None)
    channel = AnyOf(label=_("Channel"), choices=lambda: Channel.choices)
    sentiment = AnyOf(label=_("Sentiment"), field_name="sentiment_label", choices=lambda: SentimentLabel.choices, none=(Q(sentiment_label=""), _("Not scored")))
    tag = filters.ModelMultipleChoiceFilter(label=_("Tags"), queryset=Tag.objects.all(), to_field_name="name", method="by_tags")
    priority = AnyOf(label=_("Priority"), choices=lambda: Priority.choices)
    team = AnyOf(label=_("Team"), choices=_teams, none=(Q(team=None), _("No team")))
    assignee = AnyOf(label=_("Assignee"), choices=_people, none=(Q(assignee=None), _("No assignee")))
    since = filters.DateFilter(label=_("Created from"), method="by_first_day", validators=OF_OUR_TIME)
    until = filters.DateFilter(label=_("Created until"), method="by_last_day", validators=OF_OUR_TIME)

    class Meta:
        model = Ticket
        fields: tuple[str, ...] = ()

    def by_status(self, tickets: QuerySet[Ticket], _name: str, value: str) -> QuerySet[Ticket]:
        return of_status(tickets, value)

    def by_tags(self, tickets: QuerySet[Ticket], _name: str, value: Iterable[Tag]) -> QuerySet[Ticket]:
        tagged = Ticket.tags.through.objects.filter(ticket=OuterRef("pk"), tag__in=list(value))
        return tickets.filter(Exists(tagged)) if value else tickets

    def by_first_day(self, tickets: QuerySet[Ticket], _name: str, value: date) -> QuerySet[Ticket]:
        return tickets.filter(created_at__gte=midnight(value))

    def by_last_day(self, tickets: QuerySet[Ticket], _name: str, value: date) -> QuerySet[Ticket]:
        """The day is in."""
        return tickets.filter(created_at__lt=midnight(value + timedelta(days=1)))
