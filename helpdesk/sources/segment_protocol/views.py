"""The addresses that the analytics SDKs send to. Browsers may, from any shop's page: a write key only tells, it reads nothing."""

from __future__ import annotations

import base64
import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from helpdesk.sources.models import Source, digest_of
from helpdesk.sources.receiving import collect
from helpdesk.sources.segment_protocol.messages import LARGEST_MESSAGE, Message
from helpdesk.sources.wire import Problem, is_within_rate, read_json, read_unpacked, text

log = logging.getLogger(__name__)
LARGEST_BATCH, MOST_MESSAGES = 500 * 1024, 2_500  # the published protocol's
_ANY_PAGE = {
    "Access-Control-Allow-Origin": "*",  # without credentials: no cookie of the desk is ever sent here
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Retry-Count",
    "Access-Control-Max-Age": "86400",
}
_SHORT = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias", "b": "batch", "import": "batch"}


@csrf_exempt
def receive(request: HttpRequest, kind: str) -> HttpResponse:
    """200 when all of it is committed, 400 for what will never be read, 401, 429 and 503 as usual. Browsers use the short names."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=_ANY_PAGE)
    if request.method != "POST":
        return _answer(405, "Send it with POST.", Allow="POST, OPTIONS")
    if not is_within_rate(get_adapter().get_client_ip(request)):
        return _answer(429, "These are too many requests.", **{"Retry-After": "60"})
    try:
        return _receive(request, _SHORT.get(kind, kind))
    except Problem as problem:
        return _answer(400, str(problem))
    except DatabaseError:
        log.exception("Messages from a source could not be stored")
        return _answer(503, "It could not be stored. Send it again.")


def _receive(request: HttpRequest, kind: str) -> HttpResponse:
    is_batch, at = kind == "batch", timezone.now()
    body = read_json(read_unpacked(request, LARGEST_BATCH if is_batch else LARGEST_MESSAGE))
    if not isinstance(body, dict):
        raise Problem("This is not an object.")
    source = _source(_write_key(request, body))
    if source is None:
        return _answer(401, "This write key is not valid.", **{"WWW-Authenticate": "Basic"})
    source.note_use()
    collect(source, _batch(body) if is_batch else [Message(kind, _without_key(body), body.get("sentAt"))], at=at)
    return JsonResponse({"success": True}, headers=_ANY_PAGE)


def _write_key(request: HttpRequest, body: dict[str, Any]) -> str:
    """The user name of basic authentication, or `writeKey`, as browsers and phones send it."""
    scheme, _space, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return str(body.get("writeKey"))
    try:
        return base64.b64decode(told).decode("latin-1").partition(":")[0]
    except ValueError:
        return ""


def _source(key: str) -> Source | None:
    return Source.objects.select_related("created_by").filter(kind=Source.Kind.SEGMENT, is_active=True, key_hash=digest_of(key)).first()


def _batch(body: dict[str, Any]) -> list[Message]:
    told, context = body.get("batch"), body.get("context")
    if not isinstance(told, list):
        raise Problem("“batch” is not a list.")
    if len(told) > MOST_MESSAGES:
        raise Problem(f"These are too many messages: at most {MOST_MESSAGES}.")
    return [_message(each, body.get("sentAt"), context) for each in told]


def _message(told: Any, sent_at: Any, context: Any) -> Message:
    """A batch's context holds for its messages that have none. What is no object is a message of no kind, to be refused with the reason."""
    if not isinstance(told, dict):
        return Message("", {"message": told}, sent_at)
    body = ({"context": context} if context else {}) | _without_key(told)
    return Message(text(body.get("type"), longest=100), body, sent_at or told.get("sentAt"))


def _without_key(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "writeKey"}


def _answer(status: int, message: str, **headers: str) -> JsonResponse:
    return JsonResponse({"success": False, "code": str(status), "message": message}, status=status, headers=_ANY_PAGE | headers)
