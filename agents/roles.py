"""Roles (C4): each is a Django group of the same name, which carries its permissions."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from agents.models import Agent, Role

_PEOPLE = ("agents.view_agent", "agents.add_agent", "agents.change_agent")
_SETTINGS = (
    *("agents.add_team", "agents.change_team", "agents.delete_team", "agents.view_team"),
    *("agents.view_businesshours", "agents.change_businesshours", "agents.view_availability"),
    *("agents.view_specialday", "agents.add_specialday", "agents.change_specialday", "agents.delete_specialday"),
    *("routing.add_teammatching", "routing.change_teammatching", "routing.view_teammatching"),
    *("routing.add_rule", "routing.change_rule", "routing.delete_rule", "routing.view_rule", "routing.view_ruleset"),
    *("routing.view_routingdecision", "routing.view_ledgerentry", "routing.view_roundrobinsettings", "routing.change_roundrobinsettings"),
    *("tickets.add_savedview", "tickets.change_savedview", "tickets.delete_savedview", "tickets.view_savedview"),
    *("tickets.view_ticketsettings", "tickets.change_ticketsettings"),
    *("tickets.view_macro", "tickets.add_macro", "tickets.change_macro", "tickets.delete_macro"),
    *("tickets.view_tag", "tickets.add_tag", "tickets.change_tag"),
    *("tickets.view_inbound", "tickets.change_inbound", "outbox.view_delivery", "outbox.change_delivery"),
    *("sources.add_source", "sources.change_source", "sources.view_source", "sources.view_received", "sources.change_received"),
    *("customers.view_predictionsettings", "customers.change_predictionsettings"),
    *("customers.change_customer", "customers.view_event", "customers.view_segment", "customers.change_segment", "customers.add_segment"),
)
_SYSTEM = ("api.add_apikey", "api.view_apikey", "api.delete_apikey", "django_ox.view_oxtask", "django_ox.change_oxtask")
_TICKETS = ("tickets.view_ticket", "tickets.change_ticket", "tickets.view_message", "customers.view_customer")

PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.OWNER: (*_PEOPLE, *_SETTINGS, *_TICKETS, *_SYSTEM),
    Role.ADMIN: (*_PEOPLE, *_SETTINGS, *_TICKETS, *_SYSTEM),
    Role.MANAGER: (*_SETTINGS, *_TICKETS, "agents.view_agent"),
    Role.AGENT: _TICKETS,
    Role.ANALYST: (),
}


def grant_role_permissions(**_signal: Any) -> None:
    """Runs after every migrate: the groups exist and hold exactly the permissions above."""
    for role, names in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=role.value)
        group.permissions.set(_permissions(names))


def _permissions(names: tuple[str, ...]) -> QuerySet[Permission]:
    wanted = Q(pk=None)
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted)


class RoleBackend(ModelBackend):
    """Gives an agent the permissions of the group that their role names."""

    def authenticate(self, *_args: Any, **_credentials: Any) -> None:
        """Signing in is allauth's; this backend only answers what a role may do."""

    def _get_group_permissions(self, user_obj: Agent) -> QuerySet[Permission]:
        return Permission.objects.filter(group__name=user_obj.role)
