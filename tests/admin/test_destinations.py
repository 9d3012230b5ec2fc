"""Teams and views: where rules send tickets."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from agents.models import Agent, Role, Team
from helpdesk.customers.models import Segment
from helpdesk.customers.segments import change_segment, create_segment, delete_segment
from helpdesk.tickets.acts.assignment import assign_team
from helpdesk.tickets.admin import ICONS
from helpdesk.tickets.models import SavedView, Tag, ViewEntry
from routing.models import Rule, TeamMatching
from tests.admin.conftest import list_of, page_of, problems, said
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team, make_ticket

pytestmark = pytest.mark.django_db


def sizes(client: Client, model: str) -> dict[str, object]:
    change_list = client.get(list_of(model)).context["cl"]
    return {row.name: change_list.model_admin.size(row) for row in change_list.result_list}


INLINE = {"matching-TOTAL_FORMS": "1", "matching-INITIAL_FORMS": "0"}


def test_team_is_added_with_members_tags_and_segments(as_manager: Client) -> None:
    """A10."""
    ida, bo = make_agent("Ida"), make_agent("Bo")
    order, vip = Tag.objects.create(name="Order"), Segment.objects.create(name="VIP")
    chosen = INLINE | {"matching-0-tags": [order.pk], "matching-0-segments": [vip.pk]}

    as_manager.post("/admin/agents/team/add/", {"name": "Returns", "description": "What comes back", "members": [ida.pk, bo.pk]} | chosen)

    team = Team.objects.get()
    assert (team.name, team.description, set(team.members.all())) == ("Returns", "What comes back", {ida, bo})
    assert (list(team.matching.tags.all()), list(team.matching.segments.all())) == ([order], [vip])


def test_inactive_segment_of_a_team_is_pointed_out(as_manager: Client) -> None:
    """Whoever enters or leaves it is no longer noticed."""
    frozen, ida = Segment.objects.create(name="Summer 2024", is_active=False), make_agent("Ida")

    response = as_manager.post("/admin/agents/team/add/", {"name": "Returns", "members": [ida.pk], "matching-0-segments": [frozen.pk]} | INLINE)

    assert said(response)[0] == "Segment “Summer 2024” is inactive: nobody enters or leaves it."


def test_team_without_members_is_pointed_out(as_manager: Client) -> None:
    """A11: who cannot answer is no member."""
    make_team("Full", make_agent(), make_agent())
    make_team("One", make_agent(), make_agent(role=Role.ANALYST))
    make_team("Gone", make_agent(is_active=False))

    assert sizes(as_manager, "agents_team") == {"Full": ("manned", "2 members"), "One": ("manned", "1 member"), "Gone": ("empty", "No members")}


def test_saving_a_team_without_members_warns(as_manager: Client) -> None:
    """A11."""
    response = as_manager.post("/admin/agents/team/add/", {"name": "Returns"} | INLINE)

    assert said(response)[0] == "Returns has no members: tickets that are sent there wait."


@pytest.mark.parametrize("kind", ["team", "view"])
def test_destination_of_a_rule_is_not_deleted(as_manager: Client, kind: str) -> None:
    destination = make_team("Returns") if kind == "team" else SavedView.objects.create(name="Returns")
    make_rule("Text messages", to=destination, when=all_of(CHANNEL_IS_SMS))
    model = "agents_team" if kind == "team" else "tickets_savedview"

    response = as_manager.post(f"{list_of(model)}{destination.pk}/delete/", {"post": "yes"})

    assert said(response) == ["Returns cannot be deleted: tickets are sent here by “Text messages”. Change or delete that first."]
    assert Rule.objects.count() == 1


def test_team_with_open_tickets_is_not_deleted(as_manager: Client, manager: Agent) -> None:
    """They would fall back to Unassigned without a word in their history."""
    team = make_team("Returns")
    assign_team(make_ticket(), team, by=manager)

    response = as_manager.post(f"{list_of('agents_team')}{team.pk}/delete/", {"post": "yes"})

    assert said(response) == ["Returns cannot be deleted: it has open tickets. Give them to another team first."]
    assert Team.objects.filter(pk=team.pk).exists()


def test_unused_destinations_are_deleted(as_manager: Client) -> None:
    team, view = make_team("Returns"), SavedView.objects.create(name="Fraud")

    as_manager.post(f"{list_of('agents_team')}{team.pk}/delete/", {"post": "yes"})
    as_manager.post(f"{list_of('tickets_savedview')}{view.pk}/delete/", {"post": "yes"})

    assert (Team.objects.count(), SavedView.objects.count()) == (0, 0)


def test_view_shows_how_many_tickets_it_holds(as_manager: Client) -> None:
    fraud, _empty = SavedView.objects.create(name="Fraud"), SavedView.objects.create(name="Empty")
    for _ in range(2):
        ViewEntry.objects.create(view=fraud, ticket=make_ticket())

    assert sizes(as_manager, "tickets_savedview") == {"Fraud": 2, "Empty": 0}


def test_view_has_one_of_the_icons(as_manager: Client) -> None:
    response = as_manager.post("/admin/tickets/savedview/add/", {"name": "Fraud", "icon": '"><script>'})

    assert list(problems(response)) == ["icon"]


def test_view_is_added(as_manager: Client) -> None:
    as_manager.post("/admin/tickets/savedview/add/", {"name": "Fraud", "icon": "shield"})

    assert list(SavedView.objects.values_list("name", "icon")) == [("Fraud", "shield")]


def test_every_icon_is_drawn() -> None:
    drawn = (settings.BASE_DIR / "static/icons.svg").read_text()

    assert [name for name, _title in ICONS if f'id="i-{name}"' not in drawn] == []


def test_page_of_a_destination_is_there_for_managers(as_manager: Client) -> None:
    assert as_manager.get(page_of("agents_team", make_team("Returns"))).status_code == 200


def test_team_of_a_segment_that_is_gone_is_pointed_out_until_it_is_mended(as_manager: Client, manager: Agent) -> None:
    matching = TeamMatching.objects.create(team=make_team("Returns", make_agent("Ida")))
    club, old = create_segment("Club", by=manager), create_segment("Summer", by=manager)
    matching.segments.set([club, old])

    delete_segment(club, by=manager)
    change_segment(old, by=manager, is_active=False)

    assert [notice.text for notice in as_manager.get("/admin/").context["notices"]] == [
        "Returns takes customers of segment “Club”, which was deleted.",
        "Returns takes customers of segment “Summer”, which is inactive.",
    ]


@pytest.mark.parametrize(("model", "more"), [("team", INLINE), ("savedview", {"icon": "eye"})])
def test_name_that_nobody_can_see_is_none(as_manager: Client, model: str, more: dict[str, str]) -> None:
    app = "agents" if model == "team" else "tickets"

    response = as_manager.post(f"/admin/{app}/{model}/add/", {"name": "\u200b \u2800"} | more)

    assert problems(response) == {"name": ["This field is required."]}
