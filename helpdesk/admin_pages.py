"""What the pages of the admin have in common. Knows nothing but agents, so that every package may build on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ModelAdmin as DjangoModelAdmin
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext
from unfold import decorators
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from agents.models import Agent

EVERYWHERE = (ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM)


def person(request: HttpRequest) -> Agent:
    """Who is looking: the site lets nobody in who is not signed in."""
    assert isinstance(request.user, Agent)
    return request.user


def display[Function: Callable[..., Any]](**options: Any) -> Callable[[Function], Function]:
    """The theme's decorator of columns, with a type."""
    decorate: Callable[[Function], Function] = decorators.display(**options)
    return decorate


def linked(url: str, text: str) -> str:
    return format_html('<a href="{}" class="text-link">{}</a>', url, text)


def as_written(text: str) -> str:
    """JSON can name half a character, which no page can show: it is given back as it was written."""
    return text.encode(errors="backslashreplace").decode()


class WrittenJSON(forms.JSONField):
    def prepare_value(self, value: Any) -> str:
        return as_written(super().prepare_value(value))


class DeskAdmin(ModelAdmin):
    """Actions are buttons on the page of a row as well, and say in words what they did."""

    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    formfield_overrides: Any = {models.JSONField: {"form_class": WrittenJSON}}
    change_form_outer_before_template = "admin/_actions.html"

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        with _no_such_number():
            for name in self.autocomplete_fields:
                _must_be_rows(self.model._meta.get_field(name).related_model, request.POST.getlist(name))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        try:
            return super().get_object(request, object_id, from_field)
        except OverflowError:  # a number that no row can have
            return None

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with _no_such_number():
            _must_be_rows(self.model, request.POST.getlist(ACTION_CHECKBOX_NAME))
            return super().response_action(request, *args, **kwargs)

    def get_action_choices(self, request: HttpRequest, default_choices: Any = None, action_location: ActionLocation = ActionLocation.CHANGE_LIST) -> Any:
        """The theme's own does not know the location that Django 6.1 asks with."""
        return DjangoModelAdmin.get_action_choices(self, request, [("", gettext("Choose an action"))], action_location)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """The right to change, where the form itself is read-only: actions are the only writes."""
        return bool(request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}"))

    def offers(self, action: str, row: Any) -> bool:
        """Whether the button of an action makes sense on the page of this row."""
        return True

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        form, row = context.get("action_form"), context.get("original")
        choices = form.fields["action"].choices if form else []
        context["offered"] = [(name, label) for name, label in choices if name and self.offers(name, row)]
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def on_each(self, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], str], *, done: Callable[[int], str]) -> None:
        """Tells the person how many `act` did and why it left the others: it returns "" or the reason."""
        left: dict[str, list[str]] = {}
        count = 0
        for row in rows:
            if reason := act(row):
                left.setdefault(reason, []).append(str(row))
            else:
                count += 1
        if count:
            self.message_user(request, done(count), messages.SUCCESS)
        for reason, names in left.items():
            self.message_user(request, f"{', '.join(names[:10])}{' …' if names[10:] else ''}: {reason}", messages.WARNING)


@contextmanager
def _no_such_number() -> Iterator[None]:
    """No page of ours sends a number that no row can have: 400."""
    try:
        yield
    except OverflowError as error:
        raise BadRequest from error


def _must_be_rows(model: type[models.Model], numbers: Iterable[str]) -> None:
    """As they are ticked or chosen; none of ours sends anything else: 400."""
    assert model._meta.pk is not None
    try:
        for number in filter(None, numbers):
            model._meta.pk.clean(number, None)
    except ValidationError as error:
        raise BadRequest from error


class LongList:
    """For tables that grow for ever: counting a million rows takes longer than showing fifty."""

    paginator = InfinitePaginator
    show_full_result_count = False
    list_disable_select_all = True


class ReadOnlyAdmin(DeskAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """The admin's own history is of forms, and there is no form."""
        context["show_history"] = False
        return super().render_change_form(request, context, *args, **kwargs)


class OneRowAdmin(DeskAdmin):
    """Settings of which there is one row: the list is the form."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        self.model.objects.get_or_create(pk=1)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", 1)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
