"""Tickets, what was said in them, and what happened to them."""

from helpdesk.tickets.models.acts import Act, Block, TicketMerge, UnreadMark
from helpdesk.tickets.models.attachments import Attachment, Original
from helpdesk.tickets.models.drafts import Draft
from helpdesk.tickets.models.history import TicketEvent
from helpdesk.tickets.models.macros import Macro
from helpdesk.tickets.models.mentions import Mention
from helpdesk.tickets.models.messages import Inbound, Message
from helpdesk.tickets.models.search import SearchText
from helpdesk.tickets.models.settings import TicketSettings
from helpdesk.tickets.models.tickets import Channel, Priority, SentimentLabel, Tag, Ticket, TicketQuerySet
from helpdesk.tickets.models.views import SavedView, ViewEntry

__all__ = [
    "Act",
    "Attachment",
    "Block",
    "Channel",
    "Draft",
    "Inbound",
    "Macro",
    "Mention",
    "Message",
    "Original",
    "Priority",
    "SavedView",
    "SearchText",
    "SentimentLabel",
    "Tag",
    "Ticket",
    "TicketEvent",
    "TicketMerge",
    "TicketQuerySet",
    "TicketSettings",
    "UnreadMark",
    "ViewEntry",
]
