"""The fairness ledger (I7): who could have got how many tickets, who got them, and the arrivals behind each number."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from agents.models import Agent
from helpdesk.inbox.access import reads_customers
from helpdesk.inbox.addresses import number_of
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.inbox.reports.fairness import GAPS, TypedDays, in_words, line
from helpdesk.reports.access import may_read
from helpdesk.tickets.models import Ticket
from routing.fairness import behind, fairness

PAGE = 50


@reads_customers
@require_safe
def fairness_ledger(request: AgentRequest) -> HttpResponse:
    """Everybody who answers may see it: whoever is being counted sees the same as who counts."""
    days = TypedDays.asked(request.GET)
    found = fairness(days.since, days.until)
    context = {
        "days": days,
        "arrivals": found.arrivals,
        "lines": [line(share, days) for share in found.shares],
        "gaps": [in_words(gap) for gap in GAPS],
        "reads_reports": may_read(request.user),
        "unasked": [(in_words(reason), count, days.link(reason)) for reason, count in sorted(found.unasked.items())],
    }
    return render(request, "fairness/ledger.html", shell(request, "fairness") | context, status=422 if days.problem else 200)


@reads_customers
@require_safe
def fairness_arrivals(request: AgentRequest) -> HttpResponse:
    """`agent`, `outcome`, `from`, `to`; `before`: the number of the decision above which the page ends."""
    days, outcome = TypedDays.asked(request.GET), request.GET.get("outcome", "")
    title = _title(outcome)
    agent = get_object_or_404(Agent, pk=number_of(request.GET["agent"])) if request.GET.get("agent") else None
    found = behind(days.since, days.until, agent=agent, outcome=outcome).filter(ticket__in=Ticket.objects.visible_to(request.user))
    if before := request.GET.get("before"):
        found = found.filter(pk__lt=number_of(before))
    page = list(found.select_related("ticket__customer", "team", "agent").defer("values", "until", "teams")[: PAGE + 1])
    older = f"{days.link(outcome, agent.pk if agent else None)}&before={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    context = {"days": days, "agent": agent, "title": title, "decisions": page[:PAGE], "older": older}
    return render(request, "fairness/arrivals.html", shell(request, "fairness") | context)


def _title(outcome: str) -> str:
    try:
        return in_words(outcome)
    except KeyError:
        raise Http404 from None
