"""@mentions in notes: who is told, and who is not."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Agent, Role, Toast
from helpdesk.tickets.conversation.mentions import called
from helpdesk.tickets.conversation.messages import add_note
from tests.factories import make_agent, make_ticket, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Agent]:
    return [make_agent(name) for name in ("Anna Kowalska", "Anna Lind", "Łukasz Żak", "Åsa Öberg-Ek", "O'Neil", "Bo")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Anna Kowalska look", ["Anna Kowalska"]),
        ("@anna lind, @ŁUKASZ żak!", ["Anna Lind", "Łukasz Żak"]),
        ("(@Åsa) and @Åsa Öberg-Ek", ["Åsa Öberg-Ek"]),
        ("@Anna", []),
        ("@Bo.", ["Bo"]),
        ("@Boris and mail@Bo and @@Bo", []),
        ("@O'Neil's", ["O'Neil"]),
        ("nobody", []),
        ("@", []),
    ],
)
def test_people_are_called_by_their_names(text: str, names: list[str], people: list[Agent]) -> None:
    """By the first name only where it is one person's."""
    assert [str(person) for person in called(text, people)] == names


def test_mentioned_person_is_told_and_nobody_else(people: list[Agent]) -> None:
    ticket = make_ticket("Where is it?", subject="A lamp")

    note = add_note(ticket, "@Łukasz Żak and @Łukasz, please", by=people[0])

    toast = Toast.objects.get()
    assert (toast.agent, toast.kind, toast.url) == (people[2], "mentioned", f"/tickets/{ticket.pk}/#message_{note.pk}")
    assert toast.words["en"] == {"title": "Anna Kowalska mentioned you: A lamp", "detail": "@Łukasz Żak and @Łukasz, please"}
    assert list(note.mentions.values_list("agent__name", flat=True)) == ["Łukasz Żak"]


def test_own_name_is_marked_and_not_told(people: list[Agent]) -> None:
    note = add_note(make_ticket(), "Back to @Bo", by=people[5])

    assert (note.mentions.count(), Toast.objects.exists()) == (1, False)


def test_reply_mentions_nobody(people: list[Agent]) -> None:
    message = reply(make_ticket(), "Ask @Bo", by=people[0])

    assert (message.mentions.count(), Toast.objects.exists()) == (0, False)


@pytest.mark.parametrize("who", [{"role": Role.ANALYST}, {"is_active": False}])
def test_people_who_answer_nothing_are_not_called(who: dict[str, Any], people: list[Agent]) -> None:
    make_agent("Quiet One", **who)

    note = add_note(make_ticket(), "@Quiet One", by=people[0])

    assert (note.mentions.count(), Toast.objects.exists()) == (0, False)
