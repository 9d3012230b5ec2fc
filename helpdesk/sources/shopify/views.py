"""The address that Shopify sends webhooks to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging

from allauth.account.adapter import get_adapter
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from helpdesk.sources.models import Received, Source
from helpdesk.sources.receiving import keep, work_off
from helpdesk.sources.shopify.topics import TOPICS
from helpdesk.sources.wire import TooLarge, is_within_rate, read_body, text

log = logging.getLogger(__name__)
LARGEST = 5 * 1024 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """V6: 401, without a hint, for all that is not signed by this source's shop. 200 once the bytes are committed; then they are worked off."""
    if not is_within_rate(get_adapter().get_client_ip(request)):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    try:
        raw = read_body(request, LARGEST)
    except TooLarge:
        return HttpResponse(status=413)
    source = Source.objects.filter(pk=pk, kind=Source.Kind.SHOPIFY, is_active=True).first()
    is_theirs = is_signed(raw, request.headers.get("X-Shopify-Hmac-Sha256", ""), source.secret if source else "")
    if source is None or not is_theirs or request.headers.get("X-Shopify-Shop-Domain", "").lower() != source.shop_domain.lower():
        return HttpResponse(status=401)
    try:
        return _keep(source, request, raw)
    except DatabaseError:
        log.exception("A webhook could not be stored")
        return HttpResponse(status=503)


def signature_of(raw: bytes, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256)).decode()


def is_signed(raw: bytes, told: str, secret: str) -> bool:
    """In constant time, and never by an empty secret."""
    return hmac.compare_digest(signature_of(raw, secret).encode(), told.encode()) and bool(secret)


def _keep(source: Source, request: HttpRequest, raw: bytes) -> HttpResponse:
    headers = request.headers
    topic = text(headers.get("X-Shopify-Topic"), longest=100)
    number = text(headers.get("X-Shopify-Webhook-Id")) or text(headers.get("X-Shopify-Event-Id")) or hashlib.sha256(topic.encode() + raw).hexdigest()
    source.note_use()
    if topic not in TOPICS:
        return _ignore(source, topic)
    row, is_new = keep(source, external_id=number, topic=topic, raw=raw)
    if is_new:
        work_off(row)
    return HttpResponse(status=200)


def _ignore(source: Source, topic: str) -> HttpResponse:
    """One row for each topic, so that people see what the shop sends for nothing."""
    reason = "The desk does not use this topic. You can remove it in the shop."
    fields = {"topic": topic, "raw": b"", "status": Received.Status.IGNORED, "reason": reason}
    Received.objects.get_or_create(source=source, external_id=f"topic {topic}", defaults=fields)
    return HttpResponse(status=200)
