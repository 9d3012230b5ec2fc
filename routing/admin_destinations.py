"""Where rules send tickets, in the admin: teams, who belongs to them and which tickets they take (A10); and views (R13)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Count, Field, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminSelectWidget

from agents.models import Agent, Team
from helpdesk.admin_pages import display
from helpdesk.customers.models import Segment
from helpdesk.tickets.admin import ICONS
from helpdesk.tickets.models import SavedView
from routing import uses
from routing.admin_names import ONE_LINE, NamedForm, ShownInPages
from routing.models import TeamMatching


class DestinationAdmin(ShownInPages):
    """What rules send tickets to: it stays for as long as a rule does."""

    formfield_overrides: Any = ShownInPages.formfield_overrides | ONE_LINE

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        destination = self.get_object(request, unquote(object_id))
        if destination is not None and (reason := self.why_kept(destination)):
            self.message_user(request, reason, messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)
        response: HttpResponse = super().delete_view(request, object_id, extra_context)
        return response

    def why_kept(self, destination: Any) -> str:
        return uses.why_kept(destination)


class TeamMatchingInline(StackedInline):
    model = TeamMatching
    fields = ("tags", "segments")
    filter_horizontal = ("tags", "segments")
    can_delete = False
    verbose_name_plural = gettext_lazy("Tickets with any of these tags, or of customers in any of these segments, go to this team")


@admin.register(Team)
class TeamAdmin(DestinationAdmin):
    """A10: name, description, tags and segments; A11: with at least one member."""

    HAS_TICKETS = gettext_lazy("%(name)s cannot be deleted: it has open tickets. Give them to another team first.")
    form = NamedForm
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
        return super().why_kept(destination)

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


@admin.register(SavedView)
class SavedViewAdmin(DestinationAdmin):
    list_display = ("name", "icon_name", "size")
    fields = ("name", "icon")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedView]:
        views: QuerySet[SavedView] = super().get_queryset(request).annotate(size=Count("entries"))
        return views

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "icon":
            return forms.ChoiceField(label=gettext_lazy("Icon"), choices=ICONS, initial="eye", widget=UnfoldAdminSelectWidget)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=gettext_lazy("icon"))
    def icon_name(self, view: SavedView) -> str:
        return str(dict(ICONS).get(view.icon, view.icon))

    @display(description=gettext_lazy("tickets"), ordering="size")
    def size(self, view: Any) -> int:
        return int(view.size)
