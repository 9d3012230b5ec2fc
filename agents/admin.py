"""People in the admin: agents, teams, business hours. Nobody's Online/Offline can be set here (A17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline

from agents import people
from agents.admin_forms import AgentForm, BusinessHoursForm, NewAgentForm, PasswordForm, SpecialDayForm
from agents.availability import presence_of
from agents.hours import coming_closed_days
from agents.models import Agent, BusinessHours, Role, SpecialDay
from helpdesk.admin_pages import DeskAdmin, OneRowAdmin, display, person

ROLE_COLOURS = dict.fromkeys(Role, "default") | {Role.OWNER: "primary", Role.ADMIN: "info", Role.MANAGER: "info"}


class AgentAdmin(UserAdmin, DeskAdmin):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    """An Admin cannot touch the Owner; a Manager only looks. What changes a role or switches somebody off is `agents.people`.

    Registered by `routing.admin_names`, which knows who asks for people by name.
    """

    form = AgentForm
    add_form = NewAgentForm
    add_form_template = None  # the theme's says that more can be set later
    change_password_form = PasswordForm
    list_display = ("who", "role_name", "team_names", "presence", "is_active")
    list_display_links = ("who",)
    list_filter = ("role", "is_active", "teams")
    list_select_related = ("availability",)
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("name", "email", "password")}),
        (gettext_lazy("On the desk"), {"fields": ("role", "teams", "is_active")}),
        (gettext_lazy("At work"), {"fields": ("presence", "last_login", "date_joined")}),
    )
    view_fieldsets = (
        (None, {"fields": ("name", "email")}),
        (gettext_lazy("On the desk"), {"fields": ("role", "team_names", "is_active")}),
        fieldsets[2],
    )
    add_fieldsets = ((None, {"fields": ("name", "email", "role", "teams", "password1", "password2")}),)
    readonly_fields = ("presence", "last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        agents: QuerySet[Agent] = super().get_queryset(request).prefetch_related("teams")
        return agents

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Agent], search_term: str) -> Any:
        """Where somebody is chosen from, as for a team, only people who answer tickets."""
        chosen_from = queryset.filter(pk__in=Agent.objects.answering()) if "field_name" in request.GET else queryset
        return super().get_search_results(request, chosen_from, search_term)

    def has_change_permission(self, request: HttpRequest, obj: Agent | None = None) -> bool:
        is_above = obj is not None and obj.role == Role.OWNER and person(request).role != Role.OWNER
        return super().has_change_permission(request, obj) and not is_above

    def has_delete_permission(self, request: HttpRequest, obj: Agent | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Agent | None = None) -> Any:
        """Who may only look sees nothing of the password, not even how it is hashed."""
        if obj is not None and not self.has_change_permission(request, obj):
            return self.view_fieldsets
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Agent | None = None) -> Any:
        owner_fields = ("role", "is_active") if obj is not None and obj.role == Role.OWNER else ()
        return (*super().get_readonly_fields(request, obj), *owner_fields)

    def get_form(self, request: HttpRequest, obj: Agent | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.by = person(request)
        return form

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change:
            people.forget_old_addresses(obj)
            people.set_role(obj, form.wanted["role"], by=person(request))
            if form.wanted["is_active"] != obj.is_active:
                self._switch(request, obj, form.wanted["is_active"])

    def _switch(self, request: HttpRequest, agent: Agent, is_active: bool) -> None:
        if is_active:
            return people.reactivate(agent, by=person(request))
        people.deactivate(agent, by=person(request))
        theirs = f"{reverse('admin:tickets_ticket_changelist')}?assignee__id__exact={agent.pk}&status=open"
        link = format_html('<a href="{}" class="underline">{}</a>', theirs, _("Open tickets"))
        text = _("%(name)s can no longer sign in. Their tickets stay theirs until somebody gives them away:") % {"name": agent}
        self.message_user(request, format_html("{} {}", text, link), messages.WARNING)
        return None

    def save_related(self, request: HttpRequest, form: ModelForm[Agent], formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.teams.set(form.cleaned_data["teams"])

    def response_add(self, request: HttpRequest, obj: Agent, post_url_continue: str | None = None) -> Any:
        """Straight back to the list: everything has been asked already."""
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return DeskAdmin.response_add(self, request, obj, post_url_continue)

    @display(description=gettext_lazy("name"), ordering="name", header=True)
    def who(self, agent: Agent) -> tuple[str, str]:
        return agent.name, agent.email

    @display(description=gettext_lazy("role"), ordering="role", label=ROLE_COLOURS)
    def role_name(self, agent: Agent) -> tuple[str, str]:
        return agent.role, agent.get_role_display()

    @display(description=gettext_lazy("teams"))
    def team_names(self, agent: Agent) -> str:
        return ", ".join(team.name for team in agent.teams.all()) or "–"

    @display(description=gettext_lazy("availability"))
    def presence(self, agent: Agent) -> str:
        """Shown, never set: each person has their own switch."""
        words = {"online": _("Online"), "away": _("Online, but away"), "offline": _("Offline")}
        return words[presence_of(agent)]


class SpecialDayInline(TabularInline):  # type: ignore[misc]  # the theme has no types
    model = SpecialDay
    form = SpecialDayForm
    fields = ("date", "name", "opening")
    extra = 1
    verbose_name_plural = gettext_lazy("Closed days, and days with other hours")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SpecialDay]:
        """Those that are to come: what is past is kept, and in nobody's way."""
        days: QuerySet[SpecialDay] = super().get_queryset(request).filter(date__gte=timezone.localdate() - timedelta(days=1))
        return days


@admin.register(BusinessHours)
class BusinessHoursAdmin(OneRowAdmin):
    form = BusinessHoursForm
    inlines = (SpecialDayInline,)
    readonly_fields = ("zone", "coming")
    ZONE = gettext_lazy("Hours, pages and reports of the desk have the same time zone. Whoever runs the helpdesk sets it, as TIME_ZONE.")
    fieldsets = (
        (None, {"fields": ("zone",), "description": ZONE}),
        (gettext_lazy("Opening hours"), {"fields": BusinessHoursForm.DAYS, "description": gettext_lazy("As 09:00–12:00, 13:00–17:00. Empty means closed.")}),
        (gettext_lazy("Holidays"), {"fields": ("country", "coming")}),
    )

    @display(description=gettext_lazy("Time zone"))
    def zone(self, _hours: BusinessHours) -> str:
        return timezone.get_default_timezone_name()

    @display(description=gettext_lazy("Closed in the coming year"))
    def coming(self, hours: BusinessHours) -> str:
        days = coming_closed_days(hours)
        return (
            format_html_join("", "<p>{} {}</p>", ((date_format(day, "D j E Y"), name) for day, name in days))
            if days
            else _("No day that is not closed every week.")
        )
