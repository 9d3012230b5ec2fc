"""People who can be called to a ticket, as the composer offers them after an @."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.models import Agent
from helpdesk.inbox.access import reads_customers
from helpdesk.inbox.pages import AgentRequest

AT_MOST = 8


@reads_customers
@require_safe
def people(request: AgentRequest) -> HttpResponse:
    """Those with a word of their name that begins with `q`. In Python: SQLite knows no case but that of English."""
    wanted = request.GET.get("q", "").casefold()
    everybody = Agent.objects.answering().exclude(pk=request.user.pk).order_by("name")
    found = [person for person in everybody if any(word.startswith(wanted) for word in _words(person))]
    return render(request, "inbox/_people_picks.html", {"people": found[:AT_MOST]})


def _words(person: Agent) -> list[str]:
    name = str(person).casefold()
    return [name, *name.split()]
