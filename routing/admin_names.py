"""What conditions know by name, in the admin: teams, people and tags are not renamed under them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agents.admin import AgentAdmin
from agents.admin_forms import AgentForm, NewAgentForm
from agents.models import Agent
from agents.text import one_line
from helpdesk.admin_pages import DeskAdmin
from helpdesk.tickets.acts.tags import known_tag
from helpdesk.tickets.live import publish_many
from helpdesk.tickets.models import Tag
from routing import uses


class OneLineField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


ONE_LINE: Any = {models.CharField: {"form_class": OneLineField}}


class ShownInPages(DeskAdmin):
    """Rows and the side bar show these names: open pages read them again."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        publish_many()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        publish_many()


class NamedForm(ModelForm):  # type: ignore[type-arg]  # at run time it takes none
    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        named = self._meta.model._default_manager.filter(pk=self.instance.pk).first()
        if named is not None and (reason := uses.why_name_is_kept(named, name)):
            raise ValidationError(reason)
        return name


class _NameOfItsOwn(ModelForm):  # type: ignore[type-arg]  # as above
    def clean_name(self) -> str:
        """Lists, reports, mentions and conditions tell people apart by name. Who has one already may keep it."""
        name: str = self.cleaned_data["name"]
        others = Agent.objects.exclude(pk=self.instance.pk).values_list("name", flat=True)
        if name != self.initial.get("name") and name.casefold() in map(str.casefold, others):
            raise ValidationError(_("Somebody has this name already. Add what tells them apart, as “%(name)s (Malmö)”.") % {"name": name})
        return name


class NamedAgentForm(NamedForm, _NameOfItsOwn, AgentForm):
    def clean_name(self) -> str:
        _NameOfItsOwn.clean_name(self)
        return super().clean_name()


class NewNamedAgentForm(_NameOfItsOwn, NewAgentForm):
    pass


@admin.register(Agent)
class NamedAgentAdmin(ShownInPages, AgentAdmin):
    form = NamedAgentForm
    add_form = NewNamedAgentForm
    formfield_overrides: Any = AgentAdmin.formfield_overrides | ONE_LINE  # type: ignore[misc]  # its two bases declare it differently


class TagForm(NamedForm):
    def clean_name(self) -> str:
        """Upper and lower case make no other tag."""
        name = super().clean_name()
        twin = known_tag(name)
        if twin is not None and twin.pk != self.instance.pk:
            raise ValidationError(_("There is a tag “%(name)s” already.") % {"name": twin})
        return name


@admin.register(Tag)
class TagAdmin(ShownInPages):
    form = TagForm
    formfield_overrides: Any = DeskAdmin.formfield_overrides | ONE_LINE
    list_display = ("name",)
    search_fields = ("name",)
    fields = ("name",)
