"""Which metrics and properties there are, as they come in: what the pick lists of the condition builder offer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count

from helpdesk.conditions.dates import as_moment
from helpdesk.customers.models import Event, KnownName
from helpdesk.customers.values import kind_of

DATE = "date"
MOST = {KnownName.Of.METRIC: 2_000, KnownName.Of.PROFILE: 2_000, KnownName.Of.EVENT: 10_000}  # names; a hostile sender fills no table
MOST_EXAMPLES, LONGEST_EXAMPLE = 5, 40
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PERSONAL = re.compile(
    "mail|email|phone|mobile|tel|telephone|fax|name|firstname|lastname|surname|fullname|address|street|zip|postcode|birth|birthday|birthdate|dob"
    "|ip|ssn|pesel|personnummer|passport|iban|password|token|secret|url|link"
)
_OF_THINGS = re.compile("product|item|brand|category|collection|campaign|variant|plan|sku")  # “Product Name” names nobody
_PERSONAL_VALUE = re.compile(r".*@.*|\+?[\d\s()/.-]{7,}", re.DOTALL)

type Key = tuple[str, str, str]  # of, metric, name


@dataclass
class _Seen:
    kinds: set[str]
    examples: list[Any]

    def learns(self, other: _Seen) -> bool:
        """Whether the other holds anything that this does not."""
        return not other.kinds <= self.kinds or (len(self.examples) < MOST_EXAMPLES and any(each not in self.examples for each in other.examples))

    def learn(self, other: _Seen) -> None:
        self.kinds |= other.kinds
        self.examples = [*self.examples, *(each for each in other.examples if each not in self.examples)][:MOST_EXAMPLES]


_noticed: dict[Key, _Seen] = {}  # what this process knows to be in the table
_full: set[str] = set()  # of what it has as many names as there may be


def forget() -> None:
    """For a table that was emptied."""
    _noticed.clear()
    _full.clear()


def notice(properties: Iterable[tuple[str, Any]], events: Iterable[Event] = ()) -> None:
    """Keeps what is new about these names once the transaction is committed; what is known costs no query.

    `properties`: of customers, by the names under which their values are kept.
    """
    found: dict[Key, _Seen] = {}
    for key, value in [*_of_customers(properties), *_of_events(events)]:
        found.setdefault(key, _Seen(set(), [])).learn(_seen(key, value))
    new = {key: seen for key, seen in found.items() if (_noticed[key].learns(seen) if key in _noticed else key[0] not in _full)}
    if new:
        transaction.on_commit(partial(_keep, new), robust=True)


def _of_customers(properties: Iterable[tuple[str, Any]]) -> Iterable[tuple[Key, Any]]:
    return (((KnownName.Of.PROFILE.value, "", name), value) for name, value in properties)


def _of_events(events: Iterable[Event]) -> Iterable[tuple[Key, Any]]:
    for event in events:
        yield (KnownName.Of.METRIC.value, "", event.metric), None
        yield from (((KnownName.Of.EVENT.value, event.metric, name), value) for name, value in event.properties.items())


def _seen(key: Key, value: Any) -> _Seen:
    of, _metric, name = key
    if of == KnownName.Of.METRIC:
        return _Seen(set(), [])
    kind = DATE if isinstance(value, str) and as_moment(value) else kind_of(value).value
    example = value[0] if isinstance(value, list) and value else value
    return _Seen({kind}, [example] if _may_be_shown(name, example) else [])


def _may_be_shown(name: str, value: Any) -> bool:
    """Short, and nobody's: no e-mail addresses, telephone numbers, names."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if value is None or isinstance(value, (list, dict)) or value == "" or (any(map(_PERSONAL.fullmatch, words)) and not any(map(_OF_THINGS.fullmatch, words))):
        return False
    return len(str(value)) <= LONGEST_EXAMPLE and (not isinstance(value, str) or bool(as_moment(value)) or not _PERSONAL_VALUE.fullmatch(value))


@transaction.atomic
def _keep(new: Mapping[Key, _Seen]) -> None:
    """New names first, so that each has a row; then each row learns, locked in one order so that nobody waits for each other."""
    known = _rows(new)
    if missing := sorted(new.keys() - known.keys()):
        KnownName.objects.bulk_create(_within_limits(missing), ignore_conflicts=True)
        known = _rows(new)
    for key, row in known.items():
        seen = _Seen(set(row.kinds), row.examples)
        seen.learn(new[key])
        row.kinds, row.examples = sorted(seen.kinds), seen.examples
        _noticed[key] = seen
    KnownName.objects.bulk_update(known.values(), ["kinds", "examples"])


def _rows(keys: Iterable[Key]) -> dict[Key, KnownName]:
    metrics, names = {metric for _of, metric, _name in keys}, {name for _of, _metric, name in keys}
    rows = KnownName.objects.filter(metric__in=metrics, name__in=names).order_by("pk").select_for_update()
    return {key: row for row in rows if (key := (row.of, row.metric, row.name)) in keys}


def _within_limits(missing: Iterable[Key]) -> list[KnownName]:
    count = dict(KnownName.objects.values_list("of").annotate(Count("pk")))
    made = []
    for of, metric, name in missing:
        count[of] = count.get(of, 0) + 1
        if count[of] <= MOST[KnownName.Of(of)]:
            made.append(KnownName(of=of, metric=metric, name=name))
        else:
            _full.add(of)
    return made
