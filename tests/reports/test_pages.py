"""The page of reports: each number opens its tickets, and what is asked for stands in the address."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from agents.models import BusinessHours, Role
from helpdesk.customers.asking.patience import TookTooLong
from helpdesk.inbox.reports.charts import agent_bars, day_bars
from helpdesk.inbox.reports.page import Links, duration
from helpdesk.inbox.reports.page import _arrivals as arrivals_of
from helpdesk.reports.asked import Asked
from helpdesk.reports.service import Given
from helpdesk.reports.surges import Arrivals
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import Ticket
from routing.models import RoutingDecision
from routing.router import route_ticket
from tests.factories import make_agent, make_customer, make_ticket
from tests.inbox.browsing import browser_of, queries
from tests.reports.desk import a_ticket, at

pytestmark = pytest.mark.django_db
LINK = r'<a class="link" href="(/reports/tickets/[^"]+)">([^<]+)</a>'
WEEK = "/reports/?from=2026-11-09&until=2026-11-15&hours=clock"


@pytest.fixture
def tab() -> Client:
    return browser_of(make_agent("Cleo", role=Role.MANAGER))


def numbers(page: Any) -> list[tuple[str, str]]:
    """(address, what the number says)."""
    return [(unescape(url), said) for url, said in re.findall(LINK, page.content.decode())]


def tickets(page: Any) -> list[int]:
    return [int(number) for number in re.findall(r'href="/tickets/(\d+)/"', page.content.decode())]


def busy_desk() -> None:
    ada, bob = make_agent("Ada", online=True), make_agent("Bob")
    for channel in ("email", "sms", "email", "webchat"):
        route_ticket(make_ticket(channel=channel).pk, cause="created")
    assign_agent(Ticket.objects.earliest("pk"), bob, by=ada)
    now, customer = timezone.now(), make_customer()
    for wait in (1, 2, 3, 90, 90, None):
        a_ticket(now - timedelta(days=2), wait and now - timedelta(days=2) + timedelta(minutes=wait), customer=customer, channel="sms")
    RoutingDecision.objects.create(ticket=Ticket.objects.latest("pk"), cause="x", waiting_because="nobody is online", left_alone=True)


def test_desk_that_is_never_open_is_told_to_ask_by_any_clock(tab: Client) -> None:
    BusinessHours.objects.update_or_create(pk=1, defaults={"days": {}})

    page = tab.get("/reports/?from=2026-11-09&until=2026-11-15")

    assert "Minutes count only while the desk is open, and it never was: choose clock time." in page.content.decode()


def test_b12_b13_every_number_opens_its_tickets(tab: Client) -> None:
    """A count opens as many; a median the answered ones; the slowest tenth those that took so long or longer."""
    busy_desk()

    found = numbers(tab.get("/reports/?hours=clock"))

    opened = {url: len(tickets(tab.get(url))) for url, _said in found}
    counted = {url: int(said.replace(",", "")) for url, said in found if said.isdigit()}
    assert {url: opened[url] for url in counted} == counted
    assert {part for url, _said in found for part in re.findall(r"of=([\w-]+)", url)} == {"new", "answered", "slow", "unanswered", "by-turn", "by-hand", "left"}
    assert sorted({(said, opened[url]) for url, said in found if "of=slow" in url}) == [("90 min", 2)]


def test_list_is_newest_first_page_by_page(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that were created at the same instant are not lost between pages."""
    monkeypatch.setattr("helpdesk.inbox.views.reports.PAGE", 2)
    made = [a_ticket(at("2026-11-10 10:00") + timedelta(hours=hour)).pk for hour in (0, 1, 1, 1)]
    address = "/reports/tickets/?from=2026-11-09&until=2026-11-15&of=new"

    first = tab.get(address)
    older = unescape(re.findall(r'href="(\?[^"]+before=[^"]+)"', first.content.decode())[0])
    second = tab.get(f"/reports/tickets/{older}")

    assert [tickets(page) for page in (first, second)] == [[made[3], made[2]], [made[1], made[0]]]


def test_channel_and_days_narrow_all_numbers(tab: Client) -> None:
    a_ticket(at("2026-11-10 10:00"), channel="sms")
    a_ticket(at("2026-11-10 10:00"))
    a_ticket(at("2026-11-16 10:00"), channel="sms")

    page = tab.get(f"{WEEK}&channel=sms").content.decode()

    figures = re.findall(r'<dt>([^<]+)</dt><dd><span class="figure">(?:<a[^>]*>)?([^<]+)', page)
    assert [(title, said.strip()) for title, said in figures] == [
        ("Time to first reply, median", "–"),
        ("Slowest tenth", "–"),
        ("Not answered yet", "1"),
        ("New tickets", "1"),
    ]
    assert '<option value="sms" selected>' in page


def test_change_is_said_against_the_period_before(tab: Client) -> None:
    a_ticket(at("2026-11-03 10:00"), at("2026-11-03 10:20"))
    a_ticket(at("2026-11-10 10:00"), at("2026-11-10 10:15"))
    a_ticket(at("2026-11-10 10:00"))

    page = tab.get(WEEK).content.decode()

    deltas = re.findall(r'<span class="delta"([^>]*)>([^<]+)', page)
    assert deltas == [(" data-good", "5 min faster"), (" data-good", "5 min faster"), ("", "1 more"), ("", "1 more")]


@pytest.mark.parametrize(
    "query",
    [
        {"from": "soon", "until": "2026-11-15"},
        {"from": "2026-11-15"},
        {"from": "2026-11-15", "until": "2026-11-09"},
        {"from": "2024-01-01", "until": "2026-11-15"},
        {"from": "0001-01-01", "until": "0001-01-02"},
        {"from": "9999-12-31", "until": "9999-12-31"},
        {"days": "5"},
        {"days": "9" * 5_000},
        {"channel": "pigeon"},
    ],
)
def test_what_cannot_be_read_is_said_and_stays_typed(tab: Client, query: dict[str, str]) -> None:
    page = tab.get("/reports/", query)

    text = page.content.decode()
    assert (page.status_code, text.count('role="alert"'), query.get("from", "") in text) == (422, 1, True)
    assert [tab.get(f"/reports/{part}", query).status_code for part in ("tickets/", "replies.csv")] == [404, 404]


@pytest.mark.parametrize("query", [{"of": "no"}, {"of": "by-turn", "agent": "0"}, {"of": "by-turn", "agent": "9" * 30}, {"of": "new", "before": "x~1"}, {}])
def test_numbers_that_are_not_there(tab: Client, query: dict[str, str]) -> None:
    assert tab.get("/reports/tickets/", query).status_code == 404


def test_number_of_minutes_beyond_all_numbers(tab: Client) -> None:
    assert tickets(tab.get("/reports/tickets/", {"of": "slow", "minutes": "9" * 18})) == []


def test_empty_period_says_so(tab: Client) -> None:
    page = tab.get(WEEK).content.decode()

    assert page.count("No tickets came in during these days.") == 1


@pytest.mark.parametrize("address", ["/reports/", "/reports/tickets/?of=new", "/reports/agents.csv"])
def test_what_takes_too_long_is_said(tab: Client, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    class Never:
        def __enter__(self) -> None:
            raise TookTooLong

        def __exit__(self, *_problem: Any) -> None: ...

    monkeypatch.setattr("helpdesk.inbox.views.reports.within", lambda _seconds: Never())

    assert tab.get(address).content.decode().count("This takes too long to count: choose fewer days, or one channel.") == 1


def test_page_takes_as_many_queries_for_many_as_for_few(tab: Client) -> None:
    def asked() -> list[int]:
        return [queries(tab, url) for url in ("/reports/", "/reports/tickets/?of=new")]

    busy_desk()
    few = asked()
    for number in range(40):
        make_agent(f"{number} with a name that is longer than any bar of a chart has room for", online=True)
    for _ in range(3):
        busy_desk_again()

    assert asked() == few


def test_page_takes_as_many_queries_for_many_days_as_for_few(tab: Client) -> None:
    a_ticket(at("2026-11-15 10:00"), at("2026-11-15 10:15"))

    assert queries(tab, "/reports/?from=2026-05-01&until=2026-11-15") == queries(tab, "/reports/?from=2026-11-15&until=2026-11-15")


def busy_desk_again() -> None:
    ticket = make_ticket()
    route_ticket(ticket.pk, cause="created")
    Ticket.objects.filter(pk=ticket.pk).update(first_reply_at=timezone.now())


def test_csv_says_the_numbers_of_the_page(tab: Client) -> None:
    a_ticket(at("2026-11-10 10:00"), at("2026-11-10 10:15"))
    a_ticket(at("2026-11-10 10:00"))

    response: Any = tab.get("/reports/replies.csv?from=2026-11-09&until=2026-11-10&hours=clock")

    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[1:] == [["2026-11-09", "0", "0", "", "", "0"], ["2026-11-10", "2", "1", "15", "15", "1"]]


@pytest.mark.parametrize("table", ["channels", "agents", "unassigned"])
def test_each_table_has_rows_as_long_as_its_titles(tab: Client, table: str) -> None:
    busy_desk()

    response: Any = tab.get(f"/reports/{table}.csv")

    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert (len(rows) > 1, {len(row) for row in rows}) == (True, {len(rows[0])})


@pytest.mark.parametrize("days", [1, 2, 400])
def test_charts_hold_any_number_of_days(tab: Client, days: int) -> None:
    last = date(2026, 11, 15)
    a_ticket(at("2026-11-15 10:00"), at("2026-11-15 10:15"))

    page = tab.get("/reports/", {"from": str(last - timedelta(days=days - 1)), "until": str(last)})

    assert (page.status_code, page.content.decode().count('<circle class="point"')) == (200, 2)


def test_presets_are_links_and_the_chosen_one_is_marked(tab: Client) -> None:
    page = tab.get("/reports/?days=7&hours=clock").content.decode()

    assert re.findall(r'<a href="(\?days=[^"]+)"( aria-current="true")?>', page) == [
        ("?days=7&amp;hours=clock", ' aria-current="true"'),
        ("?days=28&amp;hours=clock", ""),
        ("?days=84&amp;hours=clock", ""),
    ]


def test_asked_stands_in_the_address() -> None:
    asked = Asked(date(2026, 11, 9), date(2026, 11, 15), "sms", is_business=False)

    assert asked.query == "from=2026-11-09&until=2026-11-15&channel=sms&hours=clock"


@pytest.mark.parametrize(("language", "thousands", "half"), [("en", "1,234", "4.5"), ("sv", "1\xa0234", "4,5"), ("pl", "1\xa0234", "4,5")])
def test_numbers_are_written_as_the_reader_writes_them(language: str, thousands: str, half: str) -> None:
    """Where a comma is for decimals, 1,234 would be little more than one."""
    links, agent = Links(Asked.usual(), may_open=False), make_agent()
    with translation.override(language):
        (_day, _channel, number, usual, _is_surge) = arrivals_of(links, [Arrivals(date(2026, 11, 16), "sms", 1234, 4.5)])[0]
        bar, grid = agent_bars([Given(agent, 1234, 1234)]).bars[0], day_bars([date(2026, 11, 16)], [Arrivals(date(2026, 11, 16), "sms", 4936, None)]).axis.grid

        assert (number.said, usual, duration(1234 * 60).rpartition(" ")[0], bar.said) == (thousands, half, thousands, f"{thousands} + {thousands}")
        assert grid[0][1] == thousands.replace("1", "2").replace("234", "000")
