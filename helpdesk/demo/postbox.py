"""Nothing leaves the machine in the demo: what would be sent by SMS or social is written to a file beside the mails."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from helpdesk.outbox.models import Delivery
from helpdesk.outbox.senders import register
from helpdesk.tickets.models import Channel, Message


def keep_everything_here() -> None:
    for channel in (Channel.SMS, Channel.SOCIAL):
        register(channel.value, record)


def record(delivery: Delivery) -> None:
    """One line of JSON in outgoing/sms.jsonl or outgoing/social.jsonl: at, to, text."""
    message = Message.objects.select_related("ticket__customer").get(pk=delivery.payload["message_id"])
    customer = message.ticket.customer
    line = {"at": timezone.now().isoformat(), "to": customer.phone or str(customer), "text": message.text}
    folder = Path(settings.DATA_DIR) / "outgoing"
    folder.mkdir(exist_ok=True)
    with (folder / f"{delivery.kind}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
