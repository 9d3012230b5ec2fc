"""What open pages are told about tickets."""

from __future__ import annotations

from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from agents import streams, toasts
from agents.languages import in_language
from agents.streams import DESK, agent_stream
from helpdesk.tickets import live
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import close, reopen, set_sentiment
from helpdesk.tickets.acts.tags import add_tag, untag_many
from helpdesk.tickets.conversation.messages import add_customer_message, add_note
from helpdesk.tickets.live import ticket_frame
from helpdesk.tickets.models import SavedView, Tag, Ticket, ViewEntry
from tests.factories import make_agent, make_team, make_ticket, reply
from tests.people import PATIENCE, Commits, Listener
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db


def test_frame_says_what_a_page_needs_to_place_the_row() -> None:
    """V12: facts that are the same for everybody."""
    ida, team, view, ticket = make_agent("Ida"), make_team(), SavedView.objects.create(name="Fraud"), make_ticket("Where is it?")
    assign_agent(ticket, ida, by=ida)
    assign_team(ticket, team, by=ida)
    ViewEntry.objects.create(view=view, ticket=ticket)

    frame = ticket_frame(ticket.pk)

    assert frame is not None
    row = frame.pop("words")["en"]["row"]
    at = again(ticket).last_message_at.isoformat()
    assert frame == {"kind": "ticket", "ticket": ticket.pk, "assignee": ida.pk, "team": team.pk, "open": True, "views": [view.pk], "at": at}
    assert row.startswith(f'<li class="ticket" id="ticket_{ticket.pk}"')


def test_row_is_there_in_every_language(settings: Any) -> None:
    """Each page puts its reader's into its list."""
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("pl", "Polski")]
    ticket = make_ticket()
    spoken: list[str | None] = []

    with patch.object(live, "render_to_string", lambda _template, _context: spoken.append(translation.get_language()) or f"row in {spoken[-1]}"):
        frame = ticket_frame(ticket.pk)

    assert frame is not None
    assert frame["words"] == {code: {"row": f"row in {code}"} for code in ("en", "sv", "pl")}


def test_rows_in_three_languages_cost_the_queries_of_one(settings: Any) -> None:
    ticket = make_ticket()
    add_tag(ticket, "Order", by=make_agent())
    assign_team(ticket, make_team(), by=None)
    ViewEntry.objects.create(view=SavedView.objects.create(name="Fraud"), ticket=ticket)

    costs = []
    for languages in ([("en", "English")], [("en", "English"), ("sv", "Svenska"), ("pl", "Polski")]):
        settings.LANGUAGES = languages
        with CaptureQueriesContext(connection) as asked:
            ticket_frame(ticket.pk)
        costs.append(len(asked))

    assert costs == [3, 3]


def test_frame_of_a_ticket_that_is_gone_is_none() -> None:
    assert ticket_frame(4711) is None


def verbs() -> dict[str, Any]:
    """Each verb on a ticket that it changes."""
    ida = make_agent()
    return {
        "customer": lambda ticket: add_customer_message(ticket, "Hello?", at=ticket.last_message_at),
        "reply": lambda ticket: reply(ticket, "Hello", by=ida),
        "note": lambda ticket: add_note(ticket, "Hello", by=ida),
        "assign": lambda ticket: assign_agent(ticket, ida, by=ida),
        "team": lambda ticket: assign_team(ticket, make_team(), by=ida),
        "close": lambda ticket: close(ticket, by=ida),
        "score": lambda ticket: set_sentiment(ticket, score=5, label="neutral"),
        "tag": lambda ticket: add_tag(ticket, "Order", by=ida),
    }


def frame_of(ticket: Ticket) -> dict[str, Any]:
    """As somebody gets it who reads English."""
    frame = ticket_frame(ticket.pk)
    assert frame is not None
    return in_language(frame, "en")


@pytest.mark.parametrize("verb", ["customer", "reply", "note", "assign", "team", "close", "score", "tag"])
def test_every_verb_is_told_once_after_commit(verb: str, listen: type[Listener], commits: Commits) -> None:
    ticket, act = make_ticket(), verbs()[verb]
    page = listen(DESK)

    with commits():
        act(ticket)
        before_commit = page.heard()

    assert (before_commit, page.heard()) == ([], [frame_of(ticket)])


def test_undoing_verbs_are_told_too(listen: type[Listener], commits: Commits) -> None:
    ida, ticket = make_agent(), make_ticket()
    assign_agent(ticket, ida, by=ida)
    assign_team(ticket, make_team(), by=ida)
    add_tag(ticket, "Order", by=ida)
    close(ticket, by=ida)
    page = listen(DESK)

    acts = [
        lambda: reopen(ticket, by=ida),
        lambda: untag_many(Chosen([ticket.pk]), Tag.objects.get(), by=ida),
        lambda: assign_agent(ticket, None, by=ida),
        lambda: assign_team(ticket, None, by=ida),
    ]
    told = []
    for act in acts:
        with commits():
            act()
        told.append([(frame["open"], frame["assignee"], frame["team"] is None) for frame in page.heard()])

    assert told == [[(True, ida.pk, False)], [(True, ida.pk, False)], [(True, None, False)], [(True, None, True)]]


def test_transaction_of_many_changes_is_told_once_for_each_ticket(listen: type[Listener], commits: Commits) -> None:
    """And as it is in the end."""
    ida, first, second = make_agent(), make_ticket(), make_ticket()
    page = listen(DESK)

    with commits(), transaction.atomic():
        for ticket in (first, second):
            assign_team(ticket, make_team(), by=ida)
            assign_agent(ticket, ida, by=ida)
            add_tag(ticket, "Order", by=ida)

    assert page.heard() == [frame_of(first), frame_of(second)]


def test_rolled_back_change_is_not_told(listen: type[Listener], commits: Commits) -> None:
    ida, ticket = make_agent(), make_ticket()
    page = listen(DESK)

    with commits(), transaction.atomic():
        assign_agent(ticket, ida, by=ida)
        transaction.set_rollback(True)

    assert (page.heard(), again(ticket).assignee) == ([], None)


def test_change_after_a_rolled_back_one_is_told(listen: type[Listener], commits: Commits) -> None:
    """Once per transaction must not mean: never, because one that was undone came before."""
    ida, ticket = make_agent(), make_ticket()
    page = listen(DESK)

    with commits(), transaction.atomic():
        with transaction.atomic():
            assign_agent(ticket, ida, by=ida)
            transaction.set_rollback(True)
        add_tag(ticket, "Order", by=ida)

    assert [frame["assignee"] for frame in page.heard()] == [None]


def test_verb_that_changes_nothing_is_silent(listen: type[Listener], commits: Commits) -> None:
    ida, ticket = make_agent(), make_ticket()
    assign_agent(ticket, ida, by=ida)
    page = listen(DESK)

    with commits():
        assign_agent(ticket, ida, by=ida)
        assign_team(ticket, None, by=ida)
        reopen(ticket, by=ida)

    assert page.heard() == []


def test_assignee_gets_a_toast_and_the_desk_gets_the_row(listen: type[Listener], commits: Commits) -> None:
    """B17."""
    ida, boss, ticket = make_agent("Ida"), make_agent("Boss"), make_ticket()
    to_ida, to_boss, to_desk = listen(agent_stream(ida.pk)), listen(agent_stream(boss.pk)), listen(DESK)

    with commits():
        assign_agent(ticket, ida, by=boss)

    assert [(frame["kind"], frame["toast_kind"]) for frame in to_ida.heard()] == [("toast", "assigned")]
    assert (to_boss.heard(), [frame["kind"] for frame in to_desk.heard()]) == ([], ["ticket"])


def test_lost_layer_fails_nobody(settings: Any, commits: Commits, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done; only the live picture is late, and the log says so."""
    logged = Event()
    monkeypatch.setattr(streams.log, "warning", lambda *_: logged.set())
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]}}}
    ida, ticket = make_agent(), make_ticket()

    with commits():
        assign_agent(ticket, ida, by=ida)

    assert again(ticket).assignee == ida
    assert logged.wait(PATIENCE)


def test_row_that_cannot_be_shown_fails_no_verb(commits: Commits, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor what waits for the same commit: the toast."""
    told: list[str] = []
    monkeypatch.setattr(live, "ticket_frame", lambda _ticket: 1 / 0)
    monkeypatch.setattr(toasts, "publish", lambda stream, _frame: told.append(stream))
    ida, ticket = make_agent(), make_ticket()

    with commits():
        add_tag(ticket, "Order", by=ida)
        assign_agent(ticket, ida, by=make_agent())

    assert (again(ticket).assignee, told) == (ida, [agent_stream(ida.pk)])


@pytest.mark.django_db(transaction=True)
def test_verb_outside_any_transaction_is_told_once(listen: type[Listener]) -> None:
    ida, ticket = make_agent(), make_ticket()
    page = listen(DESK)

    close(ticket, by=ida)

    assert [frame["open"] for frame in page.heard()] == [False]
    assert Ticket.objects.get().is_open is False
