from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from helpdesk.api import batch_views, customer_views, merge_views, segment_views, views

urlpatterns = [
    path("messages/", views.MessagesView.as_view(), name="api-messages"),
    path("customers/", customer_views.CustomersView.as_view(), name="api-customers"),
    path("customers/batch/", batch_views.CustomerBatchView.as_view(), name="api-customers-batch"),
    path("customers/<int:number>/", customer_views.CustomerView.as_view(), name="api-customer"),
    path("customers/<int:number>/events/", customer_views.CustomerEventsView.as_view(), name="api-customer-events"),
    path("customers/<int:number>/properties/<path:name>/history/", customer_views.PropertyHistoryView.as_view(), name="api-property-history"),
    path("customers/<int:number>/merges/", merge_views.MergesView.as_view(), name="api-merges"),
    path("customers/<int:number>/merges/<int:merge>/", merge_views.MergeView.as_view(), name="api-merge"),
    path("events/", customer_views.EventsView.as_view(), name="api-events"),
    path("events/batch/", batch_views.EventBatchView.as_view(), name="api-events-batch"),
    path("segments/", segment_views.SegmentsView.as_view(), name="api-segments"),
    path("segments/preview/", segment_views.SegmentPreviewView.as_view(), name="api-segment-preview"),
    path("segments/<int:number>/", segment_views.SegmentView.as_view(), name="api-segment"),
    path("segments/<int:number>/members/", segment_views.MembersView.as_view(), name="api-members"),
    path("segments/<int:number>/members/<int:customer>/", segment_views.MemberView.as_view(), name="api-member"),
    path("tickets/", views.TicketsView.as_view(), name="api-tickets"),
    path("tickets/<int:number>/", views.TicketView.as_view(), name="api-ticket"),
    path("tickets/<int:number>/messages/", views.TicketMessagesView.as_view(), name="api-ticket-messages"),
    path("me/availability/", views.AvailabilityView.as_view(), name="api-availability"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
