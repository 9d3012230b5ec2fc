"""Routing in the admin: the rules, how each ticket was routed, whose turn it was, and the settings of round robin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from agents.models import Team
from helpdesk.admin_pages import EVERYWHERE, DeskAdmin, LongList, OneRowAdmin, ReadOnlyAdmin, display
from helpdesk.conditions.grammar import DefinitionError, parse_definition
from helpdesk.conditions.wording import describe
from helpdesk.customers.definitions import segments_named
from helpdesk.customers.segments import segment_names
from routing.admin_forms import RuleForm
from routing.admin_teams import TeamAdmin
from routing.examples import CHURN_DEFENCE, URGENT_MODIFICATIONS, add_churn_defence, add_urgent_modifications
from routing.models import LedgerEntry, RoundRobinSettings, RoutingDecision, Rule
from routing.order import move, next_position

admin.site.register(Team, TeamAdmin)


@admin.register(Rule)
class RuleAdmin(DeskAdmin):
    form = RuleForm
    list_display = ("name", "is_active", "sentence", "sends_to")
    list_before_template = "admin/routing/_examples.html"
    search_fields = ("name",)
    list_per_page = 200
    list_select_related = ("team", "view")
    readonly_fields = ("sentence",)
    fieldsets = (
        (None, {"fields": ("name", "is_active")}),
        (gettext_lazy("When"), {"fields": ("sentence", "definition")}),
        (gettext_lazy("Then"), {"fields": ("destination", "team", "view")}),
    )
    conditional_fields = {"team": "destination === 'team'", "view": "destination === 'view'"}
    actions = ("switch_on", "switch_off", "move_up", "move_down")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.add_example))
        urls: list[URLPattern] = super().get_urls()
        return [path("examples/<slug:example>/", view, name="routing_rule_example"), *urls]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        there = set(Rule.objects.filter(name__in=[CHURN_DEFENCE, URGENT_MODIFICATIONS]).values_list("name", flat=True))
        missing = [example for example in _EXAMPLES if example["name"] not in there and self.has_add_permission(request)]
        response: HttpResponse = super().changelist_view(request, {**(extra_context or {}), "examples": missing})
        return response

    def add_example(self, request: HttpRequest, example: str) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        rule = _ADD[example]() if example in _ADD else None
        if rule is not None:
            self.log_addition(request, rule, _("Added from the ready-made examples."))
            self.message_user(request, _("“%(rule)s” is on.") % {"rule": rule}, messages.SUCCESS)
            self._warn_of_empty_team(request, rule)
        return redirect("admin:routing_rule_changelist")

    def save_model(self, request: HttpRequest, obj: Rule, form: ModelForm[Rule], change: bool) -> None:
        """A new rule is the last one."""
        if not change:
            obj.position = next_position()
        super().save_model(request, obj, form, change)
        self._warn_of_empty_team(request, obj)
        for sentence in obj.warnings():
            self.message_user(request, sentence, messages.WARNING)

    def _warn_of_empty_team(self, request: HttpRequest, rule: Rule) -> None:
        """A11."""
        if rule.team is not None and not rule.team.members.answering().exists():
            url = reverse("admin:agents_team_change", args=[rule.team.pk])
            link = format_html('<a href="{}" class="underline">{}</a>', url, _("Add members"))
            text = _("%(team)s has no members: its tickets would wait.") % {"team": rule.team}
            self.message_user(request, format_html("{} {}", text, link), messages.WARNING)

    @display(description=gettext_lazy("in words"))
    def sentence(self, rule: Rule) -> str:
        if rule._state.adding:
            return _("Shown when the rule has been saved.")
        try:
            definition = parse_definition(rule.definition)
            return describe(definition, segment_names() if segments_named(definition) else None)
        except DefinitionError as error:
            return str(error)

    @display(description=gettext_lazy("then"))
    def sends_to(self, rule: Rule) -> str:
        return _("Assign to %(team)s") % {"team": rule.team} if rule.team else _("Save as %(view)s") % {"view": rule.view}

    @admin.action(description=gettext_lazy("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, rules: QuerySet[Rule]) -> None:
        self._switch(request, rules, is_active=True, done=lambda n: ngettext("%(n)d rule switched on.", "%(n)d rules switched on.", n) % {"n": n})

    @admin.action(description=gettext_lazy("Switch off"), permissions=["change"])
    def switch_off(self, request: HttpRequest, rules: QuerySet[Rule]) -> None:
        self._switch(request, rules, is_active=False, done=lambda n: ngettext("%(n)d rule switched off.", "%(n)d rules switched off.", n) % {"n": n})

    def _switch(self, request: HttpRequest, rules: QuerySet[Rule], *, is_active: bool, done: Callable[[int], str]) -> None:
        def act(rule: Rule) -> str:
            if rule.is_active == is_active:
                return _("It is on already.") if is_active else _("It is off already.")
            Rule.objects.filter(pk=rule.pk).update(is_active=is_active)
            self.log_change(request, rule, _("Switched on.") if is_active else _("Switched off."))
            return ""

        self.on_each(request, rules, act, done=done)

    @admin.action(description=gettext_lazy("Move up"), permissions=["change"], location=EVERYWHERE)
    def move_up(self, request: HttpRequest, rules: QuerySet[Rule]) -> None:
        self._move(request, rules.order_by("position", "pk"), steps=-1)

    @admin.action(description=gettext_lazy("Move down"), permissions=["change"], location=EVERYWHERE)
    def move_down(self, request: HttpRequest, rules: QuerySet[Rule]) -> None:
        self._move(request, rules.order_by("-position", "-pk"), steps=1)

    def _move(self, request: HttpRequest, rules: QuerySet[Rule], *, steps: int) -> None:
        def act(rule: Rule) -> str:
            if not move(rule, steps=steps):
                return _("It is the first already.") if steps < 0 else _("It is the last already.")
            self.log_change(request, rule, _("Moved up.") if steps < 0 else _("Moved down."))
            return ""

        self.on_each(request, list(rules), act, done=lambda n: ngettext("%(n)d rule moved.", "%(n)d rules moved.", n) % {"n": n})


def _churn_defence() -> Rule:
    return add_churn_defence(Team.objects.get_or_create(name="Retention specialists")[0])


_ADD: dict[str, Callable[[], Rule]] = {"churn-defence": _churn_defence, "urgent-modifications": add_urgent_modifications}
_EXAMPLES = [
    {"slug": "churn-defence", "name": CHURN_DEFENCE, "text": gettext_lazy("Customers whose churn risk is High go to the team Retention specialists.")},
    {
        "slug": "urgent-modifications",
        "name": URGENT_MODIFICATIONS,
        "text": gettext_lazy("Who has placed an order in the last 2 hours goes to the view Urgent modifications."),
    },
]


@admin.register(RoutingDecision)
class RoutingDecisionAdmin(LongList, ReadOnlyAdmin):
    """I2: each rule and each candidate, with the reason, as it was."""

    list_display = ("ticket", "at", "team", "agent", "waiting_because")
    list_select_related = ("ticket", "team", "agent")
    ordering = ("-pk",)
    fieldsets = ((None, {"fields": ("ticket", "at", "team", "agent", "waiting_because")}), (gettext_lazy("Why"), {"fields": ("reasons", "people")}))

    @display(description=gettext_lazy("rules"))
    def reasons(self, decision: RoutingDecision) -> str:
        return render_to_string("admin/routing/_reasons.html", {"decision": decision})

    @display(description=gettext_lazy("candidates"))
    def people(self, decision: RoutingDecision) -> str:
        return ", ".join(f"{candidate['name']}: {candidate['outcome']}" for candidate in decision.candidates) or "–"


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Who got how many: what an agent received automatically, and their latest turn (B12)."""

    list_display = ("agent", "received", "last_turn")
    list_display_links = None
    list_select_related = ("agent",)
    ordering = ("-received", "agent__name")


@admin.register(RoundRobinSettings)
class RoundRobinSettingsAdmin(OneRowAdmin):
    actions = ("all_in_hours",)
    fieldsets = (
        (gettext_lazy("Round robin assignment"), {"fields": ("is_on", "capacity")}),
        (gettext_lazy("Only in business hours"), {"fields": ("hours_email", "hours_webchat", "hours_sms", "hours_social", "hours_api", "business_hours")}),
    )
    readonly_fields = ("business_hours",)

    @display(description=gettext_lazy("business hours"))
    def business_hours(self, _settings: RoundRobinSettings) -> str:
        return format_html('<a href="{}" class="text-link">{}</a>', reverse("admin:agents_businesshours_changelist"), _("Set the hours"))

    @admin.action(description=gettext_lazy("Every channel only in business hours"), permissions=["change"], location=EVERYWHERE)
    def all_in_hours(self, request: HttpRequest, rows: QuerySet[RoundRobinSettings]) -> None:
        """C1: the preset that gives A19."""
        for row in rows:
            rows.filter(pk=row.pk).update(hours_email=True, hours_webchat=True, hours_sms=True, hours_social=True, hours_api=True)
            self.log_change(request, row, _("Every channel only in business hours."))
        self.message_user(request, _("Tickets are assigned automatically only in business hours, whatever the channel."), messages.SUCCESS)
