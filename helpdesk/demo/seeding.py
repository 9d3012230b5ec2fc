"""Fills an empty desk with a shop that has been busy for four weeks."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from helpdesk.customers.models import Customer
from helpdesk.demo.customers import make_customers
from helpdesk.demo.desk import lay_out
from helpdesk.demo.history import DAYS, Story, conversation, play, shifts
from helpdesk.demo.past import living_at
from helpdesk.demo.segments import found_segments
from helpdesk.demo.staff import hire_everybody, played, set_up_desk
from helpdesk.demo.texts import LANGUAGES, Case, cases
from helpdesk.tickets.models import Channel
from routing.shifts import go_online

CASES_PER_LANGUAGE = 42


@transaction.atomic
def seed() -> None:
    """All or nothing, so that a desk that has its Owner has everything. The same shop each time, dated back from now."""
    dice, now = random.Random(1042), timezone.now()  # noqa: S311 # dice for a play, not for secrets
    with living_at(now - timedelta(days=DAYS + 1)):
        hire_everybody()
        set_up_desk()
    customers = make_customers(dice, now)
    play([*shifts(now), *_conversations(customers, dice, now)], until=now)
    found_segments(customers, random.Random(1042), now)  # noqa: S311 # dice for a play, not for secrets
    with living_at(now):
        for agent in played():
            go_online(agent)
    lay_out(dice, now)


def _conversations(customers: list[Customer], dice: random.Random, now: datetime) -> list[tuple[datetime, Story]]:
    chosen = [case for language in LANGUAGES for case in dice.sample(cases(language), CASES_PER_LANGUAGE)]
    return [(_opening(case, dice, now), conversation(case, dice.choice(writers(customers, case)), dice)) for case in chosen]


def writers(customers: list[Customer], case: Case) -> list[Customer]:
    """Who could have written this: in their language, and with a phone where one is needed."""
    return [customer for customer in customers if customer.language == case.language and (case.channel != Channel.SMS or customer.phone)]


def _opening(case: Case, dice: random.Random, now: datetime) -> datetime:
    """More of late than long ago, and few at night."""
    days = 1.5 if case.just_ordered else DAYS
    at = now - timedelta(days=days * dice.random() ** 3.2, minutes=3)
    asleep = timezone.localtime(at).hour < 6 and dice.random() < 0.8
    return at - timedelta(hours=7) if asleep else at
