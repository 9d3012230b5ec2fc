"""What a manager should see first: whatever waits for a person, and nothing when nothing does."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.outbox.models import Delivery
from helpdesk.sources.models import Received
from helpdesk.tickets.models import Inbound, Ticket
from routing.backlog import absent_owners, left_tickets
from routing.checker.findings import Kind
from routing.checking import desk_findings
from routing.models import TeamMatching
from routing.publication import obstacles
from routing.rule_set import live_contents


@dataclass(frozen=True)
class Notice:
    text: str
    url: str


def notices() -> list[Notice]:
    """For people who may see all of it: the admin lets nobody else in."""
    return [*_unread_mail(), *_unread_data(), *_unsent(), *_left_behind(), *_left_tickets(), *_doubtful_rules(), *_doubtful_teams()]


def _unread_mail() -> list[Notice]:
    count = Inbound.objects.filter(status=Inbound.Status.QUARANTINED).count()
    text = ngettext("%(n)d message could not be read.", "%(n)d messages could not be read.", count) % {"n": count}
    return [Notice(text, f"{reverse('admin:tickets_inbound_changelist')}?status__exact=quarantined")] if count else []


def _unread_data() -> list[Notice]:
    count = Received.objects.filter(status=Received.Status.FAILED).count()
    text = ngettext("%(n)d piece of received data needs a person.", "%(n)d pieces of received data need a person.", count) % {"n": count}
    return [Notice(text, f"{reverse('admin:sources_received_changelist')}?status__exact=failed")] if count else []


def _unsent() -> list[Notice]:
    count = Delivery.objects.filter(status=Delivery.Status.FAILED).count()
    text = ngettext("%(n)d reply could not be sent.", "%(n)d replies could not be sent.", count) % {"n": count}
    return [Notice(text, f"{reverse('admin:outbox_delivery_changelist')}?status__exact=failed")] if count else []


def _left_behind() -> list[Notice]:
    """Open tickets of people who can no longer sign in: nobody else sees that they wait."""
    found = []
    owners = Ticket.objects.open().filter(assignee__is_active=False).values("assignee", "assignee__name").annotate(n=Count("pk")).order_by("assignee__name")
    for owner in owners:
        text = ngettext("%(n)d open ticket belongs to %(name)s, who cannot sign in.", "%(n)d open tickets belong to %(name)s, who cannot sign in.", owner["n"])
        url = f"{reverse('admin:tickets_ticket_changelist')}?assignee__id__exact={owner['assignee']}&status=open"
        found.append(Notice(text % {"n": owner["n"], "name": owner["assignee__name"]}, url))
    return found


def _left_tickets() -> list[Notice]:
    """Of people who can sign in, but are not there (I8)."""
    count = left_tickets(owners=[owner for owner in absent_owners() if owner.can_answer]).count()
    text = ngettext("%(n)d open ticket waits with somebody who is not there.", "%(n)d open tickets wait with people who are not there.", count) % {"n": count}
    return [Notice(text, f"{reverse('backlog')}?in=all")] if count else []


def _doubtful_rules() -> list[Notice]:
    """Live rules whose team or view is gone or has nobody (A11), or that ask about segments which are gone or inactive."""
    live = live_contents()
    names = {rule["id"]: rule["name"] for rule in live}
    empty = [f"“{names[each.rule]}”: {each.words}" for each in desk_findings(live) if each.kind == Kind.EMPTY_TEAM]
    return [Notice(words, reverse("rules")) for words in [*(obstacle.words for obstacle in obstacles(live)), *empty]]


def _doubtful_teams() -> list[Notice]:
    """Teams that take the customers of segments which are gone or inactive."""
    text = {
        True: _("%(team)s takes customers of segment “%(segment)s”, which was deleted."),
        False: _("%(team)s takes customers of segment “%(segment)s”, which is inactive."),
    }
    chosen = TeamMatching.segments.through.objects.filter(Q(segment__deleted_at__isnull=False) | Q(segment__is_active=False))
    rows = chosen.order_by("teammatching__team__name", "segment__name")
    found = rows.values_list("teammatching__team", "teammatching__team__name", "segment__name", "segment__deleted_at")
    return [
        Notice(text[deleted is not None] % {"team": team, "segment": segment}, reverse("admin:agents_team_change", args=[number]))
        for number, team, segment, deleted in found
    ]
