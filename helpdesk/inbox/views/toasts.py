"""A toast's dismissal: it is not shown again on any page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from agents.models import Toast
from agents.toasts import dismiss_toast
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest


@signed_in
@require_POST
def dismissal(request: AgentRequest, toast_id: int) -> HttpResponse:
    dismiss_toast(get_object_or_404(Toast, pk=toast_id, agent=request.user))
    return HttpResponse(status=204)
