"""A routing decision in words (I2)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from routing.models import RoutingDecision
from routing.reasons import Candidate, Verdict
from routing.round_robin import EVERYBODY_FULL, IS_ASLEEP, IS_OFF, NOBODY_ONLINE, OUTSIDE_HOURS

SKIPPED = ("offline", "away", "full")


def waited(because: str) -> str:
    """Why nobody was given the ticket when it was decided; "" where somebody was."""
    sentences = {
        IS_OFF: _("Round robin was off."),
        OUTSIDE_HOURS: _("The desk was closed."),
        NOBODY_ONLINE: _("Nobody who could have got it was Online."),
        EVERYBODY_FULL: _("Everybody who could have got it was full."),
        IS_ASLEEP: _("It was snoozed."),
    }
    return sentences.get(because, because)


def waits(because: str) -> str:
    """Why it waits at this moment, of a ticket that does; "": nothing holds it up."""
    sentences = {
        IS_OFF: _("It waits: round robin is off now."),
        OUTSIDE_HOURS: _("It waits: the desk is closed now."),
        NOBODY_ONLINE: _("It waits: nobody who could get it is Online now."),
        EVERYBODY_FULL: _("It waits: everybody who could get it is full now."),
    }
    return sentences.get(because, _("It is about to be handed out."))


def outcome(candidate: Candidate) -> str:
    """What became of one candidate for the turn."""
    outcomes = {
        "taken": _("Got it"),
        "offline": _("Skipped: Offline"),
        "away": _("Skipped: Online without a sign of life"),
        "full": _("Skipped: has as many as they may have"),
        "not their turn": _("Not their turn"),
    }
    return outcomes.get(candidate.outcome, candidate.outcome)


def in_short(decision: RoutingDecision, found: Sequence[Verdict], *, since: Sequence[str] = ()) -> str:
    """The decision in a few sentences, as escaped HTML; `found` holds at least the rules that matched, `since` is what came after it."""
    sentences = [_by_which_rule(decision, [each for each in found if each.matched]), _whose_turn(decision), *since]
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences if sentence))


def _by_which_rule(decision: RoutingDecision, matched: Sequence[Verdict]) -> str:
    winner = next((verdict.rule for verdict in matched if verdict.is_winner), None)
    if decision.team_was_chosen:
        return _("Its team was chosen by a person, which stands.")
    if decision.team and winner:
        text = _("<b>Rule {number}, {name},</b> gave this ticket to <b>{team}</b>.")
        return format_html(text, number=winner.number, name=winner.name, team=decision.team)
    if decision.team:
        return format_html(_("It went to <b>{team}</b>{because}."), team=decision.team, because=_by_what(decision))
    if matched:
        text = _("<b>Rule {number}, {name},</b> put it into a view; no rule named a team.")
        return format_html(text, number=matched[0].rule.number, name=matched[0].rule.name)
    return _("No rule matched.") if decision.rule_set_id else _("No rules had been published.")


def _by_what(decision: RoutingDecision) -> str:
    """ ", which takes tickets tagged Order": by which tags and segments the team was found (A10)."""
    because: list[list[str]] = next((team["because"] for team in decision.teams if decision.team and team["team"] == decision.team.pk), [])
    words = {"tag": _("tickets tagged %(name)s"), "segment": _("customers in segment %(name)s")}
    names = _(" and ").join(words[kind] % {"name": name} for kind, name in because)
    return _(", which takes %(names)s") % {"names": names} if names else ""


def _whose_turn(decision: RoutingDecision) -> str:
    if decision.agent:
        return format_html(_("It was the turn of <b>{name}</b>."), name=decision.agent)
    return waited(decision.waiting_because) or _("It had an assignee already.")
