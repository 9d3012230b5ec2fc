"""What each role may do (C4)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from agents.models import Role
from agents.roles import PERMISSIONS, grant_role_permissions
from tests.factories import make_agent

pytestmark = pytest.mark.django_db


def names(permissions: object) -> set[str]:
    return {f"{permission.content_type.app_label}.{permission.codename}" for permission in permissions}  # type: ignore[attr-defined] # a queryset


@pytest.mark.parametrize("role", Role)
def test_role_is_a_group_that_holds_its_permissions(role: Role) -> None:
    """Each name in the table is a real permission: a misspelled one would be missing here."""
    group = Group.objects.get(name=role.value)

    assert names(group.permissions.select_related("content_type")) == set(PERMISSIONS[role])


@pytest.mark.parametrize("role", Role)
def test_agent_has_the_permissions_of_the_role_and_no_others(role: Role) -> None:
    assert make_agent(role=role).get_all_permissions() == set(PERMISSIONS[role])


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("routing.add_rule", [Role.OWNER, Role.ADMIN, Role.MANAGER]),
        ("routing.change_rule", [Role.OWNER, Role.ADMIN, Role.MANAGER]),
        ("routing.change_roundrobinsettings", [Role.OWNER, Role.ADMIN, Role.MANAGER]),
        ("agents.add_agent", [Role.OWNER, Role.ADMIN]),
        ("agents.change_availability", []),
        ("tickets.change_ticket", [Role.OWNER, Role.ADMIN, Role.MANAGER, Role.AGENT]),
        ("api.add_apikey", [Role.OWNER, Role.ADMIN]),
    ],
)
def test_permission_is_held_by(permission: str, roles: list[Role]) -> None:
    """R3, B4, A17, A1."""
    assert [role for role in Role if make_agent(role=role).has_perm(permission)] == roles


def test_agent_who_was_switched_off_has_no_permission() -> None:
    assert make_agent(role=Role.OWNER, is_active=False).get_all_permissions() == set()


def test_changed_role_changes_permissions() -> None:
    agent = make_agent(role=Role.MANAGER)

    agent.role = Role.ANALYST
    agent.save()

    assert type(agent).objects.get(pk=agent.pk).get_all_permissions() == set()


def test_permissions_are_put_right_after_every_migrate() -> None:
    """Whatever somebody did to a group by hand; and a second run changes nothing."""
    group = Group.objects.get(name="Agent")
    group.permissions.set(Permission.objects.filter(codename="add_rule"))

    for _ in range(2):
        grant_role_permissions()

        assert names(group.permissions.select_related("content_type")) == set(PERMISSIONS[Role.AGENT])
