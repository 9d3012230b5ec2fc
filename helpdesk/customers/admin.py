"""Customers in the admin: what is known about them, what they did, and where they belong."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline

from helpdesk.admin_pages import DeskAdmin, LongList, display
from helpdesk.customers.models import Customer, CustomerMerge, Event, ExternalId, Membership
from helpdesk.customers.predictions.admin import PredictionSettingsAdmin
from helpdesk.customers.predictions.models import PredictionSettings
from helpdesk.customers.profiles import mend

admin.site.register(PredictionSettings, PredictionSettingsAdmin)


class ReadInline(TabularInline):
    """Written by the ways in and by verbs alone. Whoever may see the customer may see this."""

    per_page = 20
    extra = 0
    can_delete = False
    show_title = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EventInline(ReadInline):
    model = Event
    fields = readonly_fields = ("occurred_at", "metric", "value", "properties")
    ordering = ("-occurred_at", "-pk")


class ExternalIdInline(ReadInline):
    model = ExternalId
    fields = readonly_fields = ("source", "value")
    ordering = ("source", "value")


class MembershipInline(ReadInline):
    model = Membership
    fields = readonly_fields = ("segment", "since", "until")
    ordering = ("-since", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("segment")


class MergeInline(ReadInline):
    model = CustomerMerge
    fk_name = "kept"
    fields = readonly_fields = ("merged", "at", "by", "undone_at")
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("merged", "by")


@admin.register(Customer)
class CustomerAdmin(LongList, DeskAdmin):
    """Keys and properties come from the channels and the API; people may mend the facts in words."""

    list_display = ("who", "phone", "country", "created_at")
    ordering = ("-pk",)
    search_fields = ("name", "email", "phone", "external_id", "external_ids__value")
    search_help_text = gettext_lazy("Name, e-mail, phone or an ID")
    inlines = (EventInline, ExternalIdInline, MembershipInline, MergeInline)
    fieldsets = (
        (None, {"fields": ("name", "country", "city", "zone", "language")}),
        (gettext_lazy("Known as"), {"fields": ("email", "phone", "external_id", "merged_into", "created_at")}),
        (gettext_lazy("More"), {"fields": ("tickets", "segment_names", "properties")}),
    )
    readonly_fields = ("email", "phone", "external_id", "merged_into", "created_at", "tickets", "segment_names", "properties")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Customer, form: ModelForm[Customer], change: bool) -> None:
        mend(obj, {name: form.cleaned_data[name] for name in form.changed_data})

    @display(description=gettext_lazy("customer"), ordering="name", header=True)
    def who(self, customer: Customer) -> tuple[str, str]:
        return str(customer), customer.email if customer.name and customer.email else ""

    @display(description=gettext_lazy("tickets"))
    def tickets(self, customer: Customer) -> str:
        url = f"{reverse('admin:tickets_ticket_changelist')}?customer__id__exact={customer.pk}"
        return format_html('<a href="{}" class="text-link">{}</a>', url, _("Tickets of %(name)s") % {"name": customer})

    @display(description=gettext_lazy("segments"))
    def segment_names(self, customer: Customer) -> str:
        return ", ".join(each.segment.name for each in Membership.objects.filter(customer=customer, until=None).select_related("segment")) or "–"
