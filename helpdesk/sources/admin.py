"""Sources in the admin: added with what to set up on the other side, watched, switched off. And what they sent that needs a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.widgets import UnfoldAdminPasswordWidget

from agents.text import readable
from helpdesk.admin_pages import EVERYWHERE, DeskAdmin, LongList, ReadOnlyAdmin, display, linked, person
from helpdesk.sources.models import Received, Source
from helpdesk.sources.receiving import put_away, try_again

LATEST = 10
_SO_FAR = gettext_lazy("So far")
_NEEDS_A_PERSON = Q(received__status=Received.Status.FAILED)


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    """A secret is written, never shown: left empty, it stays as it is."""

    secret = forms.CharField(
        label=gettext_lazy("Signing secret"),
        required=False,
        widget=UnfoldAdminPasswordWidget(),
        help_text=gettext_lazy("Shopify only. What the shop signs its webhooks with. It is kept sealed and not shown again."),
    )

    class Meta:
        model = Source
        fields = ("kind", "name", "is_active", "shop_domain", "secret", "event_names")

    def clean_secret(self) -> str:
        return str(self.cleaned_data["secret"] or self.instance.secret)

    def clean_shop_domain(self) -> str:
        domain: str = self.cleaned_data["shop_domain"]
        return domain.strip().lower().removeprefix("https://").removeprefix("http://").strip("/")

    def clean_event_names(self) -> Any:
        """What is no object the field itself refuses."""
        names = self.cleaned_data["event_names"]
        if isinstance(names, dict) and not all(map(_is_name, (*names, *names.values()))):
            raise ValidationError(_('Write names beside names, as {"Order Completed": "Placed Order"}.'))
        return names

    def clean(self) -> None:
        super().clean()
        kind = self.cleaned_data.get("kind") or self.instance.kind
        for field, problem in (("shop_domain", _("Say which shop it is.")), ("secret", _("Without the secret nothing from the shop can be believed."))):
            if kind == Source.Kind.SHOPIFY and field not in self.errors and not self.cleaned_data.get(field):
                self.add_error(field, problem)


@admin.register(Source)
class SourceAdmin(DeskAdmin):
    """A source is switched off, not deleted: what it sent says where it came from."""

    form = SourceForm
    list_display = ("name", "kind", "state", "last_used_at", "problems")
    add_fieldsets = ((None, {"fields": ("kind", "name")}), (gettext_lazy("Shopify"), {"fields": ("shop_domain", "secret")}))
    segment_fieldsets = (
        (None, {"fields": ("name", "is_active", "event_names")}),
        (gettext_lazy("So far"), {"fields": ("last_used_at", "refused", "problems")}),
    )
    shopify_fieldsets = (
        (None, {"fields": ("name", "is_active", "shop_domain", "secret")}),
        (_SO_FAR, {"fields": ("last_used_at", "problems")}),
    )
    readonly_fields = ("last_used_at", "refused", "problems")
    change_form_after_template = "sources/_how_to.html"

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        sources: QuerySet[Source] = super().get_queryset(request).annotate(waiting=Count("received", filter=_NEEDS_A_PERSON))
        return sources

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        return self.segment_fieldsets if obj.kind == Source.Kind.SEGMENT else self.shopify_fieldsets

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        source = context.get("original")
        told = source.received.exclude(reason="").defer("raw").order_by("-pk")[:LATEST] if source else ()
        addresses = {"host": request.build_absolute_uri("/").rstrip("/"), "webhook": _webhook(request, source)}
        response: HttpResponse = super().render_change_form(request, context | addresses | {"told": told}, *args, **kwargs)
        return response

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        """V16: the write key is on this one page, once."""
        if not change:
            obj.created_by = person(request)
        super().save_model(request, obj, form, change)
        if change:
            return
        if obj.kind == Source.Kind.SEGMENT:
            text, shown = _("This is the write key of “%(name)s”. Copy it now, it is not shown again:"), obj.new_key()
        else:
            text, shown = _("Paste this address into the webhooks of “%(name)s”:"), _webhook(request, obj)
        self.message_user(request, format_html('{} <code class="secret">{}</code>', text % {"name": obj}, shown), messages.WARNING)

    @display(description=gettext_lazy("status"), ordering="is_active", label={"on": "success", "off": "default"})
    def state(self, source: Source) -> tuple[str, str]:
        return ("on", _("Active")) if source.is_active else ("off", _("Switched off"))

    @display(description=gettext_lazy("needs a person"), ordering="waiting")
    def problems(self, source: Any) -> str:
        if not getattr(source, "waiting", 0):
            return "–"
        url = f"{reverse('admin:sources_received_changelist')}?source__id__exact={source.pk}&status__exact={Received.Status.FAILED}"
        return linked(url, str(source.waiting))


def _is_name(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip()) and readable(text) == text


def _webhook(request: HttpRequest, source: Source | None) -> str:
    return request.build_absolute_uri(reverse("shopify", args=[source.pk])) if source and source.kind == Source.Kind.SHOPIFY else ""


@admin.register(Received)
class ReceivedAdmin(LongList, ReadOnlyAdmin):
    list_display = ("received_at", "source", "topic", "state", "reason")
    list_filter = (("status", ChoicesDropdownFilter), ("source", RelatedDropdownFilter))
    list_filter_submit = True
    list_select_related = ("source",)
    ordering = ("-pk",)
    actions = ("do_again", "mark_done")
    fields = ("received_at", "source", "topic", "external_id", "about", "happened_at", "status", "reason", "download")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Received]:
        rows: QuerySet[Received] = super().get_queryset(request).defer("raw")
        return rows

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/raw/", self.admin_site.admin_view(self.raw_view), name="sources_received_raw"), *urls]

    def offers(self, action: str, row: Received) -> bool:
        return row.status == Received.Status.FAILED

    def raw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """V1: as a file, never as a page."""
        row = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if row is None:
            raise Http404
        headers = {
            "Content-Disposition": f'attachment; filename="received-{row.pk}.json"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(bytes(row.raw), content_type="application/octet-stream", headers=headers)

    @display(description=gettext_lazy("status"), ordering="status", label={"pending": "info", "done": "success", "failed": "danger", "ignored": "default"})
    def state(self, row: Received) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @display(description=gettext_lazy("content"))
    def download(self, row: Received) -> str:
        return linked(reverse("admin:sources_received_raw", args=[row.pk]), _("Download")) if row.raw else "–"

    @admin.action(description=gettext_lazy("Try again"), permissions=["act"], location=EVERYWHERE)
    def do_again(self, request: HttpRequest, rows: QuerySet[Received]) -> None:
        def act(row: Received) -> str:
            return try_again(row) if row.status == Received.Status.FAILED else _("Nobody is needed for this.")

        self.on_each(request, rows.select_related("source"), act, done=lambda n: ngettext("%(n)d is done now.", "%(n)d are done now.", n) % {"n": n})

    @admin.action(description=gettext_lazy("Mark as done"), permissions=["act"], location=EVERYWHERE)
    def mark_done(self, request: HttpRequest, rows: QuerySet[Received]) -> None:
        def act(row: Received) -> str:
            if row.status != Received.Status.FAILED:
                return _("Nobody is needed for this.")
            put_away(row)
            return ""

        self.on_each(request, rows, act, done=lambda n: ngettext("%(n)d marked as done.", "%(n)d marked as done.", n) % {"n": n})
