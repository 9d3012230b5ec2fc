"""API keys in the admin: made, shown once, revoked. For Owner and Admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import ForeignKey
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from agents.models import Agent, Role
from helpdesk.admin_pages import DeskAdmin, person
from helpdesk.api.models import ApiKey


@admin.register(ApiKey)
class ApiKeyAdmin(DeskAdmin):
    list_display = ("name", "agent", "created_at")
    list_select_related = ("agent",)
    fields = ("name", "agent")
    ordering = ("-pk",)

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """A key acts for somebody, and one for an Analyst reads reports alone (C4). Only the Owner makes one that acts for the Owner."""
        agents = Agent.objects.filter(is_active=True).order_by("name", "pk")
        is_owner = person(request).role == Role.OWNER
        return super().formfield_for_foreignkey(db_field, request, queryset=agents if is_owner else agents.exclude(role=Role.OWNER), **kwargs)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm[ApiKey], change: bool) -> None:
        """V16: the secret is on this one page, once."""
        key, secret = ApiKey.make(obj.name, obj.agent)
        obj.pk = key.pk
        text = _("This is the key “%(name)s”. Copy it now, it is not shown again:") % {"name": key}
        self.message_user(request, format_html('{} <code class="secret">{}</code>', text, secret), messages.WARNING)
