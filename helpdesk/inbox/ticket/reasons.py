"""A routing decision in words (I2)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from routing.models import RoutingDecision
from routing.reasons import Candidate, Verdict

SKIPPED = ("offline", "away", "full")


def waits(because: str, *, still: bool = True) -> str:
    """Why nobody was given the ticket; "" where somebody was."""
    sentences = {
        "round robin is off": (_("It waits: round robin is off."), _("It waited: round robin was off.")),
        "outside business hours": (_("It waits: it came outside business hours."), _("It waited: it came outside business hours.")),
        "nobody is online": (_("It waits: nobody is Online."), _("It waited: nobody was Online.")),
        "everybody is full": (_("It waits: everybody has as many tickets as they may have."), _("It waited: everybody had as many tickets as they may have.")),
    }
    now, then = sentences.get(because, (because, because))
    return now if still else then


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


def in_short(decision: RoutingDecision, found: Sequence[Verdict], *, still_waits: bool = True, since: str = "") -> str:
    """The decision in a few sentences, as escaped HTML; `found` holds at least the rules that matched, `since` is what a person has changed."""
    sentences = [_by_which_rule(decision, [each for each in found if each.matched]), _whose_turn(decision, still_waits), since]
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


def _whose_turn(decision: RoutingDecision, still_waits: bool) -> str:
    if decision.agent:
        return format_html(_("It was the turn of <b>{name}</b>."), name=decision.agent)
    return waits(decision.waiting_because, still=still_waits) or _("It had an assignee already.")
