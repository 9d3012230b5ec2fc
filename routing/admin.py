"""Routing in the admin: the published rules, how each ticket was routed, whose turn it was, and the settings of round robin."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.admin_pages import EVERYWHERE, LongList, OneRowAdmin, ReadOnlyAdmin, display
from helpdesk.conditions.grammar import Definition
from helpdesk.conditions.wording import describe
from helpdesk.customers.segments import segment_names
from routing import admin_destinations as admin_destinations  # Django looks for admin pages here
from routing.models import LedgerEntry, RoundRobinSettings, RoutingDecision, RuleSet
from routing.reasons import candidates, verdicts
from routing.rule_set import PlacedRule, Rules


@admin.register(RuleSet)
class RuleSetAdmin(LongList, ReadOnlyAdmin):
    """Every version that was published. Rules are written and published in the desk, under Routing."""

    list_display = ("number", "at", "by", "note", "restores", "size")
    list_select_related = ("by", "restores")
    ordering = ("-number",)
    fieldsets = ((None, {"fields": ("number", "at", "by", "note", "restores", "in_words")}),)

    @display(description=gettext_lazy("rules"))
    def size(self, version: RuleSet) -> int:
        return len(version.rules)

    @display(description=gettext_lazy("rules"))
    def in_words(self, version: RuleSet) -> str:
        names = segment_names()
        rows = ((rule.number, rule.name, _in_words(rule, names), rule.goes_to) for rule in Rules.of(version.rules).placed)
        return format_html_join("", "<p>{}. <strong>{}</strong>: {} → {}</p>", rows)


def _in_words(rule: PlacedRule, names: dict[str, str]) -> str:
    return describe(rule.definition, names) if isinstance(rule.definition, Definition) else str(rule.definition)


@admin.register(RoutingDecision)
class RoutingDecisionAdmin(LongList, ReadOnlyAdmin):
    """I2: each rule and each candidate, with the reason, as it was."""

    list_display = ("ticket", "at", "team", "agent", "waiting_because")
    list_select_related = ("ticket", "team", "agent", "rule_set")
    ordering = ("-pk",)
    fieldsets = ((None, {"fields": ("ticket", "at", "team", "agent", "waiting_because")}), (gettext_lazy("Why"), {"fields": ("reasons", "people")}))

    @display(description=gettext_lazy("rules"))
    def reasons(self, decision: RoutingDecision) -> str:
        return render_to_string("admin/routing/_reasons.html", {"verdicts": verdicts(decision)})

    @display(description=gettext_lazy("candidates"))
    def people(self, decision: RoutingDecision) -> str:
        return ", ".join(f"{each.agent}: {each.outcome}" for each in candidates(decision)) or "–"


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
        (gettext_lazy("Round robin assignment"), {"fields": ("is_on",)}),
        (gettext_lazy("How many tickets an agent gets"), {"fields": ("capacity", "handing_out_limit", "pace")}),
        (gettext_lazy("Left tickets"), {"fields": ("backlog_after",)}),
        (gettext_lazy("Only in business hours"), {"fields": ("hours_email", "hours_webchat", "hours_sms", "hours_social", "hours_api", "business_hours")}),
    )
    readonly_fields = ("business_hours", "pace")

    @display(description=gettext_lazy("in words"))
    def pace(self, settings: RoundRobinSettings) -> str:
        """C8."""
        new = _("A new ticket goes to the agent whose turn it is, however many they have.")
        if settings.capacity:
            new = _("A new ticket goes to the agent whose turn it is among those with fewer than %(limit)d open automatic tickets.") % {
                "limit": settings.capacity
            }
        old = _("What has waited is handed out in the same way, oldest first.")
        if settings.handing_out:
            old = _("What has waited is handed out oldest first, until everybody Online has %(limit)d; the rest follows as tickets are closed.") % {
                "limit": settings.handing_out
            }
        return f"{new} {old}"

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
