from typing import Any

from django.urls import path

from helpdesk.inbox.consumers import InboxConsumer
from helpdesk.inbox.views.availability import availability
from helpdesk.inbox.views.closures import closure
from helpdesk.inbox.views.lists import home, sidebar, ticket_list
from helpdesk.inbox.views.messages import delivery, messages
from helpdesk.inbox.views.ownership import assignment, team
from helpdesk.inbox.views.setup import setup
from helpdesk.inbox.views.tickets import ticket, why
from helpdesk.inbox.views.toasts import dismissal

urlpatterns = [
    path("", home, name="home"),
    path("inbox/<slug:key>/", ticket_list, name="list"),
    path("sidebar/", sidebar, name="sidebar"),
    path("tickets/<int:number>/", ticket, name="ticket"),
    path("tickets/<int:number>/why/", why, name="ticket-why"),
    path("tickets/<int:number>/messages/", messages, name="ticket-messages"),
    path("tickets/<int:number>/closure/", closure, name="ticket-closure"),
    path("tickets/<int:number>/assignment/", assignment, name="ticket-assignment"),
    path("tickets/<int:number>/team/", team, name="ticket-team"),
    path("messages/<int:message_id>/delivery/", delivery, name="message-delivery"),
    path("availability/", availability, name="availability"),
    path("toasts/<int:toast_id>/dismissal/", dismissal, name="toast-dismissal"),
    path("setup/", setup, name="setup"),
]

websocket_urlpatterns: list[Any] = [path("ws/inbox/", InboxConsumer.as_asgi())]  # type: ignore[arg-type] # Channels routes ASGI applications by Django's path()
