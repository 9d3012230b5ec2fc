"""Drafts: one for each person and ticket; nothing that was typed is lost."""

from __future__ import annotations

import pytest

from agents.models import Role
from helpdesk.tickets.conversation.attachments import File, attach, detach
from helpdesk.tickets.conversation.drafts import SentMeanwhile, discard_draft, draft_of, drafted_by, save_draft
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import Attachment, Draft
from helpdesk.tickets.permissions import NotAllowed
from tests.factories import make_agent, make_ticket
from tests.people import at_once

pytestmark = pytest.mark.django_db


def test_draft_is_kept_for_its_writer_and_ticket() -> None:
    ada, bea, ticket, other = make_agent("Ada"), make_agent("Bea"), make_ticket(), make_ticket()

    save_draft(ticket, "Dear\nPaweł", is_internal=True, seen="", by=ada)

    draft = draft_of(ticket, ada)
    assert draft is not None
    assert (draft.text, draft.is_internal, draft.version) == ("Dear\nPaweł", True, 1)
    assert (draft_of(ticket, bea), draft_of(other, ada)) == (None, None)


def test_page_goes_on_from_what_it_has_saved() -> None:
    ada, ticket = make_agent("Ada"), make_ticket()
    first, _ = save_draft(ticket, "One and two", is_internal=False, seen="", by=ada)
    assert first is not None

    draft, unseen = save_draft(ticket, "Two", is_internal=False, seen=first.mark, by=ada)

    assert draft is not None
    assert (draft.text, unseen) == ("Two", "")


@pytest.mark.parametrize(
    ("there", "typed", "becomes"),
    [
        ("One", "Two", "Two\n\nOne"),
        ("One", "One and two", "One and two"),
        ("One and two", "One", "One and two"),
        ("One", "", "One"),
        ("One", "One", "One"),
    ],
)
def test_page_that_has_not_seen_a_text_takes_none_of_it_away(there: str, typed: str, becomes: str) -> None:
    """Whichever of two pages saves last, both texts are there: what was typed just now first."""
    ada, ticket = make_agent("Ada"), make_ticket()
    save_draft(ticket, there, is_internal=False, seen="", by=ada)

    draft, unseen = save_draft(ticket, typed, is_internal=False, seen="", by=ada)

    assert draft is not None
    assert (draft.text, typed + unseen) == (becomes, becomes)


def test_page_knows_nothing_of_a_draft_that_was_begun_after_its_own_was_sent() -> None:
    ada, ticket = make_agent("Ada"), make_ticket()
    sent, _ = save_draft(ticket, "One", is_internal=True, seen="", by=ada)
    assert sent is not None
    known = sent.mark
    add_note(ticket, "One", by=ada, draft=sent)
    save_draft(ticket, "Two", is_internal=True, seen="", by=ada)

    with pytest.raises(SentMeanwhile):
        save_draft(ticket, "One more", is_internal=True, seen=known, by=ada)

    assert Draft.objects.get().text == "Two"


def test_nothing_is_no_draft() -> None:
    ada, ticket = make_agent("Ada"), make_ticket()
    first, _ = save_draft(ticket, "One", is_internal=False, seen="", by=ada)
    assert first is not None

    assert save_draft(ticket, " \n", is_internal=False, seen=first.mark, by=ada) == (None, "")
    assert Draft.objects.exists() is False


def test_files_alone_are_a_draft() -> None:
    ada, ticket = make_agent("Ada"), make_ticket()
    attach(ticket, File(name="a.txt", content=b"a"), by=ada)

    draft, _ = save_draft(ticket, "", is_internal=False, seen=None, by=ada)

    assert draft is not None
    assert draft.attachments.count() == 1


def test_drafted_are_the_tickets_that_somebody_writes_to() -> None:
    ada, bea = make_agent("Ada"), make_agent("Bea")
    written, with_file, emptied, by_bea = tickets = [make_ticket() for _ in range(4)]
    save_draft(written, "Dear Paweł", is_internal=False, seen="", by=ada)
    attach(with_file, File(name="cat.txt", content=b"Cat"), by=ada)
    detach(attach(emptied, File(name="cat.txt", content=b"Cat"), by=ada), by=ada)
    save_draft(by_bea, "Dear Zofia", is_internal=False, seen="", by=bea)

    assert drafted_by(ada, tickets) == {written.pk, with_file.pk}


def test_save_that_was_under_way_when_it_was_sent_brings_nothing_back() -> None:
    ada, ticket = make_agent("Ada"), make_ticket()
    draft, _ = save_draft(ticket, "Seen", is_internal=True, seen="", by=ada)
    assert draft is not None
    known = draft.mark
    add_note(ticket, "Seen.", by=ada, draft=draft)

    with pytest.raises(SentMeanwhile):
        save_draft(ticket, "Seen", is_internal=True, seen=known, by=ada)

    assert Draft.objects.exists() is False


def test_discarded_draft_takes_its_files_along() -> None:
    ada, ticket = make_agent("Ada"), make_ticket()
    attach(ticket, File(name="a.txt", content=b"a"), by=ada)

    discard_draft(ticket, by=ada)

    assert (Draft.objects.count(), Attachment.objects.count()) == (0, 0)


def test_draft_holds_nothing_that_a_database_refuses() -> None:
    ada, ticket = make_agent("Ada"), make_ticket()

    draft, _ = save_draft(ticket, "a\0b", is_internal=False, seen="", by=ada)

    assert draft is not None
    assert draft.text == "ab"


def test_whoever_does_not_answer_writes_no_draft() -> None:
    """A1."""
    with pytest.raises(NotAllowed):
        save_draft(make_ticket(), "Hello", is_internal=False, seen="", by=make_agent(role=Role.ANALYST))


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_keep_one_draft_with_both_texts() -> None:
    ada, ticket = make_agent("Ada"), make_ticket()

    at_once(*[lambda text=text: save_draft(ticket, text, is_internal=False, seen="", by=ada) for text in ("One", "Two")])

    assert Draft.objects.get().text in ("One\n\nTwo", "Two\n\nOne")
    assert Draft.objects.get().version == 2
