"""The page of one rule: written without scripts, kept until it can be saved, and what it would catch."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import Agent, Role
from helpdesk.tickets.models import SavedView, Ticket
from routing.backtest.models import BackTest
from routing.checking import Finding
from routing.models import RoutingDecision, Rule, RuleSet
from routing.publication import publish
from routing.router import route_ticket
from routing.rule_set import Written
from routing.rules import To, change_rule, create_rule, delete_rule, switch_rule
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team, make_ticket
from tests.inbox.browsing import browser_of, queries

pytestmark = pytest.mark.django_db
SMS = all_of(CHANNEL_IS_SMS)
FIELDS = {"0-0-kind": "ticket-property", "0-0-field": "channel", "0-0-test": "string:equals", "0-0-value": "sms"}
TO_VIEW = {"destination": "view", "view": "", "new_view": "Watch"}


@pytest.fixture
def cleo() -> Agent:
    return make_agent("Cleo Manager", role=Role.MANAGER)


@pytest.fixture
def tab(cleo: Agent) -> Client:
    return browser_of(cleo)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def sentence(response: Any) -> str:
    found = re.search(r'id="sentence".*?<span class="meta">This rule says</span>(.*?)</div>', response.content.decode(), re.DOTALL)
    return text(found[1]) if found else ""


def seen(response: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', response.content.decode())
    return found[1] if found else ""


def routed(**fields: Any) -> Ticket:
    ticket = make_ticket(**fields)
    route_ticket(ticket.pk, cause="created")
    return ticket


def test_rule_is_built_without_scripts(tab: Client) -> None:
    """R6, R11, R12: a plain form post at the end of plain form posts. It is a draft; nothing routes by it."""
    gold = make_team("Gold")
    shown = tab.post("/routing/new/", {"name": "VIP", "0-0-kind": "ticket-property", "do": "refresh"}).content.decode()
    saved = tab.post("/routing/new/", {"name": "VIP", **FIELDS, "destination": "team", "team": gold.pk})

    rule = Rule.objects.get()
    assert 'name="0-0-field"' in shown
    assert (saved.status_code, saved["Location"]) == (302, f"/routing/{rule.pk}/?saved")
    assert (rule.name, rule.definition, rule.team, rule.is_active) == ("VIP", SMS, gold, True)
    assert not RuleSet.objects.exists()


@pytest.mark.parametrize(("sent", "goes_to"), [(TO_VIEW, "Watch"), ({"destination": "view", "view": "{view}", "new_view": "Other"}, "Fraud")])
def test_rule_saves_into_a_view_old_or_new(tab: Client, sent: dict[str, str], goes_to: str) -> None:
    """R11, R13. A new view is there once the rule is published."""
    view = SavedView.objects.create(name="Fraud")

    tab.post("/routing/new/", {"name": "VIP", **FIELDS, **sent, "view": sent["view"].format(view=view.pk)})

    assert (Rule.objects.get().goes_to, list(SavedView.objects.values_list("name", flat=True))) == (goes_to, ["Fraud"])


def test_publish_saves_and_leads_to_the_review_of_this_rule(tab: Client) -> None:
    """One that was off is meant to route."""
    rule = create_rule("Draft", SMS, to=To(new_view="Watch"), by=make_agent("Ada"))

    response = tab.post(f"/routing/{rule.pk}/", {"name": "VIP", **FIELDS, **TO_VIEW, "then": "publish"})

    rule.refresh_from_db()
    assert (response["Location"], rule.name, rule.is_active) == (f"/routing/publication/?rule={rule.pk}", "VIP", True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "A rule needs a name."),
        ({"name": "\0"}, "A rule needs a name."),
        ({"name": "Taken"}, "There is a rule named “Taken” already."),
        ({"name": "y" * 121}, "A rule&#x27;s name has at most 120 characters."),
        ({"name": "x", "0-0-value": ""}, "Write a value."),
        ({"name": "x", "new_view": "\0"}, "Choose a view, or name a new one."),
        ({"name": "x", "new_view": "y" * 81}, "A view&#x27;s name has at most 80 characters."),
        ({"name": "x", "view": "99"}, "This view is not there any more."),
        ({"name": "x", "view": "9" * 30}, "This view is not there any more."),
        ({"name": "x", "destination": "team"}, "Choose a team."),
        ({"name": "x", "destination": "team", "team": "99"}, "This team is not there any more."),
        ({"name": "x", "destination": "team", "team": "²"}, "This team is not there any more."),
        ({"name": "x", "destination": "moon", "team": "\0"}, "Choose a team."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(tab: Client, fields: dict[str, str], said: str) -> None:
    create_rule("Taken", SMS, to=To(new_view="Other"), by=None)

    response = tab.post("/routing/new/", FIELDS | TO_VIEW | fields)

    assert (response.status_code, said in response.content.decode()) == (422, True)
    assert '<option value="sms" selected>' in response.content.decode() or "0-0-value" in fields
    assert Rule.objects.count() == 1


def test_two_who_change_one_rule_do_not_undo_each_other_unseen(tab: Client, cleo: Agent) -> None:
    """What the second wrote is kept, and saved when they mean it. Buttons that only change the form ask nothing."""
    rule = create_rule("VIP", SMS, to=To(new_view="Watch"), by=cleo)
    address = f"/routing/{rule.pk}/"
    opened = {"name": "Mine", **FIELDS, **TO_VIEW, "seen": seen(tab.get(address))}
    change_rule(rule, to=To(new_view="Theirs"), by=cleo)

    button, refused = tab.post(address, opened | {"do": "and"}), tab.post(address, opened)
    rule.refresh_from_db()
    kept = rule.new_view
    saved = tab.post(address, opened | {"seen": seen(refused)})

    assert (button.status_code, seen(button), kept) == (200, opened["seen"], "Theirs")
    assert (refused.status_code, 'value="Mine"' in refused.content.decode(), saved.status_code) == (409, True, 302)
    assert Rule.objects.get().name == "Mine"


def test_sentence_says_all_of_it(tab: Client) -> None:
    team = make_team("Gold <3")

    to_team = tab.post("/routing/effect/", FIELDS | {"destination": "team", "team": team.pk})
    to_view = tab.post("/routing/effect/", FIELDS | TO_VIEW)

    assert sentence(to_team) == "When ticket channel equals sms, assign it to Gold &lt;3."
    assert sentence(to_view) == "When ticket channel equals sms, save it to the view Watch."


def test_effect_counts_tickets_of_30_days_and_shows_five(tab: Client) -> None:
    """I1: the number, of how many, and the latest of them."""
    for number in range(7):
        routed(channel="sms", subject=f"By SMS {number}")
    old = routed(channel="sms", subject="Old")
    RoutingDecision.objects.filter(ticket=old).update(at=timezone.now() - timedelta(days=31))
    routed(channel="email", subject="By mail")

    html = tab.post("/routing/effect/", FIELDS).content.decode()

    assert re.findall(r'<span class="figure">(\d+)</span> <span class="muted">([^<]+)<', html) == [("7", "of 8 tickets")]
    assert re.findall(r'<span class="truncate"[^>]*>([^<]+)</span>', html) == [f"By SMS {number}" for number in range(6, 1, -1)]


def test_effect_of_something_incomplete_is_no_number(tab: Client) -> None:
    html = tab.post("/routing/effect/", FIELDS | {"0-0-value": ""}).content.decode()

    assert ("when every condition is complete" in html, "<progress" in html) == (True, False)


def test_effect_that_takes_too_long_is_given_up(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A heavy definition never hangs a page."""
    monkeypatch.setattr("routing.backtest.effect.PATIENCE", 0.001)
    ticket = make_ticket(subject="x" * 300)
    RoutingDecision.objects.bulk_create([RoutingDecision(ticket=ticket, cause=f"reopened {number}") for number in range(10_000)])
    fields = {"0-0-kind": "ticket-property", "0-0-field": "subject", "0-0-test": "string:not-contains", "0-0-value": "y"}

    response = tab.post("/routing/effect/", fields)

    assert (response.status_code, "Still counting" in response.content.decode()) == (200, True)


def test_teams_are_offered_with_who_is_there(tab: Client) -> None:
    make_team("Gold", make_agent(online=True), make_agent(online=True), make_agent())
    make_team("Silver", make_agent())

    html = tab.get("/routing/new/").content.decode()

    assert re.findall(r"<option[^>]*>([^<]+ \([^<]+\))</option>", html) == ["Gold (2 online)", "Silver (nobody online)"]


def test_reshaped_builder_is_a_part_that_asks_for_its_effect(tab: Client) -> None:
    response = tab.post("/routing/builder/", FIELDS | {"do": "or-0"})

    assert response["HX-Trigger-After-Swap"] == "reshaped"
    assert response.content.decode().lstrip().startswith('<div class="groups" id="builder"')
    assert 'hx-post="/routing/builder/"' in response.content.decode()


@pytest.mark.parametrize("is_new", [True, False])
def test_finding_about_what_is_being_written_stands_beside_it(tab: Client, monkeypatch: pytest.MonkeyPatch, *, is_new: bool) -> None:
    """I3: asked of the draft set with the rule as it is written, at its place."""
    make_rule("First", to=make_team(), when=SMS)
    rule = create_rule("Second", SMS, to=To(new_view="Watch"), by=None)
    switch_rule(rule, is_active=False, by=None)
    create_rule("Third", SMS, to=To(new_view="Watch"), by=None)
    number = 0 if is_new else rule.pk
    names: list[list[str]] = []

    def findings(contents: list[Written], *, seconds: float) -> list[Finding]:
        names.append([each["name"] for each in contents])
        return [Finding("shadowed", number, "Rule 1 takes all of it."), Finding("shadowed", 12345, "Of another.")]

    monkeypatch.setattr("helpdesk.inbox.views.rule.findings", findings)

    html = tab.post("/routing/effect/", FIELDS | TO_VIEW | {"name": "Mine"} | ({} if is_new else {"rule": number})).content.decode()

    assert names == [["First", "Third", "Mine"] if is_new else ["First", "Mine", "Third"]]
    assert ("Rule 1 takes all of it." in html, "Of another." in html) == (True, False)


def test_deleted_rule_is_read_until_it_goes(tab: Client, cleo: Agent) -> None:
    rule = make_rule("VIP", to=make_team(), when=SMS)
    delete_rule(rule, by=cleo)

    html = tab.get(f"/routing/{rule.pk}/").content.decode()

    assert ("routes until the rules are published" in html, "Keep it" in html, 'id="builder"' in html) == (True, True, False)


def test_changes_are_offered_to_be_discarded_where_there_are_any(tab: Client, cleo: Agent) -> None:
    rule = make_rule("VIP", to=make_team(), when=SMS)
    unchanged = tab.get(f"/routing/{rule.pk}/").content.decode()
    change_rule(rule, name="Other", by=cleo)

    changed = tab.get(f"/routing/{rule.pk}/").content.decode()
    response = tab.post(f"/routing/{rule.pk}/discarding/", {"here": ""})

    rule.refresh_from_db()
    assert ("Discard changes" in unchanged, "Discard changes" in changed) == (False, True)
    assert (response["Location"], rule.name) == (f"/routing/{rule.pk}/", "VIP")


def test_rule_that_nobody_can_read_opens(tab: Client) -> None:
    """Whatever got into the database: no page ends in a traceback."""
    rule = create_rule("VIP", SMS, to=To(new_view="Watch"), by=None)
    Rule.objects.update(definition={"condition_groups": "?"})
    publish_refused = tab.post("/routing/publication/", {"publish": rule.pk, "ticked": str(rule.pk), "seen": seen(tab.get("/routing/publication/"))})

    pages = [tab.get(address) for address in ("/routing/", f"/routing/{rule.pk}/", "/routing/publication/")]

    assert [page.status_code for page in pages] == [200] * 3
    assert (publish_refused.status_code, RuleSet.objects.exists()) == (422, False)


def test_page_of_a_rule_costs_the_same_among_1_and_3(tab: Client, cleo: Agent) -> None:
    rule = make_rule("VIP", to=make_team("Gold", cleo), when=SMS)
    tab.get(f"/routing/{rule.pk}/")  # the limits of churn risk are read once
    needed = queries(tab, f"/routing/{rule.pk}/")
    for name in ("Second", "Third"):
        create_rule(name, SMS, to=To(team=rule.team), by=cleo)
    publish(by=cleo)

    assert queries(tab, f"/routing/{rule.pk}/") == needed


def test_back_test_keeps_what_was_typed(tab: Client, cleo: Agent) -> None:
    """It tests what stands on the page, a rule that is off as if it were on."""
    rule = create_rule("Mine", SMS, to=To(new_view="Watch"), by=cleo)
    switch_rule(rule, is_active=False, by=cleo)

    response = tab.post(f"/routing/{rule.pk}/", FIELDS | TO_VIEW | {"name": "Changed", "then": "back-test"})

    rule.refresh_from_db()
    test = BackTest.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/routing/back-tests/{test.pk}/")
    assert (rule.name, rule.is_active, [each["name"] for each in test.rules]) == ("Changed", False, ["Changed"])
