"""The fairness ledger (I7)."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st

from agents.models import Agent, Availability, BusinessHours, Role
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import Ticket
from routing.fairness import NOT_A_MEMBER, Share, fairness
from routing.models import RoundRobinSettings
from routing.router import route_ticket
from routing.shifts import go_offline, go_online
from tests.factories import make_agent, make_customer, make_team, make_ticket
from tests.inbox.browsing import browser_of, queries

pytestmark = pytest.mark.django_db


def arrive(team: Any = None, **fields: Any) -> Ticket:
    ticket = make_ticket(**fields)
    Ticket.objects.filter(pk=ticket.pk).update(team=team)
    route_ticket(ticket.pk, cause="created")
    return ticket


def shares() -> dict[str, Share]:
    now = timezone.now()
    found = fairness(now - timedelta(days=1), now + timedelta(days=1))
    return {str(share.agent): share for share in found.shares}


def test_every_gap_is_explained(settings: Any) -> None:
    """Of each agent all arrivals are told: those they got, and why they did not get the others."""
    ada, bob, eva = (make_agent(name, online=True) for name in ("Ada", "Bob", "Eva"))
    team = make_team("Returns", ada, bob)
    RoundRobinSettings.objects.create(pk=1, capacity=3)
    arrive()  # Ada
    arrive(team)  # Bob
    go_offline(eva)
    arrive()  # Ada
    Availability.objects.filter(agent=bob).update(seen_at=timezone.now() - timedelta(seconds=settings.PRESENCE_TTL + 1))
    arrive()  # Ada, who is full then
    arrive()  # nobody

    assert {name: share.counts for name, share in shares().items()} == {
        "Ada": {"taken": 3, "not their turn": 1, "full": 1},
        "Bob": {"taken": 1, "not their turn": 2, "away": 2},
        "Eva": {"not their turn": 1, "offline": 3, NOT_A_MEMBER: 1},
    }


def test_part_is_split_among_all_who_could_get_it() -> None:
    ada, bob = make_agent("Ada", online=True), make_agent("Bob", online=True)
    arrive()
    arrive(make_team("Returns", ada))
    go_offline(bob)
    arrive()

    assert {name: (share.eligible, share.received, share.due) for name, share in shares().items()} == {"Ada": (3, 3, 2.5), "Bob": (1, 0, 0.5)}


def test_arrivals_for_which_nobody_was_asked_are_counted_by_their_reason() -> None:
    make_agent("Ada", online=True)
    BusinessHours.objects.create(pk=1, days={})
    arrive(channel="webchat")
    arrive(make_team("Empty"))
    RoundRobinSettings.objects.create(pk=1, is_on=False)
    arrive()
    now = timezone.now()

    found = fairness(now - timedelta(days=1), now + timedelta(days=1))

    assert (found.arrivals, found.unasked) == (3, {"outside business hours": 1, "nobody is online": 1, "round robin is off": 1})
    assert [share.counts for share in found.shares] == [{}]


def test_by_hand_is_no_arrival() -> None:
    """A20."""
    ada = make_agent("Ada", online=True)
    ticket = make_ticket()
    assign_agent(ticket, ada, by=ada)
    route_ticket(ticket.pk, cause="again")

    assert [share.counts for share in shares().values()] == [{}]


@hypothesis.given(st.lists(st.tuples(st.sampled_from(["arrive", "toggle"]), st.integers(0, 3)), max_size=25))
@hypothesis.settings(max_examples=max(5, hypothesis.settings().max_examples // 10), suppress_health_check=list(hypothesis.HealthCheck))
def test_equals_differ_by_one_at_most_and_all_adds_up(steps: list[tuple[str, int]]) -> None:
    """Whoever was never Offline could get all, so their numbers differ by at most one; what was given is what was received."""
    with transaction.atomic():
        customer, agents, away = make_customer(), [make_agent(online=True) for _ in range(4)], set[int]()
        toggled = set[int]()
        for number, (step, who) in enumerate(steps):
            if step == "arrive":
                ticket = Ticket.objects.create(customer=customer, channel="email", inbox="desk", subject="Hello", thread_key=str(number))
                route_ticket(ticket.pk, cause="created")
            else:
                (go_online if who in away else go_offline)(agents[who])
                away ^= {who}
                toggled.add(who)
        found = shares()
        given = Counter(Ticket.objects.filter(assignee__isnull=False).values_list("assignee", flat=True))
        stayed = [found[str(agent)].received for number, agent in enumerate(agents) if number not in toggled]
        transaction.set_rollback(True)

    assert max(stayed, default=0) - min(stayed, default=0) <= 1
    assert {share.agent.pk: share.received for share in found.values() if share.received} == given
    assert round(sum(share.due for share in found.values()), 6) == given.total()


@pytest.fixture
def tab() -> Any:
    return browser_of(make_agent("Cleo", role=Role.MANAGER))


def numbers(response: Any) -> list[str]:
    """The addresses behind the numbers of the page."""
    return [url.replace("&amp;", "&") for url in re.findall(r'href="(/fairness/arrivals/[^"]+)"', response.content.decode())]


def test_each_number_opens_what_is_behind_it(tab: Any) -> None:
    ada, bob = make_agent("Ada", online=True), make_agent("Bob", online=True)
    first, second, third = arrive(), arrive(make_team("Returns", bob)), arrive()
    go_offline(ada)

    found = {}
    for url in numbers(tab.get("/fairness/")):
        page = tab.get(url)
        title = re.sub(r"\s+", " ", re.findall(r"<h1>(.*?)</h1>", page.content.decode())[0])
        found[title] = [int(number) for number in re.findall(r'href="/tickets/(\d+)/"', page.content.decode())]

    assert {title: rows for title, rows in found.items() if "Cleo" not in title} == {
        "Ada: Could have got": [third.pk, first.pk],
        "Ada: Got": [third.pk, first.pk],
        "Ada: For others": [second.pk],
        "Bob: Could have got": [third.pk, second.pk, first.pk],
        "Bob: Got": [second.pk],
        "Bob: Not their turn": [third.pk, first.pk],
    }


@pytest.mark.parametrize(("role", "status"), [*((role, 200) for role in ("Owner", "Admin", "Manager", "Agent")), ("Analyst", 404)])
def test_everybody_who_answers_sees_it(role: str, status: int) -> None:
    """V3."""
    browser = browser_of(make_agent(role=Role(role)))

    assert [browser.get(url).status_code for url in ("/fairness/", "/fairness/arrivals/?outcome=full")] == [status, status]


@pytest.mark.parametrize(
    "days",
    [{"from": "yesterday"}, {"from": "2026-11-23", "to": "2026-11-22"}, {"from": "0001-01-01", "to": "9999-12-31"}],
)
def test_days_that_mean_nothing_are_said_and_kept(tab: Any, days: dict[str, str]) -> None:
    response = tab.get("/fairness/", days)

    assert (response.status_code, 'role="alert"' in response.content.decode()) == (422, True)
    assert f'value="{days["from"]}"' in response.content.decode()


@pytest.mark.parametrize(
    "query", [{"outcome": "much"}, {}, {"outcome": "full", "agent": "9" * 30}, {"outcome": "full", "agent": "x"}, {"outcome": "full", "before": "-1"}]
)
def test_numbers_that_are_not_there(tab: Any, query: dict[str, str]) -> None:
    assert tab.get("/fairness/arrivals/", query).status_code == 404


def test_older_arrivals_follow_page_by_page(tab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.inbox.views.fairness.PAGE", 2)
    make_agent("Ada", online=True)
    tickets = [arrive().pk for _ in range(3)]
    url = next(url for url in numbers(tab.get("/fairness/")) if "outcome=taken" in url)

    first = tab.get(url).content.decode()
    older = re.findall(r'href="(/fairness/arrivals/[^"]+before=[^"]+)"', first)[0].replace("&amp;", "&")
    second = tab.get(older).content.decode()

    assert [[int(n) for n in re.findall(r'href="/tickets/(\d+)/"', page)] for page in (first, second)] == [[tickets[2], tickets[1]], [tickets[0]]]


def test_pages_ask_as_much_for_many_as_for_few(tab: Any) -> None:
    def asked() -> list[int]:
        return [queries(tab, url) for url in ("/fairness/", "/fairness/arrivals/?outcome=nobody+is+online")]

    arrive(make_team("Empty"))
    make_agent(online=True)
    arrive()
    few = asked()
    for _ in range(3):
        make_agent(online=True)
        arrive(make_team())
        arrive()

    assert asked() == few


def test_who_left_is_still_counted(tab: Any) -> None:
    ada = make_agent("Ada", online=True)
    arrive()
    Agent.objects.filter(pk=ada.pk).update(is_active=False)

    assert shares()["Ada"].received == 1


@pytest.mark.parametrize(("role", "links"), [(Role.MANAGER, ["/reports/?from=2026-11-01&amp;until=2026-11-02#agents"]), (Role.AGENT, [])])
def test_page_says_why_reports_say_other_numbers(role: Role, links: list[str]) -> None:
    """B12 counts assignments, I7 arrivals; who reads reports is led there, to the same days."""
    page = browser_of(make_agent(role=role)).get("/fairness/?from=2026-11-01&to=2026-11-02").content.decode()

    assert "Reports count on the day of the assignment, what was spread too and spam not" in page
    assert re.findall(r'href="([^"]+#agents)"', page) == links
