"""The dismissal of toasts: they are not shown again on any page."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from agents.text import number_in
from agents.toasts import dismiss_toasts
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest


@signed_in
@require_POST
def dismissal(request: AgentRequest) -> HttpResponse:
    """`toast`: one number or several. Those that are not the reader's stay as they are."""
    dismiss_toasts(request.user, [number_in(number) for number in request.POST.getlist("toast")])
    return HttpResponse(status=204)
