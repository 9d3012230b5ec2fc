"""What a person has written on the page of a rule stays, whatever button they press."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from agents.models import Agent, Role
from routing.models import Rule
from routing.rules import To, create_rule
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db
SMS = all_of(CHANNEL_IS_SMS)
FIELDS = {"0-0-kind": "ticket-property", "0-0-field": "channel", "0-0-test": "string:equals", "0-0-value": "sms"}
WRITTEN = {"name": "Typed", **FIELDS, "destination": "view", "view": "", "new_view": "Watch"}


@pytest.fixture
def cleo() -> Agent:
    return make_agent("Cleo", role=Role.MANAGER)


@pytest.fixture
def tab(cleo: Agent) -> Client:
    return browser_of(cleo)


@pytest.fixture
def rule() -> Rule:
    return make_rule("Live", to=make_team(), when=SMS)


def hidden(html: str) -> dict[str, str]:
    """The fields that are carried along."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return {name: value for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', main) if name != "csrfmiddlewaretoken"}


@pytest.mark.parametrize(("then", "is_active"), [("off", False), ("on", True)])
def test_switching_saves_what_was_typed(tab: Client, rule: Rule, then: str, is_active: bool) -> None:
    response = tab.post(f"/routing/{rule.pk}/", WRITTEN | {"then": then})

    rule.refresh_from_db()
    assert (response["Location"], rule.name, rule.is_active) == (f"/routing/{rule.pk}/?saved", "Typed", is_active)


def test_copy_has_what_was_typed(tab: Client, rule: Rule) -> None:
    response = tab.post(f"/routing/{rule.pk}/", WRITTEN | {"then": "copy"})

    copy = Rule.objects.latest("pk")
    assert (response["Location"], copy.name, copy.new_view) == (f"/routing/{copy.pk}/", "Copy of Typed", "Watch")


@pytest.mark.parametrize(("then", "asked"), [("delete", "Delete “Live”?"), ("discard", "Discard the changes to “Live”?")])
def test_whoever_keeps_the_rule_after_all_goes_on_writing(tab: Client, rule: Rule, then: str, asked: str) -> None:
    """Also what could not be saved yet. Nothing is saved or deleted by asking."""
    confirmation = tab.post(f"/routing/{rule.pk}/", WRITTEN | {"name": "", "0-0-value": "a “b”", "seen": "x", "then": then}).content.decode()

    kept = hidden(confirmation)
    page = tab.post(f"/routing/{rule.pk}/", kept | {"do": ""}).content.decode()

    assert asked in confirmation
    assert kept == WRITTEN | {"name": "", "0-0-value": "a “b”", "seen": "x"}
    assert ('value="Watch"' in page, 'value="a “b”"' in page, Rule.objects.get().name) == (True, True, "Live")


def test_enter_only_saves(tab: Client, rule: Rule) -> None:
    """The first button of a form is what Enter presses."""
    html = tab.get(f"/routing/{rule.pk}/").content.decode()

    assert re.findall(r'<button[^>]*form="rule"[^>]*>', html)[0] == '<button type="submit" form="rule" hidden>'


def test_rule_that_was_deleted_meanwhile_can_be_saved_as_a_new_one(tab: Client) -> None:
    response = tab.post("/routing/99/", WRITTEN)
    html = response.content.decode()

    assert (response.status_code, "somebody has deleted this rule since you opened it" in html) == (409, True)
    assert ('action="/routing/new/"' in html, 'value="Typed"' in html, Rule.objects.count()) == (True, True, 0)


def test_agent_switches_nothing_by_a_field_of_the_form() -> None:
    """V14, C2."""
    ada = make_agent("Ada")
    draft = create_rule("Idea", SMS, to=To(new_view="Watch"), by=ada)

    response = browser_of(ada).post(f"/routing/{draft.pk}/", WRITTEN | {"then": "on"})

    draft.refresh_from_db()
    assert (response["Location"], draft.name, draft.is_active) == (f"/routing/{draft.pk}/?saved", "Typed", False)


def test_form_that_was_sent_after_signing_out_leads_to_sign_in(rule: Rule) -> None:
    """And back to the page that it was sent from."""
    browser = Client(enforce_csrf_checks=True)

    own = browser.post(f"/routing/{rule.pk}/", WRITTEN, headers={"Referer": f"http://testserver/routing/{rule.pk}/?saved"})
    others = browser.post(f"/routing/{rule.pk}/", WRITTEN, headers={"Referer": "https://evil.example/routing/"})

    assert (own.status_code, own["Location"]) == (302, f"/account/login/?next=/routing/{rule.pk}/%3Fsaved")
    assert (others.status_code, others["Location"]) == (302, "/account/login/?next=/")


def test_form_without_its_token_is_refused_to_whoever_is_signed_in(rule: Rule, cleo: Agent) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cleo, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert browser.post(f"/routing/{rule.pk}/", WRITTEN).status_code == 403


def test_refusal_is_one_line_of_the_log(rule: Rule, caplog: pytest.LogCaptureFixture) -> None:
    browser_of(make_agent()).post(f"/routing/{rule.pk}/activity/", {"active": "off"})

    told = [(record.getMessage(), record.exc_info) for record in caplog.records]
    assert told == [(f"Forbidden (Permission denied): /routing/{rule.pk}/activity/", None)]
