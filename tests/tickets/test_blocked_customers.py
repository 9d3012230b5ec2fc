"""What blocked customers send: kept whole, as spam, and in nobody's way."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.utils import timezone

from agents.models import Agent, Toast
from helpdesk.intake import Sender
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.spam import add_quietly, block, mark_spam, unmark_spam
from helpdesk.tickets.conversation.attachments import File
from helpdesk.tickets.conversation.messages import TicketClosed, preview_of
from helpdesk.tickets.models import Attachment, Inbound, Original, SavedView, Ticket, ViewEntry
from tests.factories import make_agent, make_ticket, receive
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db
PEST = Sender(email="pest@example.com")
FILE = File(name="offer.pdf", content=b"%PDF", content_type="application/pdf")


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


@pytest.mark.parametrize("inbox", ["support@desk.example", "sales@desk.example"])
def test_files_and_layout_are_kept(inbox: str, ida: Agent) -> None:
    """With the spam that is there, and in a ticket of its own."""
    spam = make_ticket(sender=PEST)
    mark_spam(Chosen([spam.pk]), by=ida, is_blocking=True)

    receipt = receive("", sender=PEST, inbox=inbox, files=(FILE,), html="<p>Buy</p>")

    assert (Attachment.objects.get().message_id, Attachment.objects.get().name, Original.objects.get().html) == (receipt.message, "offer.pdf", "<p>Buy</p>")
    assert Ticket.objects.get(pk=receipt.ticket).preview == "offer.pdf"


@pytest.mark.parametrize("is_closed", [False, True])
def test_ticket_that_people_work_on_does_not_become_spam(is_closed: bool, ida: Agent) -> None:
    """C20, C21: it stays as it is, whoever has it, in its views, in reports. What comes in is a ticket that is spam at once."""
    ticket = make_ticket(sender=PEST, conversation_id="one")
    assign_agent(ticket, ida, by=ida)
    ViewEntry.objects.create(view=SavedView.objects.create(name="Fraud"), ticket=ticket)
    if is_closed:
        close(ticket, by=ida)
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    events, places = history(ticket), ViewEntry.objects.count()
    Toast.objects.all().delete()
    block(ticket.customer, by=ida)

    answers = [receive("Buy now", sender=PEST, conversation_id="one", reply_to_ticket=proven) for proven in (None, ticket.pk)]

    quiet = Ticket.objects.exclude(pk=ticket.pk).get()
    assert [(answer.status, answer.ticket) for answer in answers] == [("created", quiet.pk), ("appended", quiet.pk)]
    assert (quiet.is_spam, quiet.is_open, quiet.waiting_since, quiet.messages.count()) == (True, False, None, 2)
    assert (Ticket.objects.filter(pk=ticket.pk).values().get(), history(ticket), ViewEntry.objects.count()) == (before, events, places)
    assert (Toast.objects.count(), set(Inbound.objects.filter(message__ticket=quiet).values_list("status", "needs_routing"))) == (0, {("done", False)})


def test_s16_what_was_no_spam_is_read_and_routed(ida: Agent) -> None:
    """S16."""
    block(make_ticket(sender=PEST, conversation_id="one").customer, by=ida)
    quiet = Ticket.objects.get(pk=receive("I am sorry.", sender=PEST, conversation_id="two", tags=("web-form",)).ticket)

    unmark_spam(Chosen([quiet.pk]), by=ida)
    answer = receive("And now?", sender=PEST, conversation_id="two")

    row = again(quiet)
    assert (row.is_open, row.is_spam, answer.ticket, row.messages.count()) == (True, False, quiet.pk, 2)
    assert Inbound.objects.filter(message__ticket=quiet, status="pending", needs_routing=True).count() == 1


def test_message_that_comes_as_an_agent_says_no_spam_waits_for_a_reply(ida: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    spam = make_ticket(sender=PEST, conversation_id="one")
    mark_spam(Chosen([spam.pk]), by=ida, is_blocking=True)

    def preview_as_the_agent_acts(text: str, files: Iterable[File]) -> str:
        unmark_spam(Chosen([spam.pk]), by=ida)
        return preview_of(text, files)

    monkeypatch.setattr("helpdesk.tickets.acts.spam.preview_of", preview_as_the_agent_acts)

    with pytest.raises(TicketClosed):  # which has `receive_message` look again
        add_quietly(spam, "And now?", at=timezone.now())

    assert (again(spam).is_open, again(spam).preview) == (True, "Where is my order?")
