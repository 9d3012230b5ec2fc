"""The admin for Owner, Admin and Manager: the theme, with our sign-in, our content security policy and our side bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csp import csp_override
from unfold.sites import UnfoldAdminSite

# The theme's Alpine evaluates expressions, and its pages carry inline styles. No inline script even here.
ADMIN_CSP = settings.SECURE_CSP | {"script-src": [CSP.SELF, CSP.UNSAFE_EVAL], "style-src": [CSP.SELF, CSP.UNSAFE_INLINE]}


class DeskAdminConfig(AdminConfig):
    default_site = "helpdesk.admin_site.DeskAdminSite"


class DeskAdminSite(UnfoldAdminSite):
    index_title = gettext_lazy("Manage the desk")
    index_template = "admin/desk_index.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # one at a time, on a page that says what goes with it

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., HttpResponse]:
        wrapped: Callable[..., HttpResponse] = csp_override(ADMIN_CSP)(super().admin_view(view, cacheable))
        return wrapped

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from helpdesk.admin_index import notices  # needs the apps to be loaded

        response: HttpResponse = super().index(request, {"notices": notices(), **(extra_context or {})})
        return response

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page, with its rate limits (V15)."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied(_("Only Owner, Admin and Manager can open these pages."))
        from django.contrib.auth.views import redirect_to_login  # as above

        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """As everywhere: whoever signs out is Offline (A18)."""
        from allauth.account.views import logout  # as above

        response: HttpResponse = logout(request)
        return response


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar: only what this person may see."""
    links = [
        {"title": _("Inbox"), "icon": "inbox", "link": reverse("home"), "active": False},
        {"title": _("Overview"), "icon": "dashboard", "link": reverse("admin:index")},
    ]
    groups = [{"title": title, "items": [_link(*item) for item in items if _may_see(request, item[2])]} for title, items in _groups()]
    return [{"items": links}, *(group for group in groups if group["items"])]


def _groups() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """(title, [(title, icon, model), …]); the icons are the theme's."""
    return [
        (
            _("Tickets"),
            [
                (_("Tickets"), "confirmation_number", "tickets.ticket"),
                (_("Views"), "visibility", "tickets.savedview"),
                (_("Tags"), "sell", "tickets.tag"),
                (_("Macros"), "bolt", "tickets.macro"),
            ],
        ),
        (_("Customers"), [(_("Customers"), "groups", "customers.customer")]),
        (
            _("Routing"),
            [
                (_("Published rules"), "alt_route", "routing.ruleset"),
                (_("Decisions"), "help", "routing.routingdecision"),
                (_("Turns"), "cached", "routing.ledgerentry"),
            ],
        ),
        (_("People"), [(_("Agents"), "person", "agents.agent"), (_("Teams"), "diversity_3", "agents.team")]),
        (
            _("Settings"),
            [
                (_("Inbound messages"), "move_to_inbox", "routing.roundrobinsettings"),
                (_("Business hours"), "schedule", "agents.businesshours"),
                (_("Tickets"), "timer_off", "tickets.ticketsettings"),
                (_("Predictions"), "insights", "customers.predictionsettings"),
                (_("API keys"), "key", "api.apikey"),
                (_("Sources"), "sensors", "sources.source"),
            ],
        ),
        (
            _("System"),
            [
                (_("Received messages"), "mark_email_unread", "tickets.inbound"),
                (_("Received data"), "move_to_inbox", "sources.received"),
                (_("Deliveries"), "outgoing_mail", "outbox.delivery"),
                (_("Background jobs"), "manufacturing", "django_ox.oxtask"),
            ],
        ),
    ]


def _may_see(request: HttpRequest, model: str) -> bool:
    app, name = model.split(".")
    return bool(request.user.has_perm(f"{app}.view_{name}"))


def _link(title: str, icon: str, model: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse(f"admin:{model.replace('.', '_')}_changelist")}
