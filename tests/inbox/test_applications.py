"""The pages about applying the live rules to open tickets (C14)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Role
from helpdesk.tickets.models import SavedView, Ticket
from routing.applying.models import Application
from routing.applying.runs import start
from routing.router import route_ticket
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team, make_ticket
from tests.inbox.browsing import browser_of, history, queries
from tests.routing.applications import applied, undone, work_through

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)


@pytest.fixture
def cleo() -> Agent:
    return make_agent("Cleo Manager", role=Role.MANAGER)


@pytest.fixture
def tab(cleo: Agent) -> Client:
    return browser_of(cleo)


def words(response: Any) -> str:
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def waiting(channel: str = "sms") -> Ticket:
    ticket = make_ticket(channel=channel)
    route_ticket(ticket.pk, cause="created")
    return ticket


def test_it_is_seen_done_and_undone(tab: Client) -> None:
    """Without scripts: the page, its button, the result, its Undo."""
    tickets, team = [waiting(), waiting(), waiting("email")], make_team("Returns")
    make_rule("Texts", to=team, when=IS_SMS)
    make_rule("Watch", to=SavedView.objects.create(name="Fraud"), when=IS_SMS)

    seen = words(tab.get("/routing/applications/"))
    begun = tab.post("/routing/applications/")
    run = Application.objects.get()
    running = tab.get(begun["Location"])
    work_through(run)
    done = words(tab.get(begun["Location"]))
    undoing = tab.post(f"/routing/applications/{run.pk}/undoing/")
    work_through(run)
    undone = words(tab.get(undoing["Location"]))

    assert "3 open tickets are unassigned Returns 2 Enter the view Fraud 2 No rule moves them 1" in seen
    assert "Apply to 3 tickets" in seen
    assert (begun["Location"], undoing["Location"]) == (f"/routing/applications/{run.pk}/",) * 2
    assert "Running Cancel" in words(running)
    assert 'hx-trigger="every 2s"' in running.content.decode()
    assert "Done Unassigned then 3 Read 3 Moved 2 Undo" in done
    assert f"#{tickets[0].pk} Where is it? Returns · view Fraud" in done
    assert "Taken back 2 Changed since, so they stay 0" in undone
    assert "Undo Tickets" not in undone
    assert list(Ticket.objects.exclude(team=None)) == []
    assert history(tab.get(f"/tickets/{tickets[0].pk}/"))[-1] == "You undid applying the rules: it is unassigned again."


def test_progress_is_asked_for_alone(tab: Client) -> None:
    waiting()
    make_rule(to=make_team(), when=IS_SMS)
    run = start(by=None)

    part = tab.get(f"/routing/applications/{run.pk}/", headers={"HX-Request": "true", "HX-Target": "run"}).content.decode()

    assert part.startswith('<section class="application" id="run" hx-get')
    assert "<main" not in part
    assert re.findall(r"<(?:a|button)(?![^>]* id=)[^>]*>", part) == []  # the focus is found again by it


def test_run_is_cancelled(tab: Client) -> None:
    make_rule(to=make_team(), when=IS_SMS)
    run = start(by=None)

    tab.post(f"/routing/applications/{run.pk}/cancellation/")

    run.refresh_from_db()
    assert (run.status, "Cancelled" in words(tab.get(f"/routing/applications/{run.pk}/"))) == ("cancelled", True)


def test_what_cannot_be_done_is_said(tab: Client) -> None:
    nothing_published = words(tab.get("/routing/applications/"))
    refused = tab.post("/routing/applications/")
    make_rule(to=make_team(), when=IS_SMS)
    nobody_waits = words(tab.get("/routing/applications/"))
    run = start(by=None)
    again, undoing = tab.post("/routing/applications/"), tab.post(f"/routing/applications/{run.pk}/undoing/")

    assert "No rules have been published yet." in nothing_published
    assert "Everyone has an owner." in nobody_waits
    assert [(each.status_code, each.content.decode().count('role="alert"')) for each in (refused, again, undoing)] == [(409, 1)] * 3


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 403), (Role.ANALYST, 404)])
def test_only_managers_apply(role: Role, status: int) -> None:
    """R3, V3."""
    tab = browser_of(make_agent(role=role))
    waiting()
    make_rule(to=make_team(), when=IS_SMS)
    run = applied()
    address = f"/routing/applications/{run.pk}/"

    reading = [tab.get("/routing/applications/"), tab.get(address)]
    writing = [tab.post("/routing/applications/"), tab.post(f"{address}cancellation/"), tab.post(f"{address}undoing/")]

    assert [each.status_code for each in reading + writing] == [status] * 5
    assert [each.status for each in Application.objects.all()] == ["done"]


@pytest.mark.parametrize("number", [77, 10**18, 10**30])
def test_run_that_is_not_there(tab: Client, number: int) -> None:
    assert [tab.get(f"/routing/applications/{number}/").status_code, tab.post(f"/routing/applications/{number}/undoing/").status_code] == [404, 404]


def test_pages_take_the_same_number_of_queries_however_much_was_moved(tab: Client) -> None:
    team, taken = make_team(), []
    make_rule(to=team, when=IS_SMS)
    for _run in range(3):
        for _ticket in range(2):
            make_ticket(channel="sms")
        run = applied()
        queries(tab, "/routing/applications/")  # what a process reads once
        taken.append((queries(tab, "/routing/applications/"), queries(tab, f"/routing/applications/{run.pk}/")))
        undone(run)

    assert taken == [taken[0]] * 3
