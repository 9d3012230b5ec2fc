"""Macros: texts whose variables are filled from the ticket, the customer, their last order and who writes.

`{{ customer.first_name }}`, `{{ customer.<property> }}`, `{{ ticket.number }}`, `{{ ticket.subject }}`, `{{ agent.name }}`,
`{{ agent.first_name }}`, `{{ order.<property of the latest Placed Order> }}`. What is not known stays as it is written,
and no reply leaves with such a hole in it.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.customers.models import Event, KnownName
from helpdesk.tickets.models import Macro, Ticket
from helpdesk.tickets.permissions import NotAllowed, must_answer

ORDER = "Placed Order"
VARIABLE = re.compile(r"\{\{ *(customer|ticket|agent|order)\.([^{}\n]{1,100}?) *\}\}")
ANY_VARIABLE = re.compile(r"\{\{ *([^{}\n]{0,120}?) *\}\}")
OWN = ("name", "first_name", "last_name", "email", "phone")
FIXED = {"ticket": ("number", "subject", "channel"), "agent": ("name", "first_name")}
LONGEST_VALUE, MOST_NAMED = 1_000, 30


def save_macro(macro: Macro, *, by: Agent) -> None:
    """One's own; a shared one only by those who manage."""
    _must_keep(macro, by)
    macro.save()


def delete_macro(macro: Macro, *, by: Agent) -> None:
    _must_keep(macro, by)
    macro.delete()


def fill(body: str, ticket: Ticket, *, by: Agent) -> str:
    """The text with what is known. One query, and only if the last order is asked for."""
    known: dict[str, dict[str, Any]] = {}

    def value(variable: re.Match[str]) -> str:
        subject, name = variable[1], variable[2]
        if subject not in known:
            known[subject] = _READERS[subject](ticket, by)
        return _as_text(known[subject].get(name)) or variable[0]

    return VARIABLE.sub(value, body)


def holes(text: str) -> list[str]:
    """The variables that stand in a text unfilled, each once, as they are written."""
    return list(dict.fromkeys(variable[0] for variable in VARIABLE.finditer(text)))


def check_variables(body: str) -> None:
    """Raises ValidationError, in the words of whoever writes the macro."""
    for variable in ANY_VARIABLE.finditer(body):
        subject, _dot, name = variable[1].partition(".")
        is_known = VARIABLE.fullmatch(variable[0]) and name in FIXED.get(subject, (name,))
        if not is_known:
            told = _("There is no variable %(variable)s. There are: %(known)s.")
            raise ValidationError({"body": told % {"variable": variable[0], "known": _listed(["customer.…", "order.…", *_fixed_names()])}})


def check_seen(body: str) -> None:
    """Raises ValidationError for names of customers' and orders' properties that nobody has had so far."""
    if not VARIABLE.search(body):
        return
    seen = {"customer": [*OWN, *_seen_of(of=KnownName.Of.PROFILE)], "order": _seen_of(of=KnownName.Of.EVENT, metric=ORDER)}
    unseen = [variable[0] for variable in VARIABLE.finditer(body) if variable[2] not in seen.get(variable[1], (variable[2],))]
    if unseen:
        told = _("No customer has filled %(variables)s so far. Known are: %(known)s. If it is right, tick the box below.")
        known = [f"{subject}.{name}" for subject, names in seen.items() for name in names]
        raise ValidationError({"body": told % {"variables": ", ".join(dict.fromkeys(unseen)), "known": _listed(known)}})


def _seen_of(**named: str) -> list[str]:
    return list(KnownName.objects.filter(**named).exclude(name__startswith="$").order_by("name").values_list("name", flat=True))


def _fixed_names() -> list[str]:
    return [f"{subject}.{name}" for subject, names in FIXED.items() for name in names]


def _listed(names: list[str]) -> str:
    return ", ".join([f"{{{{ {name} }}}}" for name in names[:MOST_NAMED]] + ["…"] * (len(names) > MOST_NAMED))


def _must_keep(macro: Macro, by: Agent) -> None:
    must_answer(by)
    if macro.owner != by and not (macro.owner is None and by.is_manager):
        raise NotAllowed(_("Only Owners, Admins and Managers change shared macros."))


def _customer(ticket: Ticket, _by: Agent) -> dict[str, Any]:
    customer = ticket.customer
    first, _space, last = customer.name.partition(" ")
    own = zip(OWN, (customer.name, first, last, customer.email, customer.phone), strict=True)
    return dict(customer.properties) | {name: text for name, text in own if text}


def _ticket(ticket: Ticket, _by: Agent) -> dict[str, Any]:
    return {"number": ticket.pk, "subject": ticket.subject, "channel": ticket.get_channel_display()}


def _agent(_ticket: Ticket, by: Agent) -> dict[str, Any]:
    return {"name": by.name, "first_name": by.get_short_name()}


def _order(ticket: Ticket, _by: Agent) -> dict[str, Any]:
    order = Event.objects.filter(customer=ticket.customer_id, metric=ORDER).order_by("-occurred_at").first()
    return dict(order.properties) if order else {}


_READERS = {"customer": _customer, "ticket": _ticket, "agent": _agent, "order": _order}


def _as_text(value: Any) -> str:
    """One line as people write it; "" for what has no plain text."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_as_text, value)))[:LONGEST_VALUE]
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:.2f}"
    return " ".join(str(value).split())[:LONGEST_VALUE] if isinstance(value, str | int) else ""
