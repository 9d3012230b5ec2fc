"""V1–V3, V13, V14, V18: imports are the managers', cells are text, and no file of ours holds a formula."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from agents.models import Role
from helpdesk.imports.models import Import
from tests.factories import make_agent
from tests.imports.files import a_manager, imported, kept
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db
REQUESTS: list[tuple[str, str]] = [
    ("get", "/imports/"),
    ("post", "/imports/"),
    ("get", "/imports/{run}/"),
    ("post", "/imports/{run}/shape/"),
    ("post", "/imports/{run}/start/"),
    ("post", "/imports/{run}/cancellation/"),
    ("get", "/imports/{run}/refusals.csv"),
    ("post", "/imports/klaviyo/"),
    ("post", "/imports/klaviyo/1/"),
]
ALL = pytest.mark.parametrize(("method", "address"), REQUESTS)


def ask(browser: Client, method: str, address: str, run: Import) -> Any:
    return getattr(browser, method)(address.format(run=run.pk))


@ALL
@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_import_is_no_business_of_others(role: Role, method: str, address: str) -> None:
    run = kept("Email,Secret\nada@example.com,hush\n")

    response = ask(browser_of(make_agent(role=role)), method, address, run)

    run.refresh_from_db()
    assert (response.status_code, run.status) == (403, "mapping")
    assert "Only Owners, Admins and Managers import customers." in response.content.decode()
    assert "hush" not in response.content.decode()


@ALL
def test_stranger_is_sent_to_sign_in(method: str, address: str, client: Client) -> None:
    run = kept("Email\nada@example.com\n")

    response = ask(client, method, address, run)

    run.refresh_from_db()
    assert (response.status_code, response["Location"].partition("?")[0], run.status) == (302, "/account/login/", "mapping")


@ALL
def test_forged_form_is_refused(method: str, address: str) -> None:
    run, browser = kept("Email\nada@example.com\n"), Client(enforce_csrf_checks=True)
    browser.force_login(a_manager(), backend="allauth.account.auth_backends.AuthenticationBackend")

    response = ask(browser, method, address, run)

    run.refresh_from_db()
    assert (response.status_code, run.status) == (200 if method == "get" else 403, "mapping")


@pytest.mark.parametrize("address", ["shape", "start", "cancellation"])
def test_what_changes_something_is_no_link(address: str) -> None:
    run = kept("Email\nada@example.com\n")

    assert browser_of(a_manager()).get(f"/imports/{run.pk}/{address}/").status_code == 405


@pytest.mark.parametrize("address", ["", "refusals.csv"])
def test_import_that_there_is_not_is_404(address: str) -> None:
    assert browser_of(a_manager()).get(f"/imports/12345/{address}").status_code == 404


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1"])
def test_error_file_holds_no_formula(cell: str) -> None:
    """V13: in the header, in the reason and in the cells."""
    quoted = f'"{cell}"'
    run = imported(f"Email,{quoted},Name\nno address,x,{quoted}\n{quoted},x,y\n")

    response = browser_of(a_manager()).get(f"/imports/{run.pk}/refusals.csv")

    content = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert [other for row in rows for other in row if other.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))] == []
    assert (rows[1][4], response["Content-Disposition"]) == (f"'{cell}", f'attachment; filename="refused-{run.pk}.csv"')
    assert all(line.startswith('"') for line in content.split("\r\n") if line)


def test_error_file_is_the_same_from_an_asgi_server() -> None:
    """There it is handed out part by part, too."""
    run, manager = imported("Email\n" + "no address\n" * 600), a_manager()

    async def read() -> bytes:
        browser = AsyncClient()
        await browser.aforce_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
        response = await browser.get(f"/imports/{run.pk}/refusals.csv")
        return b"".join([part async for part in response.streaming_content])

    assert async_to_sync(read)() == b"".join(browser_of(manager).get(f"/imports/{run.pk}/refusals.csv").streaming_content)


def test_cells_and_names_are_text_on_every_page() -> None:
    """V2."""
    hostile = "<script>alert(1)</script>"
    browser, waiting = browser_of(a_manager()), kept(f"{hostile},Email\n{hostile},no address\n", name=f"{hostile}.csv")
    ended = imported(f"Email,{hostile}\n{hostile},1\n")

    pages = [browser.get(f"/imports/{path}").content.decode() for path in ("", f"{waiting.pk}/", f"{ended.pk}/")]

    assert [hostile in page for page in pages] == [False] * 3
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[1]


@pytest.mark.parametrize("path", ["", "{run}/", "{run}/refusals.csv"])
def test_no_cache_keeps_it(path: str) -> None:
    """V18."""
    run = imported("Email\nx\n")

    assert browser_of(a_manager()).get(f"/imports/{path.format(run=run.pk)}")["Cache-Control"] == "private, no-store"


def test_field_that_no_form_has_changes_nothing() -> None:
    """V14."""
    run = kept("Email\nada@example.com\n")
    form = {"to_0": "email", "name_0": "", "zone": "UTC", "decimal": ".", "by": "1", "status": "done", "new": "7", "encoding": "cp1250"}

    browser_of(a_manager()).post(f"/imports/{run.pk}/start/", form)

    run.refresh_from_db()
    assert (run.status, run.new, run.options["encoding"]) == ("waiting", 0, "utf-8")
