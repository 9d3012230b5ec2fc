"""The pages about tickets of people who are not there, and the banner that leads to them (I8)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agents.models import Agent, Role
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import Act, Ticket
from routing.backlog import spread
from routing.models import RoundRobinSettings
from tests.factories import make_agent
from tests.inbox.browsing import browser_of, queries
from tests.inbox.leaving import gone, left, owners

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always_open")]


def words(response: Any) -> str:
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def banner(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition('<div class="banner')[2].partition("</div>")[0]).partition(">")[2].split())


def test_it_is_seen_done_and_undone(cleo: Agent) -> None:
    """Without scripts: the page, its button, what it did, its Undo."""
    make_agent("Bob", online=True)
    tickets, tab = left(gone(), 2), browser_of(cleo)

    seen = words(tab.get("/backlog/?in=all"))
    done = tab.post("/backlog/?in=all", follow=True)
    after = owners(tickets)
    undone = words(tab.post(f"/backlog/{Act.objects.get().pk}/undoing/"))

    assert "2 open tickets wait with Gone" in seen
    assert "2 tickets were spread" in words(done)
    assert undone.endswith("Undone: 2 tickets are with their former owners again. Bob 2 To the list")
    assert (after, owners(tickets)) == (["Bob", "Bob"], ["Gone", "Gone"])


def test_second_press_of_undo_says_no_number(cleo: Agent) -> None:
    """What had been touched is told where something had, by the press that undid it."""
    make_agent("Bob", online=True)
    tickets, tab = left(gone(), 2), browser_of(cleo)
    act = spread(None, by=cleo).act
    assert act is not None
    assign_agent(tickets[0], cleo, by=cleo)

    undone, again, seen = [banner(ask(f"/backlog/{act.pk}/{end}")) for ask, end in ((tab.post, "undoing/"), (tab.post, "undoing/"), (tab.get, ""))]

    assert undone == "Undone: 1 ticket is with its former owner again. What somebody had touched stayed."
    assert (again, seen) == ("This was undone.", "This was undone.")


def test_second_spreading_says_why_nothing_happened(cleo: Agent) -> None:
    make_agent("Bob", online=True)
    left(gone(), 2)
    spread(None, by=cleo)

    response = browser_of(cleo).post("/backlog/?in=all")

    assert (response.status_code, banner(response)) == (409, "Nothing was spread. Somebody has spread these tickets already, or their owners are back.")


def test_nobody_there_leaves_all_and_says_so(cleo: Agent) -> None:
    tickets, tab = left(gone()), browser_of(cleo)

    response = tab.post("/backlog/?in=all")

    assert (response.status_code, owners(tickets)) == (409, ["Gone"])
    assert "Nobody could be given any of them now" in words(response)
    assert "1 ticket stays where it is: nobody is Online. Somebody who could get them has to go Online first" in words(response)


def test_full_desk_says_what_to_do(cleo: Agent) -> None:
    """No dead end: the tickets in their list, and for who may, where the limit is set."""
    RoundRobinSettings.objects.create(pk=1, capacity=1)
    left(bob := make_agent("Bob", online=True)), left(owner := gone())
    Ticket.objects.filter(assignee=bob).update(assigned_automatically=True)

    page = browser_of(cleo).get("/backlog/?in=all")

    assert "1 ticket stays where it is: everybody is full. Whoever is full has to close tickets first" in words(page)
    assert re.findall(r'class="button[^"]*" href="([^"]+)"', page.content.decode().partition("<main")[2]) == [
        f"/inbox/all/?assignee={owner.pk}",
        "/admin/routing/roundrobinsettings/",
    ]


@pytest.mark.parametrize("address", ["/backlog/?in=team-999999", "/backlog/?in=team-99999999999999999999", "/backlog/?in=mine", "/backlog/999999/"])
def test_what_is_not_there(cleo: Agent, address: str) -> None:
    assert browser_of(cleo).get(address).status_code == 404


@pytest.mark.parametrize("place", ["", "%20", "a/b", "?", "team-999999", "mine?q=x"])
def test_result_leads_to_a_list_that_is_there(cleo: Agent, place: str) -> None:
    """Whatever its address says; undoing answers, too."""
    make_agent("Bob", online=True)
    left(gone())
    act = spread(None, by=cleo).act
    assert act is not None
    tab = browser_of(cleo)

    pages = [tab.get(f"/backlog/{act.pk}/?in={place}"), tab.post(f"/backlog/{act.pk}/undoing/?in={place}")]

    key = "mine" if place.startswith("mine") else "all"
    assert [re.findall(r'href="(/inbox/[^"]+)"', page.content.decode().partition("<main")[2]) for page in pages] == [[f"/inbox/{key}/"] * 2] * 2


def test_banner_comes_and_goes_with_the_counts(cleo: Agent) -> None:
    """An open list reads them again when tickets change; its page and that answer say the same."""
    make_agent("Bob", online=True)
    left(gone(), 2)
    tab = browser_of(cleo)

    def banners() -> list[list[str]]:
        pages = [tab.get(address).content.decode() for address in ("/inbox/all/", "/sidebar/?in=all")]
        return [re.findall(r'(?s)<div id="backlog".*?</div></div></div>|<div id="backlog"[^>]*></div>', page) for page in pages]

    [[seen], [part]] = banners()
    spread(None, by=cleo)

    assert "2 tickets wait with people who are not there:" in seen
    assert part == seen.replace('id="backlog"', 'id="backlog" hx-swap-oob="true"')
    assert banners() == [['<div id="backlog"></div>'], ['<div id="backlog" hx-swap-oob="true"></div>']]


def test_counts_with_the_banner_cost_the_same_however_much_is_left(cleo: Agent) -> None:
    left(gone())
    tab = browser_of(cleo)
    queries(tab, "/sidebar/?in=all")  # what a process reads once
    needed = queries(tab, "/sidebar/?in=all")
    left(gone("Another"), 2)

    assert queries(tab, "/sidebar/?in=all") == needed


def test_others_find_nothing(cleo: Agent) -> None:
    """V3: an agent may not spread the desk; nobody sees or undoes what another has done."""
    make_agent("Bob", online=True)
    tickets = left(gone())
    act = spread(None, by=cleo).act
    assert act is not None
    agent, chief = browser_of(make_agent()), browser_of(make_agent(role=Role.ADMIN))

    found = [agent.get("/backlog/?in=all"), agent.post("/backlog/?in=all"), chief.get(f"/backlog/{act.pk}/"), chief.post(f"/backlog/{act.pk}/undoing/")]

    assert ([response.status_code for response in found], owners(tickets)) == ([403, 403, 404, 404], ["Bob"])


def test_managers_are_told_on_the_first_page_of_the_admin(cleo: Agent) -> None:
    left(gone(), 2)

    page = browser_of(cleo).get("/admin/").content.decode()

    assert "2 open tickets wait with people who are not there." in page
