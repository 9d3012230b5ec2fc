"""Segments: the list, the page of one with the builder, and what it would hold while it is being built."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.conditions.grammar import DefinitionError
from helpdesk.customers import segments as verbs
from helpdesk.customers.asking.effect import effect_of
from helpdesk.customers.models import Customer, Segment
from helpdesk.inbox.access import manages_customers, reads_customers
from helpdesk.inbox.addresses import number_of
from helpdesk.inbox.builder.controls import sheet
from helpdesk.inbox.builder.picks import complete, picks_for
from helpdesk.inbox.builder.state import Builder
from helpdesk.inbox.customers.lines import find_customers
from helpdesk.inbox.customers.pasting import paste
from helpdesk.inbox.customers.segments import SegmentForm, figures_in_time, segment_lines, sentence, uses_of, version_of
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.inbox.views.customers import living_customer
from routing.uses import delete_segment, why_segment_is_kept

RESHAPE = "segment-builder"
FOUND = 8
MEMBERS = 50


@reads_customers
@require_safe
def segments(request: AgentRequest) -> HttpResponse:
    return render(request, "segments/list.html", shell(request, "segments") | {"lines": segment_lines()})


@manages_customers
@require_http_methods(["GET", "POST"])
def new_segment(request: AgentRequest) -> HttpResponse:
    """`?kind=list`: a list that people keep."""
    builder = None if request.GET.get("kind") == "list" else Builder.empty()
    if request.method == "GET":
        return _page(request, SegmentForm(builder=builder))
    form = _posted(request, is_list=builder is None)
    return _save(request, form, None) or _page(request, form, status=_status(request))


@reads_customers
@require_http_methods(["GET", "POST"])
def segment(request: AgentRequest, segment_id: int) -> HttpResponse:
    wanted = _segment(segment_id)
    if request.method == "GET":
        form = SegmentForm.of(wanted)
        form.seen = version_of(wanted)
        return _page(request, form, wanted)
    return _change(request, segment_id=segment_id)


@manages_customers
def _change(request: AgentRequest, *, segment_id: int) -> HttpResponse:
    wanted = _segment(segment_id)
    form = _posted(request, is_list=wanted.definition is None)
    if "do" not in request.POST and form.seen not in ("", version_of(wanted)):
        form.seen, form.is_overtaken = version_of(wanted), True  # saving once more is meant
        return _page(request, form, wanted, status=409)
    return _save(request, form, wanted) or _page(request, form, wanted, status=_status(request))


def _segment(segment_id: int) -> Segment:
    return get_object_or_404(Segment.objects.all(), pk=segment_id)


def _posted(request: AgentRequest, *, is_list: bool) -> SegmentForm:
    """The form as it was sent, with what its button did to it."""
    builder = None if is_list else Builder.posted(request.POST)
    form = SegmentForm(request.POST.get("name", ""), builder=builder, pasted=request.POST.get("pasted", ""), seen=request.POST.get("seen", ""))
    if form.builder and (do := request.POST.get("do", "")):
        paste(form) if do == "paste" else form.builder.act(do)
    if form.builder:
        complete(form.builder, picks_for(form.builder))
    return form


def _status(request: AgentRequest) -> int:
    return 200 if "do" in request.POST else 422


def _save(request: AgentRequest, form: SegmentForm, segment: Segment | None) -> HttpResponse | None:
    """Where to go on from; None with the form's problems, or where a button only changed the form."""
    if "do" in request.POST or (form.builder and form.builder.checked() is None):
        return None
    definition = form.builder.json if form.builder else None
    try:
        if segment is None:
            segment = verbs.create_segment(form.name, definition, by=request.user)
        else:
            verbs.change_segment(segment, name=form.name, definition=definition, by=request.user)
    except verbs.SegmentError as problem:
        form.name_problem = str(problem)
        return None
    except DefinitionError as error:
        if form.builder:
            form.builder.refused(error)
        return None
    return redirect(f"{reverse('segment', args=[segment.pk])}?saved")


def _page(request: AgentRequest, form: SegmentForm, segment: Segment | None = None, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = shell(request, "segments") | {"form": form, "segment": segment, "is_saved": "saved" in request.GET}
    if segment:
        context |= {"figures": figures_in_time([segment]).get(segment.pk), "warnings": verbs.warnings(segment)}
    if form.builder:
        context |= {"sheet": sheet(form.builder), "reshape": RESHAPE}
        definition = Builder(form.builder.groups).checked()
        context |= {"effect": effect_of(definition), "sentence": sentence(definition)}
    elif segment:
        context |= _members(request, segment)
    return render(request, "segments/segment.html", context, status=status)


def _members(request: AgentRequest, segment: Segment) -> dict[str, Any]:
    """The newest members of a list, and whom a search finds that could be added."""
    members = Customer.objects.filter(memberships__segment=segment, memberships__until=None)
    query = request.GET.get("q", "").strip()
    others = find_customers(query)[:FOUND] if query and request.user.is_manager else []
    held = set(members.filter(pk__in=[each.pk for each in others]).values_list("pk", flat=True))
    return {"members": _newest(members), "q": query, "others": [(each, each.pk in held) for each in others]}


def _newest(members: QuerySet[Customer]) -> list[Customer]:
    return list(members.order_by("-memberships__pk")[:MEMBERS])


@manages_customers
@require_POST
def reshaped(request: AgentRequest) -> HttpResponse:
    """The builder alone, as the form says now. What follows from it is asked for next."""
    form = _posted(request, is_list=False)
    assert form.builder
    response = render(request, "builder/_builder.html", {"sheet": sheet(form.builder), "reshape": RESHAPE})
    response["HX-Trigger-After-Swap"] = "reshaped"
    return response


@manages_customers
@require_POST
def effect(request: AgentRequest) -> HttpResponse:
    """How many match what is being built, a few of them, and what it says."""
    builder = Builder.posted(request.POST)
    complete(builder, picks_for(builder))
    definition = builder.checked()
    context = {"effect": effect_of(definition), "sentence": sentence(definition), "is_part": True}
    return render(request, "segments/_effect.html", context)


@manages_customers
@require_http_methods(["GET", "POST"])
def deletion(request: AgentRequest, segment_id: int) -> HttpResponse:
    """GET: what it is used for, before it is gone."""
    wanted = _segment(segment_id)
    if request.method == "GET":
        return _deletion_page(request, wanted)
    try:
        delete_segment(wanted, by=request.user)
    except verbs.SegmentError:
        return _deletion_page(request, wanted, status=409)
    return redirect("segments")


def _deletion_page(request: AgentRequest, wanted: Segment, *, status: int = 200) -> HttpResponse:
    context = shell(request, "segments") | {"segment": wanted, "uses": uses_of(wanted), "figures": figures_in_time([wanted]).get(wanted.pk)}
    return render(request, "segments/deletion.html", context | {"why_kept": why_segment_is_kept(wanted)}, status=status)


@manages_customers
@require_POST
def activity(request: AgentRequest, segment_id: int) -> HttpResponse:
    wanted = _segment(segment_id)
    verbs.change_segment(wanted, is_active=request.POST.get("active") == "on", by=request.user)
    return redirect("segment", wanted.pk)


@manages_customers
@require_POST
def members(request: AgentRequest, segment_id: int) -> HttpResponse:
    """Puts a customer on a list, or takes one off it."""
    wanted, customer = _segment(segment_id), living_customer(number_of(request.POST.get("customer", "")))
    verb = verbs.remove_members if request.POST.get("_method") == "DELETE" else verbs.add_members
    try:
        verb(wanted, [customer], by=request.user)
    except verbs.SegmentError as problem:
        form = SegmentForm.of(wanted)
        form.name_problem = str(problem)
        return _page(request, form, wanted, status=409)
    return redirect("segment", wanted.pk)
