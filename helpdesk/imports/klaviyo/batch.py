"""★ An account, stage by stage and page by page: names of events, profiles, events, lists, segments, and who is in them.

`cursor`: {"stage", "page": where it goes on, "until": the latest time seen in this stage, "group": whose members are read}. What has
been read in full is noted at the account, in the transaction of its last page, so that the next import begins there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.imports.batches import Batch, Failed, Tally
from helpdesk.imports.klaviyo import groups
from helpdesk.imports.klaviyo.client import Page, api, fetch
from helpdesk.imports.klaviyo.rows import as_time, event_line, profile_line
from helpdesk.imports.models import Account, Group, Import
from helpdesk.imports.writing import Line, write

STAGES = ("metrics", "profiles", "events", "lists", "segments", "settling", "members")


def next_batch(run: Import) -> Batch:
    assert run.account is not None
    account = Account.objects.get(pk=run.account.pk)
    if not account.key:
        raise Failed(_("The key of this account is forgotten. Paste one to import again."))
    return _STAGES[run.cursor["stage"]](run, account)


def _metrics(run: Import, account: Account) -> Batch:
    page = fetch(api(account.key).Metrics.get_metrics, page_cursor=run.cursor.get("page"))

    def keep() -> Tally:
        _learn(account, page.data)
        return Tally()

    return _then(run, page, keep)


def _learn(account: Account, metrics: list[dict[str, Any]]) -> None:
    names = account.metrics | {metric["id"]: metric["attributes"]["name"] for metric in metrics if metric["type"] == "metric"}
    if names != account.metrics:
        account.metrics = names
        account.save(update_fields=["metrics"])


def _profiles(run: Import, account: Account) -> Batch:
    since = account.taken.get("profiles")
    page = fetch(
        api(account.key).Profiles.get_profiles,
        additional_fields_profile=["subscriptions", "predictive_analytics"],
        filter=f"greater-than(updated,{since})" if since else "",
        page_cursor=run.cursor.get("page"),
        page_size=100,
        sort="updated",
    )
    lines = [profile_line(number, profile) for number, profile in enumerate(page.data, run.done + 1)]
    return _rows(run, account, page, lines, [profile["attributes"].get("updated") for profile in page.data])


def _events(run: Import, account: Account) -> Batch:
    since = account.taken.get("events")
    page = fetch(
        api(account.key).Events.get_events,
        filter=f"greater-or-equal(datetime,{since})" if since else "",
        include=["metric"],
        page_cursor=run.cursor.get("page"),
        page_size=1000,
        sort="datetime",
    )
    metrics = account.metrics | {metric["id"]: metric["attributes"]["name"] for metric in page.included if metric["type"] == "metric"}
    lines = [event_line(number, event, metrics) for number, event in enumerate(page.data, run.done + 1)]
    return _rows(run, account, page, lines, [event["attributes"].get("datetime") for event in page.data])


def _rows(run: Import, account: Account, page: Page, lines: list[Line], times: list[Any]) -> Batch:
    """Written, with the latest time that was seen; on the last page that is where the next import begins.

    One second less: others may have the same time, and what is read twice is not doubled.
    """
    latest = max(filter(None, map(as_time, [*times, run.cursor.get("until")])), default=None)

    def keep() -> Tally:
        _learn(account, page.included)
        if not page.cursor and latest:
            account.taken |= {run.cursor["stage"]: (latest - timedelta(seconds=1)).isoformat()}
            account.save(update_fields=["taken"])
        return write(lines)

    return _then(run, page, keep, until=latest.isoformat() if latest else None)


def _lists(run: Import, account: Account) -> Batch:
    return _groups(run, account, fetch(api(account.key).Lists.get_lists, page_cursor=run.cursor.get("page")))


def _segments(run: Import, account: Account) -> Batch:
    return _groups(run, account, fetch(api(account.key).Segments.get_segments, page_cursor=run.cursor.get("page")))


def _groups(run: Import, account: Account, page: Page) -> Batch:
    def keep() -> Tally:
        groups.know(account, page.data)
        return Tally()

    return _then(run, page, keep)


def _settling(run: Import, account: Account) -> Batch:
    """One group at a time becomes a segment of ours; those that others refer to come first."""
    group = groups.next_unsettled(account)
    if group is None:
        return Batch(Tally, _next_stage(run))
    return Batch(lambda: Tally(notes=groups.settle(group)), run.cursor)


def _members(run: Import, account: Account) -> Batch:
    """Of the groups that are lists here. What is a definition here finds its members by itself."""
    group = groups.next_list(account, after=run.cursor.get("done_with", 0))
    if group is None:
        return Batch(Tally, run.cursor, is_last=True)
    page = fetch(_member_ids(api(account.key), group), group.external_id, page_cursor=run.cursor.get("page"), page_size=100)
    cursor = {"stage": "members", "page": page.cursor, "done_with": run.cursor.get("done_with", 0) if page.cursor else group.pk}
    ids = [member["id"] for member in page.data]
    return Batch(lambda: Tally(notes=groups.keep_members(group, ids, is_last=not page.cursor)), cursor)


def _member_ids(client: Any, group: Group) -> Callable[..., Any]:
    if group.definition is None:
        return client.Lists.get_profile_ids_for_list  # type: ignore[no-any-return] # the SDK has no types here
    return client.Segments.get_profile_ids_for_segment  # type: ignore[no-any-return] # the SDK has no types here


def _then(run: Import, page: Page, keep: Callable[[], Tally], **more: Any) -> Batch:
    """The same stage with its next page, or the next stage."""
    return Batch(keep, {"stage": run.cursor["stage"], "page": page.cursor} | more if page.cursor else _next_stage(run))


def _next_stage(run: Import) -> dict[str, Any]:
    return {"stage": STAGES[STAGES.index(run.cursor["stage"]) + 1]}


_STAGES: dict[str, Callable[[Import, Account], Batch]] = dict(zip(STAGES, (_metrics, _profiles, _events, _lists, _segments, _settling, _members), strict=True))
