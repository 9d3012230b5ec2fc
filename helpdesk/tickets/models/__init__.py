"""Tickets, what was said in them, and what happened to them."""

from helpdesk.tickets.models.history import TicketEvent
from helpdesk.tickets.models.messages import Inbound, Message
from helpdesk.tickets.models.tickets import Channel, Priority, SentimentLabel, Tag, Ticket, TicketQuerySet
from helpdesk.tickets.models.views import SavedView, ViewEntry

__all__ = [
    "Channel",
    "Inbound",
    "Message",
    "Priority",
    "SavedView",
    "SentimentLabel",
    "Tag",
    "Ticket",
    "TicketEvent",
    "TicketQuerySet",
    "ViewEntry",
]
