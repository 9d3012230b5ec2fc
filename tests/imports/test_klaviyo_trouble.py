"""What can go wrong between us and Klaviyo, and what is said and done about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from helpdesk import long_work
from helpdesk.imports import runs
from helpdesk.imports.batches import Batch, Tally
from helpdesk.imports.klaviyo.accounts import BadKey, connect, import_again
from helpdesk.imports.models import Account, Import
from helpdesk.imports.readers import next_batch
from helpdesk.imports.runs import run_import
from tests.imports.files import a_manager, work_off
from tests.imports.klaviyo_server import KEY, Klaviyo
from tests.imports.test_klaviyo import fill, state
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("key", "trouble", "words"),
    [
        ("pk_wrong", [], "Klaviyo does not know this key. Copy the private key again, from Settings > API keys there."),
        (
            KEY,
            [(403, {})],
            "This key may not read what an import needs. Give it read access to accounts, profiles, metrics, events, segments and lists.",
        ),
        (KEY, [(429, {"Retry-After": "7"})], "Klaviyo has no time for us right now. Try again in a minute."),
        (KEY, [(500, {})], "Klaviyo did not answer, or not in a way that can be read."),
    ],
)
def test_key_that_does_not_work_is_said_before_anything_starts(key: str, trouble: list[Any], words: str, klaviyo: Klaviyo) -> None:
    klaviyo.trouble = trouble

    response = browser_of(a_manager()).post("/imports/klaviyo/", {"key": key})

    page = response.content.decode()
    assert (response.status_code, Account.objects.count(), Import.objects.count()) == (422, 0, 0)
    assert (words in page.replace("&gt;", ">"), key in page) == (True, False)


def test_server_that_is_not_there_is_said(settings: Any) -> None:
    settings.KLAVIYO_HOST = "http://127.0.0.1:9"

    with pytest.raises(BadKey, match="Klaviyo did not answer"):
        connect(KEY, by=a_manager())


@pytest.mark.parametrize("key", ["", "pk_1\r\nX-Evil: 1", "pk ö", "x" * 201])
def test_what_is_no_key_is_not_sent(key: str, klaviyo: Klaviyo) -> None:
    response = browser_of(a_manager()).post("/imports/klaviyo/", {"key": key})

    assert (response.status_code, klaviyo.asked) == (422, [])


def test_pause_that_klaviyo_wants_keeps_no_worker_and_loses_nothing(klaviyo: Klaviyo, monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with Retry-After on a page in the middle: it is asked once, and again in another job."""
    monkeypatch.setattr(long_work, "SECONDS", 60)
    fill(klaviyo)
    run = connect(KEY, by=a_manager())
    klaviyo.trouble = [(200, {}), (200, {}), (429, {"Retry-After": "47"})]

    run_import.func(run.pk)

    run.refresh_from_db()
    assert (run.status, run.failures, run.batches) == ("running", 0, 2)
    assert klaviyo.asked == ["/api/accounts", "/api/metrics", "/api/profiles", "/api/profiles"]
    assert timedelta(seconds=40) < run.next_at - timezone.now() <= timedelta(seconds=47)
    assert work_off(run).done == 12


@pytest.mark.parametrize("status", [500, 502, 503])
def test_server_that_stumbles_is_asked_again_later(status: int, klaviyo: Klaviyo) -> None:
    fill(klaviyo)
    run = connect(KEY, by=a_manager())
    klaviyo.trouble = [(status, {})]

    run_import.func(run.pk)

    run.refresh_from_db()
    assert (run.status, run.failures, run.next_at > timezone.now()) == ("running", 1, True)
    assert work_off(run).done == 12


def test_key_that_is_taken_back_ends_the_import_in_words(klaviyo: Klaviyo) -> None:
    fill(klaviyo)
    run = connect(KEY, by=a_manager())
    Account.objects.update(key="pk_taken_back")

    work_off(run)

    run.refresh_from_db()
    assert (run.status, run.error) == ("failed", "Klaviyo does not know this key. Copy the private key again, from Settings > API keys there.")


def test_request_that_is_refused_says_what_klaviyo_says(klaviyo: Klaviyo) -> None:
    run = connect(KEY, by=a_manager())
    klaviyo.trouble = [(400, {})]

    assert work_off(run).error == "Klaviyo refused a request (400): Something is the matter."


@pytest.mark.parametrize("dies_at", range(14))
def test_worker_that_dies_on_any_page_loses_and_doubles_nothing(dies_at: int, klaviyo: Klaviyo, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 after the rows of a page are written and before they are committed: the next worker goes on from the stored cursor."""
    fill(klaviyo)
    pages = iter(range(100))

    def deadly(run: Import) -> Batch:
        batch = next_batch(run)

        def write() -> Tally:
            tally = batch.write()
            if next(pages) == dies_at:
                raise KeyboardInterrupt
            return tally

        return replace(batch, write=write)

    monkeypatch.setattr(runs, "next_batch", deadly)
    run = connect(KEY, by=a_manager())
    with pytest.raises(KeyboardInterrupt):
        work_off(run)
    asked, klaviyo.asked = klaviyo.asked, []
    work_off(run)

    customers, events, members, segments = state()
    run.refresh_from_db()
    assert (run.status, run.done, run.new) == ("done", 12, 12)
    assert ([customer[0] for customer in customers], len(events)) == ([f"p{n}@example.com" for n in range(1, 6)], 7)
    assert (len(members[0]), segments) == (4, ["Club", "In the club", "Ordered"])
    assert len(asked) + len(klaviyo.asked) <= 1 + 11 + 1  # the key, every page once, and the one whose worker died


def test_one_account_has_one_import_at_a_time(klaviyo: Klaviyo) -> None:
    first = connect(KEY, by=a_manager())

    assert (connect(KEY, by=a_manager()), import_again(Account.objects.get(), by=a_manager())) == (first, first)


def test_key_is_never_shown_again(klaviyo: Klaviyo) -> None:
    browser = browser_of(a_manager())
    browser.post("/imports/klaviyo/", {"key": KEY})
    run = work_off(Import.objects.get())

    pages = [browser.get(path).content.decode() for path in ("/imports/", f"/imports/{run.pk}/")]

    assert ["Holm &amp; Vide" in pages[0], KEY in pages[0], KEY in pages[1]] == [True, False, False]
    assert Account.objects.get().key == KEY


def test_key_is_forgotten(klaviyo: Klaviyo) -> None:
    browser = browser_of(a_manager())
    browser.post("/imports/klaviyo/", {"key": KEY})
    work_off(Import.objects.get())
    account = Account.objects.get()

    browser.post(f"/imports/klaviyo/{account.pk}/", {"forget": "1"})
    run = work_off(import_again(account, by=a_manager()))

    account.refresh_from_db()
    assert (account.key, run.status, run.error) == ("", "failed", "The key of this account is forgotten. Paste one to import again.")


def test_what_is_new_is_imported_from_the_page(klaviyo: Klaviyo) -> None:
    browser = browser_of(a_manager())
    browser.post("/imports/klaviyo/", {"key": KEY})
    work_off(Import.objects.get())

    response = browser.post(f"/imports/klaviyo/{Account.objects.get().pk}/")

    assert response["Location"] == f"/imports/{Import.objects.latest('pk').pk}/"
    assert (Import.objects.count(), Import.objects.latest("pk").status) == (2, "waiting")
