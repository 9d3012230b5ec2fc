"""Tickets in the admin: read, and changed through the verbs alone. Sentiment cannot be changed at all (S15)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)

from agents.text import number_in
from helpdesk.admin_pages import LongList, OneRowAdmin, ReadOnlyAdmin, display, linked, person
from helpdesk.tickets import admin_actions as actions
from helpdesk.tickets import admin_macros as admin_macros  # Django looks for admin pages here
from helpdesk.tickets.models import Ticket, TicketSettings

LATEST = 50
SENTIMENT_COLOURS = {"urgent": "danger", "negative": "warning", "neutral": "default", "positive": "success", "promoter": "primary"}
ICONS = [
    ("eye", gettext_lazy("Eye")),
    ("star", gettext_lazy("Star")),
    ("heart", gettext_lazy("Heart")),
    ("frown", gettext_lazy("Frown")),
    ("urgent", gettext_lazy("Urgent")),
    ("shield", gettext_lazy("Shield")),
    ("bag", gettext_lazy("Shopping bag")),
    ("box", gettext_lazy("Parcel")),
    ("clock", gettext_lazy("Clock")),
    ("globe", gettext_lazy("Globe")),
    ("flask", gettext_lazy("Flask")),
    ("tag", gettext_lazy("Tag")),
]


class StatusFilter(DropdownFilter):
    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", _("Open")), ("unassigned", _("Unassigned")), ("closed", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        chosen = {"open": Q(closed_at=None), "unassigned": Q(closed_at=None, assignee=None, team=None), "closed": Q(closed_at__isnull=False)}
        return queryset.filter(chosen.get(self.value() or "", Q()))


@admin.register(Ticket)
class TicketAdmin(LongList, ReadOnlyAdmin):
    list_display = ("number", "channel", "status", "assignee", "team", "sentiment", "last_message_at")
    list_filter = (
        StatusFilter,
        ("channel", ChoicesDropdownFilter),
        ("sentiment_label", ChoicesDropdownFilter),
        ("team", RelatedDropdownFilter),
        ("assignee", AutocompleteSelectFilter),
    )
    list_filter_submit = True
    list_select_related = ("customer", "assignee", "team")
    ordering = ("-pk",)
    search_fields = ("subject", "customer__name", "customer__email")
    search_help_text = gettext_lazy("Number, subject, or the customer's name or e-mail")
    action_form = actions.TicketActionForm
    actions = (actions.assign, actions.unassign, actions.give_to_team, actions.take_from_team, actions.close_tickets, actions.reopen_tickets)
    change_form_after_template = "admin/tickets/_conversation.html"
    fieldsets = (
        (None, {"fields": ("in_the_inbox", "customer_page", "channel", "open_or_closed", ("sentiment_label", "sentiment_score"), "tag_names")}),
        (gettext_lazy("Who has it"), {"fields": ("assignee", "team", "why_here")}),
        (gettext_lazy("When"), {"fields": ("created_at", "first_reply_at", "last_message_at", "waiting_since", "closed_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        return Ticket.objects.visible_to(person(request))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Ticket], search_term: str) -> Any:
        if number := number_in(search_term.strip().removeprefix("#")):
            return queryset.filter(pk=number), False
        return super().get_search_results(request, queryset, search_term)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        response: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **self._told(request, object_id)})
        return response

    def offers(self, action: str, row: Ticket) -> bool:
        return action != ("reopen_tickets" if row.is_open else "close_tickets")

    def _told(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """The latest messages and history of a ticket that this person may see."""
        ticket = self.get_object(request, unquote(object_id))
        if ticket is None:
            return {}
        said = ticket.messages.select_related("agent", "sent_to").order_by("-created_at", "-pk")[:LATEST]
        done = ticket.history.select_related("by").order_by("-at", "-pk")[:LATEST]
        return {"said": said, "done": [(event.kind.replace("_", " "), event) for event in done], "latest": LATEST}

    @display(description=gettext_lazy("ticket"), ordering="pk", header=True)
    def number(self, ticket: Ticket) -> tuple[str, str]:
        return str(ticket), str(ticket.customer)

    @display(description=gettext_lazy("status"), label={"open": "primary", "closed": "default"})
    def status(self, ticket: Ticket) -> tuple[str, str]:
        return "open" if ticket.is_open else "closed", self.open_or_closed(ticket)

    @display(description=gettext_lazy("status"))
    def open_or_closed(self, ticket: Ticket) -> str:
        return _("Open") if ticket.is_open else _("Closed")

    @display(description=gettext_lazy("sentiment"), ordering="sentiment_score", label=SENTIMENT_COLOURS)
    def sentiment(self, ticket: Ticket) -> tuple[str, str]:
        return ticket.sentiment_label, f"{ticket.get_sentiment_label_display()} {ticket.sentiment_score}"

    @display(description=gettext_lazy("conversation"))
    def in_the_inbox(self, ticket: Ticket) -> str:
        return linked(ticket.get_absolute_url(), _("Open in the inbox"))

    @display(description=gettext_lazy("customer"))
    def customer_page(self, ticket: Ticket) -> str:
        return linked(reverse("admin:customers_customer_change", args=[ticket.customer_id]), str(ticket.customer))

    @display(description=gettext_lazy("tags"))
    def tag_names(self, ticket: Ticket) -> str:
        return ", ".join(tag.name for tag in ticket.tags.all()) or "–"

    @display(description=gettext_lazy("why here?"))
    def why_here(self, ticket: Ticket) -> str:
        return linked(f"{reverse('admin:routing_routingdecision_changelist')}?ticket__id__exact={ticket.pk}", _("How it was routed"))


@admin.register(TicketSettings)
class TicketSettingsAdmin(OneRowAdmin):
    fields = ("close_after_days",)
