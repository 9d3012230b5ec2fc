from typing import Any

from django.urls import path

from helpdesk.inbox.consumers import InboxConsumer
from helpdesk.inbox.views.acts import actions, acts
from helpdesk.inbox.views.acts import undoing as act_undoing
from helpdesk.inbox.views.applications import application, application_cancellation, application_undoing, applications
from helpdesk.inbox.views.attachments import attachment, attachments
from helpdesk.inbox.views.availability import availability
from helpdesk.inbox.views.backlog import backlog, spreading, spreading_undoing
from helpdesk.inbox.views.backtests import back_test, back_test_cancellation, back_tests
from helpdesk.inbox.views.customer_merges import merge, undoing
from helpdesk.inbox.views.customers import blocking, customer, customers, pins
from helpdesk.inbox.views.drafts import draft
from helpdesk.inbox.views.fairness import fairness_arrivals, fairness_ledger
from helpdesk.inbox.views.imports import (
    import_cancellation,
    import_page,
    import_refusals,
    import_shape,
    import_start,
    imports,
    klaviyo,
    klaviyo_account,
)
from helpdesk.inbox.views.lists import home, sidebar, ticket_list
from helpdesk.inbox.views.macros import macro, macros, ticket_macros
from helpdesk.inbox.views.messages import delivery, messages, sending
from helpdesk.inbox.views.originals import original
from helpdesk.inbox.views.ownership import assignment
from helpdesk.inbox.views.palette import palette
from helpdesk.inbox.views.people import people
from helpdesk.inbox.views.preferences import preferences
from helpdesk.inbox.views.publication import publication, restoration, version, versions
from helpdesk.inbox.views.reports import report_csv, report_tickets, service_report
from helpdesk.inbox.views.rule import effect as rule_effect
from helpdesk.inbox.views.rule import new_rule, rule
from helpdesk.inbox.views.rule import reshaped as rule_builder
from helpdesk.inbox.views.rule_tests import new_rule_test, rule_test, rule_test_deletion, rule_tests, ticket_rule_test
from helpdesk.inbox.views.rules import activity as rule_activity
from helpdesk.inbox.views.rules import copies, discarding, example, order, rules
from helpdesk.inbox.views.rules import deletion as rule_deletion
from helpdesk.inbox.views.saved_views import deletion as view_deletion
from helpdesk.inbox.views.saved_views import effect as view_effect
from helpdesk.inbox.views.saved_views import new_view, view
from helpdesk.inbox.views.saved_views import reshaped as view_builder
from helpdesk.inbox.views.search import search_page
from helpdesk.inbox.views.segments import activity, deletion, effect, members, new_segment, reshaped, segment, segments
from helpdesk.inbox.views.setup import setup
from helpdesk.inbox.views.ticket_merges import ticket_merge, ticket_merge_undoing, ticket_split
from helpdesk.inbox.views.tickets import ticket
from helpdesk.inbox.views.toasts import dismissal
from helpdesk.inbox.views.why import why

urlpatterns = [
    path("", home, name="home"),
    path("inbox/<slug:key>/", ticket_list, name="list"),
    path("views/new/", new_view, name="view-new"),
    path("views/builder/", view_builder, name="view-builder"),
    path("views/effect/", view_effect, name="view-effect"),
    path("views/<int:number>/", view, name="view"),
    path("views/<int:number>/deletion/", view_deletion, name="view-deletion"),
    path("sidebar/", sidebar, name="sidebar"),
    path("search/", search_page, name="search"),
    path("palette/", palette, name="palette"),
    path("tickets/<int:number>/", ticket, name="ticket"),
    path("tickets/<int:number>/merge/", ticket_merge, name="ticket-merge"),
    path("tickets/merges/<int:merge_id>/undoing/", ticket_merge_undoing, name="ticket-merge-undoing"),
    path("tickets/<int:number>/split/", ticket_split, name="ticket-split"),
    path("actions/", actions, name="actions"),
    path("acts/", acts, name="acts"),
    path("acts/<int:act_id>/undoing/", act_undoing, name="act-undoing"),
    path("tickets/<int:number>/why/", why, name="ticket-why"),
    path("tickets/<int:number>/rule-test/", ticket_rule_test, name="ticket-rule-test"),
    path("tickets/<int:number>/messages/", messages, name="ticket-messages"),
    path("tickets/<int:number>/assignment/", assignment, name="ticket-assignment"),
    path("tickets/<int:number>/draft/", draft, name="ticket-draft"),
    path("tickets/<int:number>/attachments/", attachments, name="ticket-attachments"),
    path("tickets/<int:number>/macros/", ticket_macros, name="ticket-macros"),
    path("messages/<int:message_id>/delivery/", delivery, name="message-delivery"),
    path("messages/<int:message_id>/sending/", sending, name="message-sending"),
    path("messages/<int:message_id>/original/", original, name="message-original"),
    path("attachments/<int:attachment_id>/", attachment, name="attachment"),
    path("macros/", macros, name="macros"),
    path("macros/<int:macro_id>/", macro, name="macro"),
    path("people/", people, name="people"),
    path("availability/", availability, name="availability"),
    path("toasts/dismissal/", dismissal, name="toast-dismissal"),
    path("imports/", imports, name="imports"),
    path("imports/<int:number>/", import_page, name="import"),
    path("imports/<int:number>/shape/", import_shape, name="import-shape"),
    path("imports/<int:number>/start/", import_start, name="import-start"),
    path("imports/<int:number>/cancellation/", import_cancellation, name="import-cancellation"),
    path("imports/<int:number>/refusals.csv", import_refusals, name="import-refusals"),
    path("imports/klaviyo/", klaviyo, name="klaviyo"),
    path("imports/klaviyo/<int:number>/", klaviyo_account, name="klaviyo-account"),
    path("customers/", customers, name="customers"),
    path("customers/<int:customer_id>/", customer, name="customer"),
    path("customers/<int:customer_id>/block/", blocking, name="customer-block"),
    path("customers/<int:customer_id>/pins/", pins, name="customer-pins"),
    path("customers/<int:customer_id>/merge/", merge, name="customer-merge"),
    path("customers/merges/<int:merge_id>/undoing/", undoing, name="merge-undoing"),
    path("segments/", segments, name="segments"),
    path("segments/new/", new_segment, name="segment-new"),
    path("segments/builder/", reshaped, name="segment-builder"),
    path("segments/effect/", effect, name="segment-effect"),
    path("segments/<int:segment_id>/", segment, name="segment"),
    path("segments/<int:segment_id>/deletion/", deletion, name="segment-deletion"),
    path("segments/<int:segment_id>/activity/", activity, name="segment-activity"),
    path("segments/<int:segment_id>/members/", members, name="segment-members"),
    path("routing/", rules, name="rules"),
    path("routing/new/", new_rule, name="rule-new"),
    path("routing/builder/", rule_builder, name="rule-builder"),
    path("routing/effect/", rule_effect, name="rule-effect"),
    path("routing/order/", order, name="rule-order"),
    path("routing/examples/", example, name="rule-examples"),
    path("routing/publication/", publication, name="publication"),
    path("routing/versions/", versions, name="versions"),
    path("routing/versions/<int:version_number>/", version, name="version"),
    path("routing/versions/<int:version_number>/restoration/", restoration, name="version-restoration"),
    path("routing/<int:rule_id>/", rule, name="rule"),
    path("routing/<int:rule_id>/activity/", rule_activity, name="rule-activity"),
    path("routing/<int:rule_id>/copies/", copies, name="rule-copies"),
    path("routing/<int:rule_id>/deletion/", rule_deletion, name="rule-deletion"),
    path("routing/<int:rule_id>/discarding/", discarding, name="rule-discarding"),
    path("routing/back-tests/", back_tests, name="back-tests"),
    path("routing/back-tests/<int:number>/", back_test, name="back-test"),
    path("routing/back-tests/<int:number>/cancellation/", back_test_cancellation, name="back-test-cancellation"),
    path("routing/applications/", applications, name="applications"),
    path("routing/applications/<int:number>/", application, name="application"),
    path("routing/applications/<int:number>/cancellation/", application_cancellation, name="application-cancellation"),
    path("routing/applications/<int:number>/undoing/", application_undoing, name="application-undoing"),
    path("routing/tests/", rule_tests, name="rule-tests"),
    path("routing/tests/new/", new_rule_test, name="rule-test-new"),
    path("routing/tests/<int:test_id>/", rule_test, name="rule-test"),
    path("routing/tests/<int:test_id>/deletion/", rule_test_deletion, name="rule-test-deletion"),
    path("backlog/", backlog, name="backlog"),
    path("backlog/<int:act_id>/", spreading, name="spreading"),
    path("backlog/<int:act_id>/undoing/", spreading_undoing, name="spreading-undoing"),
    path("fairness/", fairness_ledger, name="fairness"),
    path("fairness/arrivals/", fairness_arrivals, name="fairness-arrivals"),
    path("reports/", service_report, name="service-report"),
    path("reports/tickets/", report_tickets, name="report-tickets"),
    path("reports/<slug:table>.csv", report_csv, name="report-csv"),
    path("preferences/", preferences, name="preferences"),
    path("setup/", setup, name="setup"),
]

websocket_urlpatterns: list[Any] = [path("ws/inbox/", InboxConsumer.as_asgi())]  # type: ignore[arg-type] # Channels routes ASGI applications by Django's path()
