"""Shared macros in the admin; people's own are theirs alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from helpdesk.admin_pages import DeskAdmin, person
from helpdesk.tickets.conversation.macro_form import MacroForm
from helpdesk.tickets.conversation.macros import delete_macro, save_macro
from helpdesk.tickets.models import Macro


@admin.register(Macro)
class MacroAdmin(DeskAdmin):
    form = MacroForm
    list_display = ("name", "category")
    list_filter = ("category",)
    search_fields = ("name", "category", "body")
    fields = ("name", "category", "body", "anyway")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Macro]:
        return Macro.objects.filter(owner=None)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "body":
            kwargs["help_text"] = _(
                "Variables: {{ customer.first_name }}, {{ customer.<property> }}, {{ ticket.number }}, {{ ticket.subject }}, {{ agent.name }}, "
                "{{ order.<property of the latest order> }}."
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Macro, form: Any, change: bool) -> None:
        save_macro(obj, by=person(request))

    def delete_model(self, request: HttpRequest, obj: Macro) -> None:
        delete_macro(obj, by=person(request))
