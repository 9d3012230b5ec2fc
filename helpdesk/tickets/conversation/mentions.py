"""`@Anna Kowalska` in a note: she is told, and nobody else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from agents.models import Agent, Toast
from agents.toasts import show_toast
from helpdesk.tickets.models import Mention, Message


def note_mentions(message: Message, *, by: Agent) -> None:
    """Whoever answers and is named, each once; not the writer."""
    people = called(message.text, Agent.objects.answering())
    Mention.objects.bulk_create([Mention(message=message, agent=person) for person in people])
    for person in people:
        if person != by:
            url = f"{message.ticket.get_absolute_url()}#message_{message.pk}"
            show_toast(person, Toast.Kind.MENTIONED, lambda: _words(message, by), url=url)


def _words(message: Message, by: Agent) -> tuple[str, str]:
    return _("%(name)s mentioned you: %(subject)s") % {"name": by, "subject": message.ticket.subject}, " ".join(message.text.split())


def called(text: str, people: Iterable[Agent]) -> list[Agent]:
    """Those who are named after an @: by the whole name, or by a first name that only one of them has."""
    if "@" not in text:
        return []
    named = _by_name(list(people))
    pattern = mention_pattern(named)
    found = pattern.findall(text) if pattern else []
    return list(dict.fromkeys(person for name in found for person in named[name[1:].casefold()]))


def mention_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Finds “@name”, the longest name first; None when there are no names."""
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(rf"(?<![\w@.])@(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def names_of(person: Agent) -> tuple[str, str]:
    """What they can be called by: the whole name and the first."""
    return str(person).casefold(), str(person).split(" ")[0].casefold()


def _by_name(people: list[Agent]) -> dict[str, list[Agent]]:
    """Two of the same whole name are both meant."""
    first_names = Counter(names_of(person)[1] for person in people)
    named: dict[str, list[Agent]] = {}
    for person in people:
        whole, first = names_of(person)
        for name in {whole, first} if first_names[first] == 1 else {whole}:
            named.setdefault(name, []).append(person)
    return named
