"""What comes in and what goes out, as the admin shows it; and what of other packages it does not show."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_ox.admin import OxTaskAdmin
from django_ox.models import OxSchedule, OxTask
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from helpdesk.admin_pages import EVERYWHERE, LongList, ReadOnlyAdmin, display, linked
from helpdesk.outbox.deliveries import try_again
from helpdesk.outbox.models import Delivery
from helpdesk.tickets.models import Channel, Inbound
from helpdesk.transports.email.receive import read_again

SHOWN = 20_000  # characters of a raw message
for model in (EmailAddress, Group, OxSchedule, OxTask):
    admin.site.unregister(model)


@admin.register(Inbound)
class InboundAdmin(LongList, ReadOnlyAdmin):
    """Mail that could not be read waits here for a person."""

    list_display = ("received_at", "channel", "inbox", "state", "ticket", "reason")
    list_filter = (("status", ChoicesDropdownFilter), ("channel", ChoicesDropdownFilter))
    list_filter_submit = True
    list_select_related = ("message",)
    ordering = ("-pk",)
    actions = ("read_once_more",)
    fields = ("received_at", "channel", "inbox", "status", "reason", "ticket", "download", "raw_text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Inbound]:
        rows: QuerySet[Inbound] = super().get_queryset(request).defer("raw")
        return rows

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/raw/", self.admin_site.admin_view(self.raw_view), name="tickets_inbound_raw"), *urls]

    def offers(self, action: str, row: Inbound) -> bool:
        return row.status == Inbound.Status.QUARANTINED

    def raw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """V1: as a file, never as a page."""
        row = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if row is None:
            raise Http404
        headers = {
            "Content-Disposition": f'attachment; filename="message-{row.pk}.eml"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(bytes(row.raw), content_type="application/octet-stream", headers=headers)

    @display(description=gettext_lazy("status"), ordering="status", label={"pending": "info", "done": "success", "quarantined": "danger"})
    def state(self, row: Inbound) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @display(description=gettext_lazy("ticket"))
    def ticket(self, row: Inbound) -> str:
        if row.message is None:
            return "–"
        return linked(reverse("admin:tickets_ticket_change", args=[row.message.ticket_id]), f"#{row.message.ticket_id}")

    @display(description=gettext_lazy("as a file"))
    def download(self, row: Inbound) -> str:
        return linked(reverse("admin:tickets_inbound_raw", args=[row.pk]), _("Download"))

    @display(description=gettext_lazy("as it came"))
    def raw_text(self, row: Inbound) -> str:
        text = bytes(row.raw)[: SHOWN * 4].decode(errors="replace")
        return format_html('<pre class="raw">{}{}</pre>', text[:SHOWN], "\n…" if len(text) > SHOWN or len(row.raw) > SHOWN * 4 else "")

    @admin.action(description=gettext_lazy("Try again"), permissions=["act"], location=EVERYWHERE)
    def read_once_more(self, request: HttpRequest, rows: QuerySet[Inbound]) -> None:
        def act(row: Inbound) -> str:
            if row.status != Inbound.Status.QUARANTINED or row.channel != Channel.EMAIL:
                return _("Only mail that could not be read can be tried again.")
            receipt = read_again(row)
            return receipt.reason if receipt.status == "quarantined" else ""

        self.on_each(request, rows, act, done=lambda n: ngettext("%(n)d message is a ticket now.", "%(n)d messages are tickets now.", n) % {"n": n})


@admin.register(Delivery)
class DeliveryAdmin(LongList, ReadOnlyAdmin):
    """What leaves the house; what could not be sent comes first."""

    list_display = ("key", "kind", "state", "ticket", "attempts", "created_at", "error")
    list_filter = (("status", ChoicesDropdownFilter),)
    list_filter_submit = True
    list_select_related = ("message",)
    ordering = ("status", "-pk")  # failed, pending, sent: the alphabet agrees
    actions = ("send_again",)
    fields = ("ticket", "status", "attempts", "error", "created_at", "next_attempt_at", "sent_at")

    def offers(self, action: str, row: Delivery) -> bool:
        return row.status == Delivery.Status.FAILED

    @display(description=gettext_lazy("status"), ordering="status", label={"pending": "info", "sent": "success", "failed": "danger"})
    def state(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.status, delivery.get_status_display()

    @display(description=gettext_lazy("ticket"))
    def ticket(self, delivery: Delivery) -> str:
        message = getattr(delivery, "message", None)
        return linked(reverse("admin:tickets_ticket_change", args=[message.ticket_id]), f"#{message.ticket_id}") if message else "–"

    @admin.action(description=gettext_lazy("Try again"), permissions=["act"], location=EVERYWHERE)
    def send_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        def act(delivery: Delivery) -> str:
            if delivery.status != Delivery.Status.FAILED:
                return _("Only what has failed can be tried again.")
            try_again(delivery)
            return ""

        self.on_each(request, deliveries, act, done=lambda n: ngettext("%(n)d delivery is tried again.", "%(n)d deliveries are tried again.", n) % {"n": n})


@admin.register(OxTask)
class JobAdmin(LongList, OxTaskAdmin, ReadOnlyAdmin):
    """The package's own page of background jobs, in our theme."""

    list_filter_submit = True
    date_hierarchy = None  # type: ignore[assignment]  # the package means a field's name; ours is a table that grows for ever

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return ("task_path", "status", "attempts", "enqueued_at", "finished_at")

    def get_list_filter(self, request: HttpRequest) -> tuple[Any, ...]:
        return (("status", ChoicesDropdownFilter),)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("django_ox.view_oxtask"))
