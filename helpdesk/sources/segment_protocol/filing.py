"""What messages say is filed: many at once, unless they say that a visitor and a user are one, which those after them build on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import batched, groupby

from helpdesk.customers.bulk import EventRow, Refused, identify_many, track_many
from helpdesk.sources.models import Received, Source
from helpdesk.sources.segment_protocol.messages import Message, Told, read
from helpdesk.sources.segment_protocol.people import arguments
from helpdesk.sources.wire import PASSING, UNEXPECTED, Problem, read_json

log = logging.getLogger(__name__)
MOST_AT_ONCE = 500


def file_again(row: Received) -> None:
    """A message that was refused; raises Problem."""
    body = read_json(bytes(row.raw))
    message = Message(row.topic, body, body.get("sentAt"))
    if reasons := [*file(row.source, [message], at=row.received_at).values()]:
        raise Problem(reasons[0])


def file(source: Source, messages: Sequence[Message], *, at: datetime) -> dict[int, str]:
    """Why those were refused that were, by their place in the list. Raises only what the database raises."""
    told: list[tuple[int, Told]] = []
    refused: dict[int, str] = {}
    for place, message in enumerate(messages):
        try:
            told.append((place, read(source, message, at=at)))
        except Problem as problem:
            refused[place] = str(problem)
    for is_plain, stretch in groupby(told, key=lambda each: not (each[1].user and each[1].anonymous)):
        for some in batched(stretch, MOST_AT_ONCE if is_plain else 1, strict=False):
            refused |= _file(source, some)
    return refused


def _file(source: Source, told: Sequence[tuple[int, Told]]) -> dict[int, str]:
    try:
        return _kept(source, dict(told))
    except Problem as problem:
        return {place: str(problem) for place, _told in told}
    except PASSING:
        raise
    except Exception:  # a fault of ours; the others of the batch are not to blame
        if len(told) > 1:
            return {place: reason for each in told for place, reason in _file(source, [each]).items()}
        log.exception("A message was not kept")
        return {told[0][0]: UNEXPECTED}


def _kept(source: Source, told: dict[int, Told]) -> dict[int, str]:
    who = {place: arguments(source, each) for place, each in told.items()}
    events = {place: EventRow(customer=who[place], **each.event) for place, each in told.items() if each.event is not None}
    facts = {place: row for place, row in who.items() if place not in events}
    outcomes = {**dict(zip(facts, identify_many([*facts.values()]), strict=True)), **dict(zip(events, track_many([*events.values()]), strict=True))}
    return {place: outcome.reason for place, outcome in outcomes.items() if isinstance(outcome, Refused)}
