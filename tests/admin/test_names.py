"""What open pages show of what the admin names."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Team
from agents.streams import DESK
from helpdesk.tickets.models import SavedView, Tag
from tests.admin.conftest import list_of, page_of, problems
from tests.factories import make_agent, make_team
from tests.people import Commits, Listener

pytestmark = pytest.mark.django_db
NO_INLINE = {"matching-TOTAL_FORMS": "0", "matching-INITIAL_FORMS": "0"}


@pytest.mark.parametrize("model", ["agents_team", "tickets_savedview", "tickets_tag", "agents_agent"])
def test_open_pages_read_a_new_name_again(as_admin: Client, listen: type[Listener], commits: Commits, model: str) -> None:
    rows: dict[str, Any] = {
        "agents_team": lambda: make_team("Old"),
        "tickets_savedview": lambda: SavedView.objects.create(name="Old"),
        "tickets_tag": lambda: Tag.objects.create(name="Old"),
        "agents_agent": lambda: make_agent("Old"),
    }
    row, page = rows[model](), listen(DESK)

    with commits():
        saved = as_admin.post(page_of(model, row), {"name": "New", "icon": "eye", "email": "new@desk.example", "role": "Agent", "is_active": "on"} | NO_INLINE)

    row.refresh_from_db()
    assert (saved.status_code, row.name, {"kind": "many"} in page.heard()) == (302, "New", True)


@pytest.mark.parametrize("kind", [Team, SavedView])
def test_open_pages_drop_what_is_deleted(as_admin: Client, listen: type[Listener], commits: Commits, kind: type[Team | SavedView]) -> None:
    row, page = kind.objects.create(name="Old"), listen(DESK)

    with commits():
        as_admin.post(f"{list_of(kind._meta.label_lower.replace('.', '_'))}{row.pk}/delete/", {"post": "yes"})

    assert (kind.objects.count(), page.heard()) == (0, [{"kind": "many"}])


def test_two_people_have_two_names(as_admin: Client) -> None:
    """Lists, reports and conditions know them by it."""
    make_agent("Åsa Ek")
    bo = make_agent("Bo")
    new = {"email": "asa@desk.example", "role": "Agent", "password1": "storskog-2026", "password2": "storskog-2026"}

    added = as_admin.post("/admin/agents/agent/add/", new | {"name": "åsa  EK\n"})
    renamed = as_admin.post(page_of("agents_agent", bo), {"name": "Åsa Ek", "email": bo.email, "role": "Agent", "is_active": "on"})
    told_apart = as_admin.post("/admin/agents/agent/add/", new | {"name": "Åsa Ek (Malmö)"})

    said = "Somebody has this name already. Add what tells them apart, as “%s (Malmö)”."
    assert [problems(page)["name"] for page in (added, renamed)] == [[said % "åsa EK"], [said % "Åsa Ek"]]
    assert (told_apart.status_code, sorted(Agent.objects.values_list("name", flat=True))) == (302, ["Adam Admin", "Bo", "Åsa Ek", "Åsa Ek (Malmö)"])


def test_who_shares_a_name_may_keep_it(as_admin: Client) -> None:
    one, other = make_agent("Åsa Ek"), make_agent("Another")
    Agent.objects.filter(pk=other.pk).update(name="Åsa Ek")

    saved = as_admin.post(page_of("agents_agent", other), {"name": "Åsa Ek", "email": "other@desk.example", "role": "Agent", "is_active": "on"})

    assert (saved.status_code, Agent.objects.get(pk=other.pk).email, Agent.objects.get(pk=one.pk).name) == (302, "other@desk.example", "Åsa Ek")
