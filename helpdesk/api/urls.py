from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from helpdesk.api import batch_views, customer_views, decision_views, merge_views, publication_views, rule_views, segment_views, views

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
    path("rules/", rule_views.RulesView.as_view(), name="api-rules"),
    path("rules/order/", rule_views.RuleOrderView.as_view(), name="api-rule-order"),
    path("rules/preview/", rule_views.RulePreviewView.as_view(), name="api-rule-preview"),
    path("rules/publication/", publication_views.PublicationView.as_view(), name="api-publication"),
    path("rules/versions/", publication_views.VersionsView.as_view(), name="api-versions"),
    path("rules/versions/<int:number>/", publication_views.VersionView.as_view(), name="api-version"),
    path("rules/versions/<int:number>/restoration/", publication_views.RestorationView.as_view(), name="api-restoration"),
    path("rules/<int:number>/", rule_views.RuleView.as_view(), name="api-rule"),
    path("rules/<int:number>/changes/", rule_views.RuleChangesView.as_view(), name="api-rule-changes"),
    path("rules/<int:number>/copies/", rule_views.RuleCopiesView.as_view(), name="api-rule-copies"),
    path("segments/", segment_views.SegmentsView.as_view(), name="api-segments"),
    path("segments/preview/", segment_views.SegmentPreviewView.as_view(), name="api-segment-preview"),
    path("segments/<int:number>/", segment_views.SegmentView.as_view(), name="api-segment"),
    path("segments/<int:number>/members/", segment_views.MembersView.as_view(), name="api-members"),
    path("segments/<int:number>/members/<int:customer>/", segment_views.MemberView.as_view(), name="api-member"),
    path("tickets/", views.TicketsView.as_view(), name="api-tickets"),
    path("tickets/<int:number>/", views.TicketView.as_view(), name="api-ticket"),
    path("tickets/<int:number>/decisions/", decision_views.DecisionsView.as_view(), name="api-decisions"),
    path("tickets/<int:number>/messages/", views.TicketMessagesView.as_view(), name="api-ticket-messages"),
    path("me/availability/", views.AvailabilityView.as_view(), name="api-availability"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
