"""After the rules: teams that take tickets with certain tags, or of customers in certain segments (A3, A10, A12)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from agents.models import Team
from helpdesk.tickets.models import Ticket
from routing.models import TeamMatching
from routing.round_robin import hold_the_ledger


def match_teams(ticket: Ticket) -> list[dict[str, Any]]:
    """Every team with a tag of the ticket or a segment of its customer, for `RoutingDecision.teams`: {"team", "name", "because"}."""
    tags = {tag.pk for tag in ticket.tags.all()}
    segments = set(ticket.customer.memberships.filter(until=None).values_list("segment", flat=True))
    found = TeamMatching.objects.filter(Q(tags__in=tags) | Q(segments__in=segments)).distinct().order_by("team__name")
    matching = found.select_related("team").prefetch_related("tags", "segments")
    return [{"team": each.team.pk, "name": each.team.name, "because": _because(each, tags, segments)} for each in matching]


def _because(matching: TeamMatching, tags: set[int], segments: set[int]) -> list[list[str]]:
    """[["tag", "Order"], ["segment", "VIP"]]: names as they are now, since both may go."""
    held = [["tag", tag.name] for tag in matching.tags.all() if tag.pk in tags]
    return held + [["segment", segment.name] for segment in matching.segments.all() if segment.pk in segments]


def next_team(found: list[dict[str, Any]]) -> Team | None:
    """Of several the one whose turn is longest ago (C13). Late in the transaction: then the ledger is held until commit."""
    if not found:
        return None
    if len(found) == 1:
        return Team.objects.get(pk=found[0]["team"])
    turn = hold_the_ledger()
    matching = TeamMatching.objects.select_related("team").filter(team__in=[each["team"] for each in found]).order_by("last_turn", "team__name")[0]
    TeamMatching.objects.filter(pk=matching.pk).update(last_turn=turn)
    return matching.team
