"""The help page on assigning tickets, done in the pages as it tells it (A1, A5, A6, A23–A30, B14)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agents.models import Agent, Role
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_customer, make_team, make_ticket
from tests.inbox.browsing import browser_of, chosen, rows
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket()


def listed(agent: Agent, key: str) -> list[int]:
    return rows(browser_of(agent).get(f"/inbox/{key}/"))


def ticks(agent: Agent, key: str) -> list[str]:
    """What the tick boxes of a list send."""
    page = browser_of(agent).get(f"/inbox/{key}/").content.decode()
    return re.findall(r'<input class="tick" type="checkbox" name="ticket" value="([^"]*)" form="bulk"', page)


def offered(agent: Agent, tickets: list[str]) -> dict[str, str]:
    """{what it says: what it sends} of each person in the menu, in order."""
    page = browser_of(agent).get("/actions/", {"ticket": tickets}).content.decode()
    found = re.findall(r'name="do" value="(assign[^"]*)" data-name="[^"]*">.*?<span>([^<]+)</span>', page)
    return {name: value for value, name in found}


def do(agent: Agent, tickets: list[str], what: str) -> str:
    response = browser_of(agent).post("/acts/", {"ticket": tickets, "do": what, "in": "all"})
    assert response.status_code == 200
    heading = re.search(r"<h1>(.*?)</h1>", response.content.decode())
    assert heading is not None
    return heading[1]


@pytest.mark.parametrize(("role", "status"), [(role, 422 if role == Role.ANALYST else 200) for role in Role])
def test_a1_only_those_who_answer_assign(role: Role, status: int, ticket: Ticket, ada: Agent) -> None:
    """A1."""
    somebody = make_agent("Somebody", role=role)

    response = browser_of(somebody).post("/acts/", {"ticket": ticket.pk, "do": f"assign:{ada.pk}"})

    assert (response.status_code, again(ticket).assignee) == (status, ada if status == 200 else None)


def test_a5_a26_assigned_to_oneself_or_to_another(ada: Agent, bea: Agent) -> None:
    """A5, A26: it moves to the inbox of whoever got it."""
    mine, hers = make_ticket(), make_ticket()

    said = (do(ada, [f"{mine.pk}:"], f"assign:{ada.pk}"), do(ada, [f"{hers.pk}:"], f"assign:{bea.pk}"))

    assert said == ("1 ticket assigned", "1 ticket assigned")
    assert (listed(ada, "mine"), listed(bea, "mine"), listed(ada, "unassigned")) == ([mine.pk], [hers.pk], [])


def test_a6_my_inbox_holds_ones_own_alone(ada: Agent, bea: Agent, ticket: Ticket) -> None:
    """A6."""
    own = make_ticket()
    assign_agent(own, ada, by=ada)
    assign_agent(ticket, bea, by=ada)

    assert listed(ada, "mine") == [own.pk]


def test_a23_somebody_was_quicker(ada: Agent, bea: Agent, ticket: Ticket) -> None:
    """A23: the row said nobody; by the time Ada chooses, Bea has it, and Ada is told."""
    seen = ticks(ada, "unassigned")
    do(bea, seen, f"assign:{bea.pk}")

    said = do(ada, seen, f"assign:{ada.pk}")

    assert (said, again(ticket).assignee) == (f"Already taken by Bea Nowak: #{ticket.pk}.", bea)


def test_a23_it_is_plain_who_has_a_ticket(ada: Agent, bea: Agent, ticket: Ticket) -> None:
    """A23: in the list, and on the ticket itself."""
    assign_agent(ticket, bea, by=bea)

    in_list = browser_of(ada).get("/inbox/all/").content.decode()

    assert in_list.count("Assigned to Bea Nowak") == 1
    assert chosen(browser_of(ada).get(f"/tickets/{ticket.pk}/"), "assignee") == "Bea Nowak"


def test_a24_three_dots_of_a_row_lead_to_people(ada: Agent, bea: Agent, ticket: Ticket) -> None:
    """A24: oneself first, No assignee last."""
    page = browser_of(ada).get("/inbox/unassigned/").content.decode()
    link = re.search(r'href="(/actions/[^"]*)"[^>]* aria-label="Actions for #', page)
    assert link is not None

    menu = browser_of(ada).get(link[1].replace("&amp;", "&"))

    assert (menu.status_code, f"#{ticket.pk}" in menu.content.decode()) == (200, True)
    assert offered(ada, [f"{ticket.pk}:"]) == {"Assign to me": f"assign:{ada.pk}", "Bea Nowak": f"assign:{bea.pk}", "No assignee": "assign"}


def test_a25_ticked_rows_are_assigned_together(ada: Agent, bea: Agent) -> None:
    """A25: the menu says of how many."""
    tickets = [make_ticket() for _ in range(3)]
    boxes = ticks(ada, "unassigned")
    menu = browser_of(ada).get("/actions/", {"ticket": boxes}).content.decode()

    said = do(ada, boxes, f"assign:{bea.pk}")

    assert (menu.count('<p class="menu-label">3 tickets</p>'), said) == (1, "3 tickets assigned")
    assert {again(ticket).assignee for ticket in tickets} == {bea}


def test_a27_a28_overview_tells_who_has_it_and_the_rest(ada: Agent, bea: Agent) -> None:
    """A27, A28."""
    customer = make_customer("Rowan", email="rowan@example.com")
    ticket, _other = make_ticket(customer=customer), make_ticket(customer=customer)
    assign_agent(ticket, bea, by=ada)

    response = browser_of(ada).get(f"/tickets/{ticket.pk}/")
    page = response.content.decode()

    facts = [f'<span class="number">#{ticket.pk}</span>', ">2 from Rowan</a>", "E-mail</dd>", f'<time datetime="{ticket.created_at:%Y-%m-%d}']
    assert chosen(response, "assignee") == "Bea Nowak"
    assert [fact for fact in facts if fact not in page] == []


def test_a29_reassigned_in_the_overview(ada: Agent, bea: Agent, ticket: Ticket) -> None:
    """A29."""
    assign_agent(ticket, ada, by=ada)

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/assignment/", {"assignee": bea.pk, "seen_assignee": ada.pk})

    assert (response.status_code, again(ticket).assignee) == (302, bea)


@pytest.mark.parametrize("way", ["menu", "overview"])
def test_a30_no_assignee_returns_it_to_unassigned(way: str, ada: Agent, ticket: Ticket) -> None:
    """A30."""
    assign_agent(ticket, ada, by=ada)

    if way == "menu":
        do(ada, [f"{ticket.pk}:{ada.pk}"], "assign")
    else:
        browser_of(ada).post(f"/tickets/{ticket.pk}/assignment/", {"assignee": "", "seen_assignee": ada.pk})

    assert listed(ada, "unassigned") == [ticket.pk]


def test_b14_tickets_of_who_went_offline_are_spread_over_a_team(ada: Agent) -> None:
    """B14: over its Online members, in turn; nobody who is Offline gets one."""
    anna, bob, gone = (make_agent(name, online=name != "Gone") for name in ("Anna", "Bob", "Gone"))
    team = make_team("Returns", anna, bob, gone)
    tickets = [make_ticket() for _ in range(4)]
    for ticket in tickets:
        assign_agent(ticket, gone, by=gone)

    said = do(ada, [f"{ticket.pk}:{gone.pk}" for ticket in tickets], f"team:{team.pk}")

    assert said == "4 tickets moved"
    assert [again(ticket).assignee for ticket in tickets] == [anna, bob, anna, bob]
    assert sorted(listed(ada, f"team-{team.pk}")) == [ticket.pk for ticket in tickets]


def test_selecting_all_in_a_list_reaches_beyond_its_page(ada: Agent, bea: Agent, monkeypatch: Any) -> None:
    """A25: of the list as it is narrowed."""
    monkeypatch.setattr("helpdesk.inbox.pages.PAGE", 2)
    tickets = [make_ticket(channel="sms") for _ in range(3)]
    other = make_ticket()

    response = browser_of(ada).post("/acts/", {"everything": "1", "in": "all?channel=sms", "do": f"assign:{bea.pk}"})

    assert response.status_code == 200
    assert [again(ticket).assignee for ticket in (*tickets, other)] == [bea, bea, bea, None]
