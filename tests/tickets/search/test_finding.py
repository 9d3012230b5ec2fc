"""What a search finds: words of the subject, of messages, of the customer, and the ticket's number."""

from __future__ import annotations

import pytest

from helpdesk.customers.merging import merge_customers, undo_merge
from helpdesk.customers.profiles import identify
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.search import best, newest, search
from helpdesk.tickets.search.indexing import index_missing, index_renamed, reindex
from tests.factories import make_agent, make_customer, make_ticket

pytestmark = pytest.mark.django_db


def found(text: str) -> list[int]:
    return sorted(search(Ticket.objects.all(), text).values_list("pk", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        *("zazolc", "ZAŻÓŁĆ", "zażółć jaźń", "jazn zazolc", '"gesla jazn"', "gesl", "strasse", "STRASSE"),
        *("anna", "kowalska@example.com", "from:kowalska", "from:anna@", "FROM:Anna jaźń", "size-chart", "jaźń -pięść", '"zażółć gęś'),
    ],
)
def test_ticket_is_found_by_its_words_folded(text: str) -> None:
    """Part 4: full-text search. Whatever letters it is written in, and whoever it is from."""
    ticket = make_ticket("Zażółć GĘŚLĄ jaźń, Straße 7. Size-chart?", customer=make_customer("Anna Nowak", email="kowalska@example.com"))
    make_ticket("Something else")

    assert found(text) == [ticket.pk]


@pytest.mark.parametrize(
    "text", ["zażółć nowhere", '"jaźń gęślą"', "jaź ń", "-zażółć gęślą", "from:zażółć", '"is it zażółć"', "!!!", "🦊", '"', "-", "from:", "a" * 100]
)
def test_ticket_is_not_found_by_others(text: str) -> None:
    """Phrases do not reach from the subject into a message."""
    make_ticket("Zażółć gęślą jaźń", subject="Where is it")

    assert found(text) == []


def test_ticket_is_found_by_its_number() -> None:
    one, other = make_ticket("Hello"), make_ticket("Hello")

    assert [found(f"#{one.pk}"), found(f"#{one.pk} hello"), found(f"#{one.pk} nothing"), found(f"hello -#{one.pk}"), found("#" + "9" * 19)] == [
        [one.pk],
        [one.pk],
        [],
        [other.pk],
        [],
    ]


@pytest.mark.parametrize("text", ["+46 70 123 45 67", "070-123 45 67", "0046 701234567", "+46701234567", "0701234567", "from:+46701234567", "070-1234 5"])
def test_ticket_is_found_by_the_customers_phone(text: str) -> None:
    ticket = make_ticket("Hello", customer=make_customer("Ida", email="", phone="+46701234567"))
    make_ticket("Hello")

    assert found(text) == [ticket.pk]


def test_ticket_is_found_by_its_tags() -> None:
    tagged, both, _none = make_ticket("Hello"), make_ticket("Hello"), make_ticket("Hello")
    for ticket in (tagged, both):
        add_tag(ticket, "Zwroty Łódź", by=None)
    add_tag(both, "VIP", by=None)

    assert [found("tag:zwroty hello"), found('tag:"zwroty lodz"'), found("tag:zwroty -tag:vip"), found("tag:nothing")] == [
        [tagged.pk, both.pk],
        [tagged.pk, both.pk],
        [tagged.pk],
        [],
    ]


def test_blanks_leave_a_list_as_it_is() -> None:
    ticket = make_ticket("Hello")

    assert (found("  "), newest(Ticket.objects.all(), "  ", limit=5), found("-nothing")) == ([ticket.pk], [], [ticket.pk])


def test_what_is_said_later_is_found_at_once() -> None:
    ticket = make_ticket("Hello")
    add_note(ticket, "He means the turquoise one", by=make_agent())

    assert found("turquoise") == [ticket.pk]


def test_renamed_customer_is_found_by_the_new_name() -> None:
    ticket = make_ticket("Hello", customer=make_customer("Anna Nowak", email="anna@example.com"))
    identify(email="anna@example.com", name="Anna Wiśniewska", phone="+48221234567")
    index_renamed.func()

    assert (found("wisniewska"), found("nowak"), found("+48 22 123 45 67"), index_renamed.func()) == ([ticket.pk], [], [ticket.pk], 0)


def test_merged_customers_tickets_are_found_by_who_is_left() -> None:
    kept, merged = make_customer("Anna Nowak"), make_customer("A. Kowalska")
    ticket = make_ticket("Hello", customer=merged)
    merge = merge_customers(kept, merged, by=make_agent())
    index_renamed.func()
    after = (found("from:nowak"), found("from:kowalska"))
    undo_merge(merge, by=make_agent())
    index_renamed.func()

    assert (after, found("from:nowak"), found("from:kowalska")) == (([ticket.pk], []), [], [ticket.pk])


def test_what_was_never_indexed_is_made_up_for() -> None:
    ticket = make_ticket("Turquoise")
    Ticket.objects.filter(pk=ticket.pk).update(subject="Crimson")
    ticket.search_text.delete()
    before = found("crimson")

    assert (before, index_missing.func(), found("crimson"), index_missing.func()) == ([], 1, [ticket.pk], 0)


def test_reindex_writes_every_ticket_anew() -> None:
    ticket = make_ticket("Hello")
    Ticket.objects.filter(pk=ticket.pk).update(subject="Crimson")

    assert ([*reindex()], found("crimson")) == ([1], [ticket.pk])


def test_pages_of_the_newest_meet_without_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are near, and whatever lies between."""
    monkeypatch.setattr("helpdesk.tickets.search.finding.NEAR", (1, 2))
    monkeypatch.setattr("helpdesk.tickets.search.finding.FAR", 3)
    numbers = [make_ticket("Hello" if n % 2 else "Bye").pk for n in range(9)]
    hellos = numbers[1::2][::-1]

    pages = [newest(Ticket.objects.all(), "hello", limit=2)]
    pages.append(newest(Ticket.objects.all(), "hello", limit=2, before=pages[0][-1]))
    pages.append(newest(Ticket.objects.all(), "hello", limit=2, before=pages[1][-1]))

    assert pages == [hellos[:2], hellos[2:], []]


def test_best_has_the_subject_before_a_mention() -> None:
    in_subject = make_ticket("Hello", subject="Refund")
    mentioned = make_ticket("Hello, I do not want a refund, only my order of last week that has not come", subject="Order")
    latest = make_ticket("Nothing")

    everything = Ticket.objects.all()
    assert (best(everything, "refund", limit=5), newest(everything, "refund", limit=5), best(everything, f"#{latest.pk}", limit=5)) == (
        [in_subject.pk, mentioned.pk],
        [mentioned.pk, in_subject.pk],
        [latest.pk],
    )


def test_closed_or_narrowed_tickets_are_not_found_in_a_list() -> None:
    one, other = make_ticket("Hello"), make_ticket("Hello")

    assert list(search(Ticket.objects.filter(pk=other.pk), "hello")) == [other]
    assert newest(Ticket.objects.exclude(pk=other.pk), "hello", limit=5) == [one.pk]
