"""A routing decision in words (I2)."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from routing.models import RoutingDecision

SKIPPED = ("offline", "away", "full")


def waits(because: str) -> str:
    """Why nobody was given the ticket."""
    sentences = {
        "round robin is off": _("It waits: round robin is off."),
        "outside business hours": _("It waits: it came outside business hours."),
        "nobody is online": _("It waits: nobody is Online."),
        "everybody is full": _("It waits: everybody has as many tickets as they may have."),
    }
    return sentences.get(because, because)


def outcome(candidate: dict[str, Any]) -> str:
    """What became of one candidate for the turn."""
    outcomes = {
        "taken": _("Got it"),
        "offline": _("Skipped: Offline"),
        "away": _("Skipped: Online without a sign of life"),
        "full": _("Skipped: has as many as they may have"),
        "not their turn": _("Not their turn"),
    }
    return outcomes.get(candidate["outcome"], str(candidate["outcome"]))


def numbered_rules(decision: RoutingDecision | None) -> list[dict[str, Any]]:
    """The rules in the order they were tried, each with its number and the conditions that held."""
    rules = enumerate(decision.rules if decision else [], 1)
    return [rule | {"number": number, "held": [condition for condition in rule["conditions"] if condition["result"]]} for number, rule in rules]


def in_short(decision: RoutingDecision, *, since: str = "") -> str:
    """The decision in a few sentences, as escaped HTML; `since` is what a person has changed."""
    sentences = [_by_which_rule(decision), _whose_turn(decision), since]
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences if sentence))


def _by_which_rule(decision: RoutingDecision) -> str:
    matched = [rule for rule in numbered_rules(decision) if rule["matched"]]
    rule = next((rule for rule in matched if rule["destination"].startswith("Team ")), None)
    if decision.team and rule:
        return format_html(_("<b>Rule {number}, {name},</b> gave this ticket to <b>{team}</b>."), number=rule["number"], name=rule["name"], team=decision.team)
    if decision.team:
        return format_html(_("It went to <b>{team}</b>{because}."), team=decision.team, because=_by_what(decision))
    if matched:
        return format_html(_("<b>Rule {number}, {name},</b> put it into a view; no rule named a team."), number=matched[0]["number"], name=matched[0]["name"])
    return _("No rule matched.") if decision.rules else _("There were no rules.")


def _by_what(decision: RoutingDecision) -> str:
    """ ", which takes tickets tagged Order": by which tags and segments the team was found (A10)."""
    because: list[list[str]] = next((team["because"] for team in decision.teams if decision.team and team["team"] == decision.team.pk), [])
    words = {"tag": _("tickets tagged %(name)s"), "segment": _("customers in segment %(name)s")}
    names = _(" and ").join(words[kind] % {"name": name} for kind, name in because)
    return _(", which takes %(names)s") % {"names": names} if names else ""


def _whose_turn(decision: RoutingDecision) -> str:
    if decision.agent:
        return format_html(_("It was the turn of <b>{name}</b>."), name=decision.agent)
    return waits(decision.waiting_because) if decision.waiting_because else _("It had an assignee already.")
