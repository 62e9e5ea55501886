"""Incidents from end to end: twelve scenarios, of which most are told where their nouns are.

1 outage in one line: test_incidents::test_one_line_opens_an_incident_in_the_words_of_the_process,
  test_incident_stories::test_an_outage_from_its_first_line_to_its_last
2 suspect and rollback: test_incident_ends::test_rolling_the_suspect_back_restores_the_service,
  test_incidents::test_the_last_deployment_is_suspected_with_its_reason
3 promise over a restart: test_incidents::test_after_a_restart_what_is_overdue_is_one_message,
  test_incident_stories::test_two_incidents_over_a_restart_have_one_late_message_each,
  test_incident_stories::test_a_clock_that_was_set_back_makes_nobody_wait_longer
4 promise keeper: test_incidents::test_nobody_tells_anything_so_the_bot_does,
  test_incidents::test_an_update_keeps_the_promise_and_makes_the_next
5 triage: test_incident_ends::test_a_minor_one_is_carried_by_the_next_deployment,
  test_hotfix::test_a_hotfix_goes_out_on_a_friday_night_with_a_second_person,
  test_paging::test_raising_the_severity_wakes_and_lowering_it_lets_people_finish,
  test_incident_ends::test_only_a_lead_or_an_approver_lowers_the_severity
6 freeze: test_incidents::test_production_is_frozen_while_it_is_open,
  test_hotfix::test_an_incidents_lock_warns_a_hotfix_and_stops_everything_else,
  test_incident_stories::test_who_passes_the_freeze_says_why_on_the_timeline
7 double clicks and stale buttons: test_incidents::test_two_people_resolve_at_once,
  test_incident_stories::test_two_people_resolve_at_once_and_all_ends_once,
  test_incident_ends::test_the_old_roll_back_button_explains_itself
8 PagerDuty down: test_paging::test_a_pager_that_is_down_is_tried_until_it_takes_the_page,
  test_paging::test_a_definite_no_is_told_at_once_with_what_to_do,
  test_paging::test_after_a_restart_nobody_is_woken_again
9 two at once: test_incidents::test_two_incidents_never_touch_each_other,
  test_paging::test_two_incidents_have_pages_of_their_own,
  test_publishing::test_the_post_of_another_incident_stays,
  test_publishing_at_statuspage::test_at_statuspage_its_component_falls_and_rises_with_the_worst
10 timeline to post-mortem: test_incident_timeline::test_a_pinned_message_is_followed,
  test_incident_timeline::test_what_is_written_down_late_stands_where_it_happened,
  test_incident_ends::test_from_restored_to_closed,
  test_incident_ends::test_who_owes_a_post_mortem_is_reminded
11 metrics: tests/domain/test_metrics.py has what each incident counts for, and in Slack:
  test_metrics
12 detection: test_detection::test_a_monitor_that_flaps_opens_one_incident_and_wakes_once,
  test_detection::test_up_proposes_and_a_person_says_restored,
  test_incident_stories::test_a_false_alarm_of_a_monitor_counts_for_nothing

A bot that is killed at any point of an outage: tests/chaos/test_cuts_of_an_outage.py.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.incidents.timeline import in_order
from tests.scenarios import outside
from tests.scenarios.pressing import press_at_once
from tests.scenarios.test_detection import monitor
from tests.scenarios.test_incident_ends import deployed, issues, message, root
from tests.scenarios.test_incidents import TEMPLATE
from tests.scenarios.test_paging import events, woken
from tests.scenarios.test_publishing import emitted, kuma
from tests.scenarios.workspace import Workspace, workspace

OUTAGE = "/incident outage All users unable to access service"
AT_1432 = datetime(2024, 3, 26, 14, 32, tzinfo=UTC)


async def room(team: Workspace, incident: str = "INC-1") -> list[str]:
    ts = await root(team, incident)
    return [row["rendered"] for row in (await team.messages(thread_ts=ts))[1:]]


async def timeline(team: Workspace, incident: int = 1) -> list[str]:
    assert team.bot is not None
    return [e.text for e in in_order(await team.bot.store.read(lambda tx: tx.events(incident)))]


async def test_an_outage_from_its_first_line_to_its_last(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=AT_1432 - timedelta(minutes=14)) as team:
        await deployed(team)
        await team.passes("PT11M58S")
        said = await team.post("/say", **{"as": "cy", "channel": "deployments", "text": OUTAGE})
        assert said["ack_ms"] < 3000
        await team.passes("PT5S")
        [text] = [m["text"] for m in await team.messages() if "INCIDENT" in m["text"]]
        assert text == TEMPLATE
        assert "Suspect: v1.2.1" in (await room(team))[0]
        await team.clicks("dee", "Publish", ts=await root(team))
        await team.submits("dee")
        await team.passes("PT5S")
        assert [one["incident_key"] for one in await woken(team)] == ["incident:1"]
        assert [title for title, _ in await kuma(team)] == ["Service outage detected (INC-1)"]
        journal = (await team.get("/journal"))["journal"]
        order = [
            row["path"].rpartition("/")[2]
            for row in journal
            if (row["path"] == "/chat.postMessage" and row["body"].get("text") == TEMPLATE)
            or row["path"].endswith(("enqueue", "postIncident"))
        ]
        assert order == ["chat.postMessage", "enqueue", "postIncident"]

        await team.clicks("dee", "Restored", ts=await root(team))
        await team.passes("PT5S")
        assert len(await issues(team)) == 1
        await team.clicks("dee", "Resolve", ts=await root(team))
        await team.passes("PT5S")
        assert await kuma(team) == []
        assert [one["status"] for one in await woken(team)] == ["resolved"]
        shown = await message(team)
        assert "Status: Resolved" in shown and "frozen" not in shown
        told = await timeline(team)
        assert told[0] == "Opened as outage: All users unable to access service"
        assert "Paging by PagerDuty: paged" in told
        assert "Status page: resolved: This incident has been resolved." in told


async def test_two_incidents_over_a_restart_have_one_late_message_each(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=AT_1432) as team:
        await team.types("ana", OUTAGE)
        await team.types("bo", "/incident major Checkout is slow")
        await team.passes("PT8M")
        before = {name: len(await room(team, name)) for name in ("INC-1", "INC-2")}
        await team.sleeps("PT10M")
        await team.passes("PT1M")
        for name, who in (("INC-1", "@ana"), ("INC-2", "@bo")):
            [late] = (await room(team, name))[before[name] :]
            assert late.startswith(f"{who} No new information since 14:32 UTC")
        assert len(await woken(team)) == 2


async def test_a_clock_that_was_set_back_makes_nobody_wait_longer(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'gonogo.db'}"
    async with workspace(tmp_path, at=AT_1432 + timedelta(hours=1), database=database) as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT1S")
    async with workspace(tmp_path, at=AT_1432, database=database) as team:
        await team.passes("PT2M")
        assert team.bot is not None
        incident = await team.bot.store.read(lambda tx: tx.incident(1))
        assert incident is not None and incident.promised_at is not None
        assert incident.promised_at <= AT_1432 + timedelta(minutes=17)


async def test_a_root_that_was_deleted_comes_back_with_its_promise(tmp_path: Path) -> None:
    async with workspace(tmp_path, at=AT_1432) as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT5S")
        gone = await root(team)
        outside.delete_message(team.world, gone)
        await team.types("bo", "/incident update It is the proxy")
        await team.passes("PT10S")
        assert await root(team) != gone
        await team.passes("PT18M")
        assert sum("No new information since 14:32 UTC" in line for line in await room(team)) == 1


async def test_who_passes_the_freeze_says_why_on_the_timeline(team: Workspace) -> None:
    await team.types("cy", "/incident major Checkout is slow")
    await team.asks()
    assert "Blocked" in (await team.channel())[-1]
    reason = "It holds the fix of the checkout"
    await team.clicks("bo", "Override")
    await team.submits("bo", **{"Gates to lift": ["lock"], "Reason": reason})
    await team.passes("PT1S")
    assert f"D2 (v1.2.1) was let through the freeze: {reason}" in await timeline(team)
    assert [e.action for e in await team.trail("D2")].count("overrode") == 1


async def test_two_people_resolve_at_once_and_all_ends_once(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT5S")
    await team.clicks("dee", "Publish", ts=await root(team))
    await team.submits("dee")
    await team.passes("PT5S")
    ts = await root(team)
    await press_at_once(team, "Resolve", ts, "ana", "dee")
    await team.passes("PT10S")
    ends = [text for text in await team.channel() if text.startswith("INCIDENT RESOLVED")]
    assert len(ends) == 1
    assert [one["event_action"] for one in await events(team)] == ["trigger", "resolve"]
    assert (await emitted(team)).count("resolveIncident") == 1
    assert (await timeline(team)).count("Resolved") == 1


async def test_a_false_alarm_of_a_monitor_counts_for_nothing(team: Workspace) -> None:
    await deployed(team)
    await monitor(team, "down")
    await team.passes("PT5S")
    await team.clicks("dee", "Close", ts=await root(team))
    await team.submits("dee", **{"Close as": "False positive"})
    await team.passes("PT5S")
    assert "Status: Closed (false positive)" in await message(team)
    assert team.bot is not None
    [record] = await team.bot.store.read(lambda tx: tx.incident_records("app"))
    assert (record.closure, record.restored_at) == ("false_positive", None)
    assert [one["status"] for one in await woken(team)] == ["resolved"]


async def test_a_line_of_an_outage_is_never_too_long(team: Workspace) -> None:
    pasted = "connection refused at db-1 " * 20
    said = await team.types("ana", f"/incident outage {pasted}at last")
    assert said.startswith("Incident INC-1 is open (outage: roll back now).")
    said = await team.types("bo", f"/incident update {pasted}still")
    assert "INC-1: your update is posted" in said
    await team.passes("PT1S")

    [root] = await team.messages()
    [impact] = [line for line in root["rendered"].splitlines() if line.startswith("Impact: ")]
    assert len(impact) == len("Impact: ") + 500 and impact.endswith("…")
    told = await timeline(team)
    assert f"Opened as outage: {pasted}at last" in told
    assert f"{pasted}still" in told
    await team.types("ana", f"/incident {pasted}")
    form = await team.get("/modal", **{"as": "ana"})
    [field] = [one["element"] for one in form["blocks"] if one["block_id"] == "impact"]
    assert len(field["initial_value"]) == 500 and field["initial_value"].endswith("…")
