"""Views that people keep: made from a list with its filters, changed, given up (S9)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.conditions.grammar import DefinitionError
from helpdesk.inbox.access import reads_customers
from helpdesk.inbox.builder.controls import sheet
from helpdesk.inbox.builder.state import Builder
from helpdesk.inbox.customers.segments import sentence
from helpdesk.inbox.lists.saved_views import ViewForm, effect_on_tickets, version_of
from helpdesk.inbox.lists.shown import DEFAULT_LIST, SORTS
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.tickets.lists import saved_views as verbs
from helpdesk.tickets.lists.finding import NoSuchList
from helpdesk.tickets.models import SavedView
from helpdesk.tickets.permissions import NotAllowed

RESHAPE = "view-builder"


@reads_customers
@require_http_methods(["GET", "POST"])
def new_view(request: AgentRequest) -> HttpResponse:
    """`?from=`: the list with the filters that become its conditions."""
    if request.method == "POST":
        form = ViewForm.posted(request.POST)
        return _save(request, form, None) or _page(request, form, status=_status(request))
    try:
        form = ViewForm.from_list(request.user, request.GET.get("from", "") or DEFAULT_LIST)
    except NoSuchList:
        raise Http404 from None
    return _page(request, form)


@reads_customers
@require_http_methods(["GET", "POST"])
def view(request: AgentRequest, number: int) -> HttpResponse:
    if request.method == "POST" and not SavedView.objects.filter(pk=number).exists():
        form = ViewForm.posted(request.POST)
        form.name_problem = _("This view was deleted meanwhile. Saving makes it anew.")
        return _page(request, form, status=409)
    wanted = _kept(request, number)
    if request.method == "GET":
        return _page(request, ViewForm.of(wanted), wanted)
    form = ViewForm.posted(request.POST)
    if "do" not in request.POST and form.seen not in ("", version_of(wanted)):
        form.seen, form.is_overtaken = version_of(wanted), True  # saving once more is meant
        return _page(request, form, wanted, status=409)
    return _save(request, form, wanted) or _page(request, form, wanted, status=_status(request))


@reads_customers
@require_POST
def deletion(request: AgentRequest, number: int) -> HttpResponse:
    """Its tickets stay where they are."""
    verbs.delete_view(_kept(request, number), by=request.user)
    return redirect("list", DEFAULT_LIST)


def _kept(request: AgentRequest, number: int) -> SavedView:
    wanted = get_object_or_404(SavedView.objects.seen_by(request.user), pk=number, definition__isnull=False)
    verbs.must_keep(wanted, request.user)
    return wanted


def _status(request: AgentRequest) -> int:
    return 200 if "do" in request.POST else 422


def _save(request: AgentRequest, form: ViewForm, view: SavedView | None) -> HttpResponse | None:
    """Where to go on from; None with the form's problems, or where a button only changed the form."""
    if "do" in request.POST or form.builder.checked() is None:
        return None
    chosen: dict[str, Any] = {"is_shared": form.is_shared, "sort": form.sort, "by": request.user}
    try:
        if view is None:
            view = verbs.create_view(form.name, form.builder.json, **chosen)
        else:
            verbs.change_view(view, name=form.name, definition=form.builder.json, **chosen)
    except (verbs.ViewError, NotAllowed) as problem:
        form.name_problem = str(problem)
        return None
    except DefinitionError as error:
        form.builder.refused(error)
        return None
    return redirect("list", f"view-{view.pk}")


def _page(request: AgentRequest, form: ViewForm, view: SavedView | None = None, *, status: int = 200) -> HttpResponse:
    context = shell(request, f"view-{view.pk}" if view else "") | {"form": form, "view": view, "sorts": SORTS}
    context |= {"sheet": sheet(form.builder), "reshape": RESHAPE} | _effect(request, Builder(form.builder.groups, about_tickets=True))
    return render(request, "views/view.html", context, status=status)


def _effect(request: AgentRequest, builder: Builder) -> dict[str, Any]:
    """What follows from what is written so far. `builder` is asked instead of the form's, which shall not complain yet."""
    definition = builder.checked()
    return {"effect": effect_on_tickets(definition, request.user), "sentence": sentence(definition)}


@reads_customers
@require_POST
def reshaped(request: AgentRequest) -> HttpResponse:
    """The builder alone, as the form says now. What follows from it is asked for next."""
    response = render(request, "builder/_builder.html", {"sheet": sheet(ViewForm.posted(request.POST).builder), "reshape": RESHAPE})
    response["HX-Trigger-After-Swap"] = "reshaped"
    return response


@reads_customers
@require_POST
def effect(request: AgentRequest) -> HttpResponse:
    """How many tickets match what is being built, a few of them, and what it says."""
    return render(request, "views/_effect.html", _effect(request, ViewForm.posted(request.POST).builder) | {"is_part": True})
