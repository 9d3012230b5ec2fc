"""Imports of customers and of what they did: Owners, Admins and Managers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from itertools import islice
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.imports.files.forms import MappingForm, ShapeForm, UploadForm, table_of
from helpdesk.imports.files.storage import keep_file, reshape
from helpdesk.imports.files.table import BadFile, Shape
from helpdesk.imports.klaviyo.accounts import BadKey, connect, import_again
from helpdesk.imports.klaviyo.forms import KeyForm
from helpdesk.imports.models import Account, Import
from helpdesk.imports.refusals import as_csv
from helpdesk.imports.runs import cancel, start
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest, shell

PAGE = 50


def managers[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponse]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request = cast(AgentRequest, args[0])
        if not request.user.is_manager:
            raise PermissionDenied(_("Only Owners, Admins and Managers import customers."))
        return view(*args, **kwargs)

    return signed_in(cast(Callable[P, HttpResponse], guarded))


@managers
def imports(request: AgentRequest) -> HttpResponse:
    if request.method != "POST":
        return _list_page(request)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file, what = form.cleaned_data["file"], form.cleaned_data["what"]
        try:
            return redirect("import", keep_file(file, size=file.size, name=file.name, what=what, by=request.user).pk)
        except BadFile as problem:
            form.add_error("file", str(problem))
    return _list_page(request, upload=form)


def _list_page(request: AgentRequest, *, upload: UploadForm | None = None, key: KeyForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {"upload": upload or UploadForm(), "key_form": key or KeyForm(), "accounts": Account.objects.all()}
    context |= {"runs": Import.objects.select_related("by")[:PAGE]} | shell(request, "customers")
    return render(request, "imports/list.html", context, status=422 if upload or key else 200)


@managers
@require_safe
def import_page(request: AgentRequest, number: int) -> HttpResponse:
    run = get_object_or_404(Import.objects.select_related("by"), pk=number)
    if run.status == Import.Status.MAPPING:
        return _mapping_page(request, run)
    return _run_page(request, run)


def _run_page(request: AgentRequest, run: Import) -> HttpResponse:
    context = {"run": run, "refusals": run.refusals.order_by("row")[:10]}
    if request.htmx.target == "run":
        return render(request, "imports/_run.html", context)
    return render(request, "imports/run.html", context | shell(request, "customers"))


def _mapping_page(request: AgentRequest, run: Import, *, form: MappingForm | None = None, problem: str = "") -> HttpResponse:
    form = form or MappingForm(run, table_of(run))
    context = {"run": run, "form": form, "shape": ShapeForm(initial=run.options), "problem": problem}
    return render(request, "imports/mapping.html", context | shell(request, "customers"), status=422 if form.errors or problem else 200)


@managers
@require_POST
def import_shape(request: AgentRequest, number: int) -> HttpResponse:
    """Another encoding or delimiter: the columns are guessed again."""
    run = get_object_or_404(Import, pk=number, status=Import.Status.MAPPING)
    form = ShapeForm(request.POST)
    if not form.is_valid():
        return redirect("import", number)
    try:
        reshape(run, Shape(**form.cleaned_data))
    except BadFile as problem:
        return _mapping_page(request, Import.objects.get(pk=number), problem=str(problem))
    return redirect("import", number)


@managers
@require_POST
def import_start(request: AgentRequest, number: int) -> HttpResponse:
    run = get_object_or_404(Import, pk=number)
    if run.status != Import.Status.MAPPING:
        return redirect("import", number)
    form = MappingForm(run, table_of(run), request.POST)
    if not form.is_valid():
        return _mapping_page(request, run, form=form)
    run.mapping, run.options = form.mapping(), run.options | form.options()
    run.save(update_fields=["mapping", "options"])
    start(run)
    return redirect("import", number)


@managers
@require_POST
def import_cancellation(_request: HttpRequest, number: int) -> HttpResponse:
    cancel(get_object_or_404(Import, pk=number))
    return redirect("import", number)


@managers
@require_safe
def import_refusals(request: HttpRequest, number: int) -> HttpResponseBase:
    """V13."""
    run = get_object_or_404(Import, pk=number)
    headers = {"Content-Disposition": f'attachment; filename="refused-{run.pk}.csv"', "X-Content-Type-Options": "nosniff"}
    lines = as_csv(run)
    content = _from_threads(lines) if isinstance(request, ASGIRequest) else lines
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


async def _from_threads(lines: Iterator[str]) -> AsyncIterator[str]:
    """An ASGI server would otherwise collect the whole file first."""
    while some := await sync_to_async(lambda: list(islice(lines, 500)))():
        yield "".join(some)


@managers
@require_POST
def klaviyo(request: AgentRequest) -> HttpResponse:
    """A key is tried before anything starts."""
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            return redirect("import", connect(form.cleaned_data["key"], by=request.user).pk)
        except BadKey as problem:
            form.add_error("key", str(problem))
    return _list_page(request, key=form)


@managers
@require_POST
def klaviyo_account(request: AgentRequest, number: int) -> HttpResponse:
    """Only what is new since the last time; or, on `forget`, no import ever again without its key."""
    account = get_object_or_404(Account, pk=number)
    if "forget" in request.POST:
        Account.objects.filter(pk=account.pk).update(key="")
        return redirect("imports")
    return redirect("import", import_again(account, by=request.user).pk)
