"""The pages: from the upload to the result, without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from helpdesk.customers.models import Customer, Event
from helpdesk.imports.files.table import ENCODINGS
from helpdesk.imports.models import Import
from tests.imports.files import a_manager, imported, kept, work_off
from tests.inbox.browsing import browser_of, queries

pytestmark = pytest.mark.django_db
FILE = "E-post;Namn;Nivå;Intern\nada@example.com;Ada Lind;guld;x\nno address;Bea;silver;y\n"


@pytest.fixture
def manager(db: None) -> Client:
    return browser_of(a_manager())


def upload(browser: Client, content: str, what: str = "customers") -> Any:
    return browser.post("/imports/", {"file": SimpleUploadedFile("kunder.csv", content.encode()), "what": what})


def form_of(page: Any) -> dict[str, str]:
    """What a browser would send if nobody changed anything."""
    return {field.html_name: field.value() or "" for field in page.context["form"]}


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_file_is_uploaded_looked_at_and_imported(manager: Client) -> None:
    uploaded = upload(manager, FILE)
    page = manager.get(uploaded["Location"])
    sent = form_of(page) | {"to_3": "ignore", "name_2": "Tier"}
    started = manager.post(f"{uploaded['Location']}start/", sent, follow=True)
    run = work_off(Import.objects.get())
    ended = manager.get(uploaded["Location"])

    ada = Customer.objects.get()
    assert [sent[f"to_{place}"] for place in range(4)] == ["email", "name", "property:text", "ignore"]
    assert ("Ada Lind" in text(page), started.status_code) == (True, 200)
    assert (ada.name, ada.properties) == ("Ada Lind", {"Tier": "guld"})
    assert (run.status, run.new, run.refused) == ("done", 1, 1)
    assert "“no address” is no e-mail address." in text(ended)


def test_events_are_imported_with_the_name_that_was_written(manager: Client) -> None:
    page = upload(manager, "Email,Date\nada@example.com,01/02/2026\n", what="events")
    form = form_of(manager.get(page["Location"]))

    manager.post(f"{page['Location']}start/", form | {"metric": "Placed Order", "month_first": "1", "zone": "UTC"})
    work_off(Import.objects.get())

    event = Event.objects.get()
    assert (event.metric, event.occurred_at.isoformat()) == ("Placed Order", "2026-01-02T00:00:00+00:00")


def test_wrong_file_is_said_on_the_page(manager: Client) -> None:
    response = upload(manager, "")

    assert (response.status_code, Import.objects.count()) == (422, 0)
    assert "This file is empty." in text(response)


def test_no_file_is_said_on_the_page(manager: Client) -> None:
    response = manager.post("/imports/", {"what": "customers"})

    assert response.status_code == 422
    assert "Choose a file first." in text(response)


def test_mapping_that_cannot_be_is_said_and_what_was_chosen_stays(manager: Client) -> None:
    page = upload(manager, FILE)
    form = form_of(manager.get(page["Location"]))

    response = manager.post(f"{page['Location']}start/", form | {"to_0": "ignore", "name_2": "Tier", "country": "Sverige"})
    again = manager.post(f"{page['Location']}start/", form | {"to_0": "ignore"})

    assert (response.status_code, again.status_code, Import.objects.get().status) == (422, 422, "mapping")
    assert ("Two letters, as SE." in text(response), 'value="Tier"' in response.content.decode()) == (True, True)
    assert "Choose a column that says who the customer is: an e-mail, a phone number or an ID." in text(again)


def test_file_is_read_another_way_when_told_to(manager: Client) -> None:
    page = upload(manager, FILE)

    manager.post(f"{page['Location']}shape/", {"encoding": "cp1252", "delimiter": ","})
    comma = Import.objects.get().options["header"]
    manager.post(f"{page['Location']}shape/", {"encoding": "nonsense", "delimiter": ";"})
    manager.post(f"{page['Location']}shape/", {"encoding": "utf-8", "delimiter": ";"})

    assert comma == ["E-post;Namn;NivÃ¥;Intern"]
    assert Import.objects.get().options["header"] == ["E-post", "Namn", "Nivå", "Intern"]


def test_way_of_reading_that_leaves_no_table_is_refused(manager: Client) -> None:
    run = kept("aØb;b\n1;2\n".encode("cp1252"))
    before = run.options

    response = manager.post(f"/imports/{run.pk}/shape/", {"encoding": "utf-16-le", "delimiter": ";"})

    run.refresh_from_db()
    assert (response.status_code, run.options) == (422, before)
    assert "The first row cannot be read: It holds characters that are not UTF-16 text." in text(response)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("content", [FILE, FILE + "x", "E\n"])
def test_no_way_of_reading_is_an_error_of_ours(encoding: str, content: str, manager: Client) -> None:
    run = kept(content)

    response = manager.post(f"/imports/{run.pk}/shape/", {"encoding": encoding, "delimiter": ","}, follow=True)

    assert response.status_code in (200, 422)


def test_import_is_cancelled(manager: Client) -> None:
    run = kept(FILE)

    manager.post(f"/imports/{run.pk}/cancellation/")

    run.refresh_from_db()
    assert (run.status, run.chunks.count()) == ("cancelled", 0)


def test_import_that_has_begun_is_not_begun_again(manager: Client) -> None:
    run = imported("Email\nada@example.com\n")

    response = manager.post(f"/imports/{run.pk}/start/", {"to_0": "ignore"})

    assert response["Location"] == f"/imports/{run.pk}/"
    run.refresh_from_db()
    assert (run.status, run.mapping[0]["to"]) == ("done", "email")


def test_progress_is_asked_for_until_the_import_has_ended(manager: Client) -> None:
    run = kept(FILE)
    headers = {"HX-Request": "true", "HX-Target": "run"}
    Import.objects.filter(pk=run.pk).update(status="running", cursor={"offset": 40}, done=1)

    running = manager.get(f"/imports/{run.pk}/", headers=headers).content.decode()
    Import.objects.filter(pk=run.pk).update(status="done")
    ended = manager.get(f"/imports/{run.pk}/", headers=headers).content.decode()

    assert ('hx-trigger="every 2s"' in running, f'max="{run.total}" value="40"' in running, "<html" in running) == (True, True, False)
    assert ("hx-trigger" in ended, "<progress" in ended) == (False, False)


def test_list_takes_a_constant_number_of_queries(manager: Client) -> None:
    kept(FILE)
    one = queries(manager, "/imports/")
    for _number in range(3):
        kept(FILE)

    assert queries(manager, "/imports/") == one


def test_page_of_a_run_takes_a_constant_number_of_queries(manager: Client) -> None:
    few, many = imported("Email\nx\n"), imported("Email\n" + "x\n" * 30)

    assert queries(manager, f"/imports/{few.pk}/") == queries(manager, f"/imports/{many.pk}/")
