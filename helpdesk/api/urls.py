from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from helpdesk.api.views import AvailabilityView, CustomersView, EventsView, MessagesView, TicketMessagesView, TicketsView, TicketView

urlpatterns = [
    path("messages/", MessagesView.as_view(), name="api-messages"),
    path("customers/", CustomersView.as_view(), name="api-customers"),
    path("events/", EventsView.as_view(), name="api-events"),
    path("tickets/", TicketsView.as_view(), name="api-tickets"),
    path("tickets/<int:number>/", TicketView.as_view(), name="api-ticket"),
    path("tickets/<int:number>/messages/", TicketMessagesView.as_view(), name="api-ticket-messages"),
    path("me/availability/", AvailabilityView.as_view(), name="api-availability"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
