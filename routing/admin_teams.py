"""Teams in the admin: who belongs to them, and which tickets they take (A10)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import StackedInline

from agents.models import Agent, Team
from helpdesk.admin_pages import DestinationAdmin, display
from helpdesk.customers.models import Segment
from routing.models import TeamMatching
from routing.rule_set import live_contents


class TeamMatchingInline(StackedInline):
    model = TeamMatching
    fields = ("tags", "segments")
    filter_horizontal = ("tags", "segments")
    can_delete = False
    verbose_name_plural = gettext_lazy("Tickets with any of these tags, or of customers in any of these segments, go to this team")


class TeamAdmin(DestinationAdmin):
    """A10: name, description, tags and segments; A11: with at least one member."""

    HAS_TICKETS = gettext_lazy("%(name)s cannot be deleted: it has open tickets. Give them to another team first.")
    list_display = ("name", "summary", "size")
    search_fields = ("name",)
    autocomplete_fields = ("members",)
    fields = ("name", "description", "members")
    inlines = (TeamMatchingInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        answers = Q(members__in=Agent.objects.answering())
        teams: QuerySet[Team] = super().get_queryset(request).annotate(answering=Count("members", filter=answers))
        return teams

    def why_kept(self, destination: Team) -> str:
        if destination.tickets.filter(closed_at=None).exists():
            return self.HAS_TICKETS % {"name": destination}
        live = ", ".join(f"“{rule['name']}”" for rule in live_contents() if rule["team"] == destination.pk)
        return self.IN_USE % {"name": destination, "rules": live} if live else super().why_kept(destination)

    @display(description=gettext_lazy("description"))
    def summary(self, team: Team) -> str:
        return team.description[:120]

    @display(description=gettext_lazy("members"), ordering="answering", label={"empty": "danger", "manned": "default"})
    def size(self, team: Any) -> tuple[str, str]:
        """A11: a team that tickets are routed to has somebody to answer them."""
        words = ngettext("%(count)d member", "%(count)d members", team.answering) % {"count": team.answering}
        return ("manned", words) if team.answering else ("empty", _("No members"))

    def save_related(self, request: HttpRequest, form: ModelForm[Team], formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not form.instance.members.answering().exists():
            self.message_user(request, _("%(name)s has no members: tickets that are sent there wait.") % {"name": form.instance}, messages.WARNING)
        for segment in Segment.objects.filter(pk__in=TeamMatching.objects.filter(team=form.instance).values("segments"), is_active=False):
            self.message_user(request, _("Segment “%(name)s” is inactive: nobody enters or leaves it.") % {"name": segment}, messages.WARNING)
