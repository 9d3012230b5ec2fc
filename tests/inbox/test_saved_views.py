"""Views that people keep (S3, S6, S9, C2, C20)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agents.models import Agent, Role
from helpdesk.customers.asking.patience import TookTooLong
from helpdesk.tickets.lists.saved_views import change_view, create_view
from helpdesk.tickets.models import SavedView, Ticket
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, make_agent, make_customer, make_ticket
from tests.inbox.browsing import browser_of, counts, rows

pytestmark = pytest.mark.django_db


def scored(label: str, **fields: Any) -> Ticket:
    ticket = make_ticket(**fields)
    Ticket.objects.filter(pk=ticket.pk).update(sentiment_label=label, sentiment_score=3)
    return ticket


def form_of(page: str) -> dict[str, list[str]]:
    """The fields of the view's form, as a browser would send them."""
    form = page[page.index('<form class="builder" id="view"') :].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken" and ('type="radio"' not in tag or " checked" in tag):
            sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options) or re.search(r'<option value="([^"]*)"', options)
        sent.setdefault(name, []).append(chosen[1] if chosen else "")
    return sent


def test_s9_upset_customers_is_made_from_all_tickets(ada: Agent) -> None:
    """S9: All tickets > filter Sentiment, Urgent OR Negative > Create view > name > Save view."""
    upset = {scored("urgent"), scored("negative")}
    scored("positive")
    browser = browser_of(ada)
    link = re.search(
        r'href="(/views/new/[^"]+)"', browser.get("/inbox/all/?sentiment=urgent&sentiment=negative").content.decode().split('class="list-tools"')[1]
    )
    assert link

    page = browser.get(link[1]).content.decode()
    saved = browser.post("/views/new/", form_of(page) | {"name": "Upset customers"})

    view = SavedView.objects.get()
    assert (saved["Location"], view.name, view.owner) == (f"/inbox/view-{view.pk}/", "Upset customers", ada)
    assert view.definition == all_of(
        {"type": "ticket-property", "property": "sentiment", "filter": {"type": "string", "operator": "in", "value": ["urgent", "negative"]}}
    )
    listed = browser.get(saved["Location"])
    assert set(rows(listed)) == {ticket.pk for ticket in upset}
    assert counts(listed)[f"view-{view.pk}"] == "2"


def test_view_holds_what_matches_now_whatever_the_conditions_are_about(ada: Agent) -> None:
    """C20: live filters, in the grammar of rules: what somebody is counts as well as the ticket."""
    view = create_view("Churning", all_of(CHURN_RISK_HIGH), by=ada)
    make_ticket()
    leaving = make_ticket(customer=make_customer(properties={"churn_probability": 0.9}))

    assert rows(browser_of(ada).get(f"/inbox/view-{view.pk}/")) == [leaving.pk]


def test_view_shows_open_tickets_unless_its_conditions_say_which(ada: Agent) -> None:
    """A9."""
    closed = {"type": "ticket-property", "property": "status", "filter": {"type": "string", "operator": "equals", "value": "closed"}}
    sms, done = create_view("SMS", all_of(CHANNEL_IS_SMS), by=ada), create_view("SMS done", all_of(CHANNEL_IS_SMS, closed), by=ada)
    there, gone = make_ticket(channel="sms"), make_ticket(channel="sms")
    browser = browser_of(ada)
    browser.post("/acts/", {"ticket": gone.pk, "do": "close"})

    assert [rows(browser.get(f"/inbox/view-{view.pk}/")) for view in (sms, done)] == [[there.pk], [gone.pk]]
    assert [rows(browser.get(f"/inbox/view-{view.pk}/?status=closed")) for view in (sms, done)] == [[gone.pk], [gone.pk]]


def test_only_managers_share_and_change_what_is_shared(ada: Agent) -> None:
    """C2: an agent's view is personal."""
    manager = make_agent(role=Role.MANAGER)
    shared, own = create_view("Shared", all_of(CHANNEL_IS_SMS), by=manager, is_shared=True), create_view("Own", all_of(CHANNEL_IS_SMS), by=ada)
    browser = browser_of(ada)
    form = form_of(browser.get(f"/views/{own.pk}/").content.decode())

    told = browser.post(f"/views/{own.pk}/", form | {"shared": "yes"})
    answers = [browser.get(f"/views/{shared.pk}/").status_code, browser.post(f"/views/{shared.pk}/deletion/").status_code]

    assert (told.status_code, answers) == (422, [403, 403])
    assert "Only a manager can share a view." in told.content.decode()
    own.refresh_from_db()
    assert (own.owner, SavedView.objects.count()) == (ada, 2)


@pytest.mark.parametrize("path", ["/views/{}/", "/inbox/view-{}/"])
def test_personal_view_of_another_is_not_there(ada: Agent, bea: Agent, path: str) -> None:
    """V3: for managers neither."""
    view = create_view("Hers", all_of(CHANNEL_IS_SMS), by=bea)

    assert [browser_of(who).get(path.format(view.pk)).status_code for who in (ada, make_agent(role=Role.OWNER), bea)] == [404, 404, 200]
    assert browser_of(ada).post(f"/views/{view.pk}/deletion/").status_code == 404


@pytest.mark.parametrize(
    ("name", "said"), [("", "Give the view a name."), ("x" * 81, "A view&#x27;s name has at most 80 characters."), ("Mine", "There is already a view")]
)
def test_view_that_cannot_be_kept_says_why_and_keeps_what_was_typed(ada: Agent, name: str, said: str) -> None:
    create_view("Mine", all_of(CHANNEL_IS_SMS), by=ada)
    browser = browser_of(ada)
    form = form_of(browser.get("/views/new/?from=all%3Fchannel%3Dsms").content.decode())

    response = browser.post("/views/new/", form | {"name": name})

    assert response.status_code == 422
    assert said in response.content.decode()
    assert form_of(response.content.decode()) | {"name": ""} == form | {"name": ""}


def test_search_is_not_part_of_a_view_and_the_page_says_so(ada: Agent) -> None:
    page = browser_of(ada).get("/views/new/?from=all%3Fq%3Djacket%26channel%3Dsms").content.decode()

    assert "The search for “jacket” is not part of the view" in page


@pytest.mark.parametrize(("status", "is_told"), [("snoozed", True), ("spam", True), ("closed", False), ("any", False), ("open", False)])
def test_status_without_a_condition_is_told_to_be_left_out(ada: Agent, status: str, is_told: bool) -> None:
    page = browser_of(ada).get(f"/views/new/?from=all%3Fchannel%3Dsms%26status%3D{status}").content.decode()

    assert ("is not part of the view" in page) is is_told


def test_view_that_can_no_longer_be_read_breaks_no_page(ada: Agent) -> None:
    broken, sound = create_view("A", all_of(CHANNEL_IS_SMS), by=ada), create_view("B", all_of(CHANNEL_IS_SMS), by=ada)
    SavedView.objects.filter(pk=broken.pk).update(definition={"condition_groups": [{"conditions": [{"type": "of old"}]}]})
    ticket = make_ticket(channel="sms")
    browser = browser_of(ada)

    pages = [browser.get(f"/inbox/{key}/") for key in ("all", f"view-{broken.pk}", f"view-{sound.pk}")]

    assert [rows(page) for page in pages] == [[ticket.pk], [], [ticket.pk]]
    assert browser.get(f"/views/{broken.pk}/").status_code == 200


def test_view_is_changed_and_given_up(ada: Agent) -> None:
    view, ticket = create_view("SMS", all_of(CHANNEL_IS_SMS), by=ada), make_ticket(channel="sms")
    browser = browser_of(ada)
    form = form_of(browser.get(f"/views/{view.pk}/").content.decode())

    browser.post(f"/views/{view.pk}/", form | {"name": "Texts", "sort": "waiting"})
    view.refresh_from_db()
    changed = (view.name, view.sort)
    gone = browser.post(f"/views/{view.pk}/deletion/")

    assert (changed, gone["Location"]) == (("Texts", "waiting"), "/inbox/all/")
    assert (SavedView.objects.count(), rows(browser.get("/inbox/all/"))) == (0, [ticket.pk])


def test_view_that_somebody_changed_meanwhile_is_not_overwritten_in_silence(ada: Agent) -> None:
    manager, other = make_agent(role=Role.MANAGER), make_agent(role=Role.MANAGER)
    view = create_view("SMS", all_of(CHANNEL_IS_SMS), by=manager, is_shared=True)
    browser = browser_of(manager)
    form = form_of(browser.get(f"/views/{view.pk}/").content.decode())
    change_view(view, name="Texts", definition=all_of(CHANNEL_IS_SMS), by=other, is_shared=True, sort="newest")

    told = browser.post(f"/views/{view.pk}/", form | {"name": "Messages"})
    kept = SavedView.objects.get().name
    browser.post(f"/views/{view.pk}/", form_of(told.content.decode()))

    assert (told.status_code, kept, SavedView.objects.get().name) == (409, "Texts", "Messages")


def test_view_that_was_deleted_meanwhile_keeps_what_was_typed(ada: Agent) -> None:
    view, browser = create_view("SMS", all_of(CHANNEL_IS_SMS), by=ada), browser_of(ada)
    form = form_of(browser.get(f"/views/{view.pk}/").content.decode()) | {"name": "Texts"}
    address = f"/views/{view.pk}/"
    view.delete()

    told = browser.post(address, form)
    browser.post("/views/new/", form_of(told.content.decode()))

    assert (told.status_code, "This view was deleted meanwhile." in told.content.decode()) == (409, True)
    assert SavedView.objects.get().name == "Texts"


def test_view_that_takes_too_long_to_count_shows_a_dash(ada: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The side bar stands on every page: it does not wait."""
    view = create_view("SMS", all_of(CHANNEL_IS_SMS), by=ada)
    make_ticket(channel="sms")

    def slow(*_args: Any) -> Any:
        raise TookTooLong

    monkeypatch.setattr("helpdesk.tickets.lists.finding.within", slow)

    assert counts(browser_of(ada).get("/sidebar/"))[f"view-{view.pk}"] == "–"


def test_view_that_takes_too_long_leaves_the_others_their_counts(ada: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, quick = create_view("A", all_of(CHANNEL_IS_SMS), by=ada), create_view("B", all_of(CHANNEL_IS_SMS), by=ada)
    make_ticket(channel="sms")
    asked: list[float] = []

    @contextmanager
    def within(seconds: float) -> Iterator[None]:
        asked.append(seconds)
        if len(asked) == 1:
            raise TookTooLong
        yield

    monkeypatch.setattr("helpdesk.tickets.lists.finding.within", within)
    counted = counts(browser_of(ada).get("/sidebar/"))

    assert (counted[f"view-{slow.pk}"], counted[f"view-{quick.pk}"]) == ("–", "1")
