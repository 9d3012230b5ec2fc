"""A mail as it was laid out, in a frame where nothing can run and nothing is fetched (V1)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.templatetags.static import static
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest
from helpdesk.inbox.ticket.originals import sanitised
from helpdesk.inbox.views.messages import visible_message

SEALED: dict[str, Any] = {
    "default-src": ["'none'"],
    "img-src": ["data:"],
    "style-src": ["'self'"],
    "frame-ancestors": ["'self'"],
    "form-action": ["'none'"],
    "base-uri": ["'none'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
WITH_PICTURES = SEALED | {"img-src": ["data:", "https:", "http:"]}


@signed_in
@xframe_options_sameorigin
@require_safe
def original(request: AgentRequest, message_id: int) -> HttpResponse:
    """`?pictures`: those from elsewhere too, which tells the sender that the mail was read."""
    message = visible_message(request, message_id)
    if not message.has_original:  # type: ignore[attr-defined] # an annotation of with_parts
        raise Http404
    style = static("css/original.css")
    page = f'<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{style}"><body>{sanitised(message)}'
    response = HttpResponse(page, headers={"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"})
    response._csp_config = WITH_PICTURES if "pictures" in request.GET else SEALED  # type: ignore[attr-defined] # as django.views.decorators.csp does
    return response
