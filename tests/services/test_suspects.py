"""Going back for the sake of an incident: what its thread offers, and what a press would do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from bot.domain.deployments.states import Kind
from bot.domain.grammar import parse_report
from bot.domain.incidents.incidents import Severity
from bot.domain.incidents.incidents import State as Where
from bot.domain.metrics.history import CauseState, Record, Result
from bot.messages.blocks import Message
from bot.messages.incidents import incident_forms as forms
from bot.messages.knowing.figures import as_plain
from bot.services.incidents import incident_causes, incident_editing, rooms, suspecting
from bot.services.knowing import reports
from bot.services.knowing.exchanging import take_in
from bot.services.knowing.measuring import lately, measure
from bot.services.rollbacks import rollbacks
from bot.services.rollbacks.situations import situation
from handlers import incident_buttons
from handlers.payloads import FormErrors
from tests.services.incidents import Form, a_team, incident, opens, ran, went_back
from tests.services.team import PEOPLE, START, Team

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


async def offered(team: Team) -> tuple[str, list[str]]:
    """What the suspect's message says, and its buttons."""
    [known] = await team.store.read(lambda tx: tx.open_incidents())
    face = await team.store.read(lambda tx: rooms.about_suspect(tx, known))
    blocks = [block for block in face.blocks if block["type"] == "actions"]
    return face.text, [button["text"]["text"] for block in blocks for button in block["elements"]]


async def pressed(team: Team) -> str:
    """The version that Roll Back in the thread would go to."""
    known = await incident(team)
    order, _ = await team.store.read(
        lambda tx: rollbacks.propose(tx, team.config, PEOPLE["ana"], service="app", incident=known)
    )
    return order.version


async def confirm(team: Team, cause: str) -> None:
    await team.store.run(
        lambda tx: incident_causes.confirm(tx, team.config, 1, cause, PEOPLE["dee"])
    )


async def test_a_rollback_is_no_suspect_and_what_it_took_back_is(team: Team) -> None:
    await ran(team, "v1.1.0", 48)
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 1)
    await ran(team, "v1.2.0", 0.1, kind=Kind.ROLLBACK, rolls_back="D3")
    await opens(team, Severity.OUTAGE)
    text, buttons = await offered(team)
    assert text.startswith("*Suspect: v1.2.1 (D3)*, live 60 min before the start")
    assert text.endswith("It was rolled back: v1.2.0 is live.")
    assert buttons == ["Confirm", "Not This One"]


async def test_nobody_goes_back_to_the_suspect(team: Team) -> None:
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 2)
    await ran(team, "v1.2.2", 1)
    await opens(team, Severity.OUTAGE, suspect="D2")
    text, buttons = await offered(team)
    assert text.splitlines()[1:] == [
        "Roll back first: v1.2.0 is the last known-good version. "
        "v1.2.2 came after it, and goes back with it."
    ]
    assert buttons[0] == "Roll Back"
    assert await pressed(team) == "v1.2.0"
    await confirm(team, "D2")
    assert await pressed(team) == "v1.2.0"
    order, found = await team.store.read(
        lambda tx: rollbacks.propose(tx, team.config, PEOPLE["bo"], service="app")
    )
    assert order.version == "v1.2.0"  # once confirmed, for everybody
    assert found.known[1].why_not == "has the cause of INC-1"


async def test_going_below_both_restores(team: Team) -> None:
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 2)
    await ran(team, "v1.2.2", 1)
    await opens(team, Severity.OUTAGE, suspect="D2")
    await went_back(team, "v1.2.0", "D3", team.clock.now())
    known = await incident(team)
    assert (known.state, known.cause_state) == (Where.RESTORED, CauseState.CONFIRMED)
    text, buttons = await offered(team)
    assert text.endswith("It was rolled back: v1.2.0 is live.")
    assert buttons == ["Refute"]


async def test_going_back_to_what_has_the_cause_restores_nothing(team: Team) -> None:
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 2)
    await ran(team, "v1.2.2", 1)
    await opens(team, Severity.OUTAGE, suspect="D2")
    await went_back(team, "v1.2.1", "D3", team.clock.now())
    known = await incident(team)
    assert (known.state, known.cause_state) == (Where.INVESTIGATING, CauseState.SUSPECTED)


async def brought_in(team: Team) -> None:
    """History from elsewhere, under its own names: rel-3 went live half an hour ago."""
    at = START - HOUR
    records = [
        Record(
            id=f"rel-{number}",
            service="app",
            environment="production",
            version=f"v1.{number}.0",
            result=Result.SUCCESS,
            requested_at=at + number * 10 * MINUTE,
            live_at=at + number * 10 * MINUTE,
            healthy_at=at + number * 10 * MINUTE,
        )
        for number in (1, 2, 3)
    ]
    await team.store.run(lambda tx: tx.bring_in(records, []))


async def test_the_cause_has_the_name_that_the_history_has(team: Team, migrated: Path) -> None:
    await brought_in(team)
    await opens(team, Severity.OUTAGE)
    text, _ = await offered(team)
    assert text.startswith("*Suspect: v1.3.0 (rel-3)*")
    assert text.endswith("Roll back first: v1.2.0 is the last known-good version.")
    await confirm(team, "rel-3")
    found = await team.store.read(
        lambda tx: measure(tx, "app", "production", lately(team.clock.now(), UTC))
    )
    assert as_plain(found)["failed_deployments"] == ["rel-3"]
    await went_back(team, "v1.2.0", "rel-3", team.clock.now())
    assert (await incident(team)).state is Where.RESTORED

    given = await team.store.read(lambda tx: tx.all_records())
    deployments, told = (list(enumerate(records, 1)) for records in given)
    async with a_team(migrated) as other:
        taken = await other.store.run(lambda tx: take_in(tx, deployments, told))  # type: ignore[arg-type]
        assert (taken.new, await other.store.read(lambda tx: tx.all_records())) == (5, given)


async def test_what_was_ruled_out_by_a_slip_and_what_is_older_can_be_named(team: Team) -> None:
    await ran(team, "v1.1.0", 72)
    await ran(team, "v1.2.0", 48)
    await ran(team, "v1.2.1", 1)
    await opens(team, Severity.OUTAGE)
    await team.store.run(lambda tx: incident_causes.refute(tx, team.config, 1, "D3", PEOPLE["bo"]))
    text, buttons = await offered(team)
    assert text.endswith("Edit can name another, however old.")
    assert buttons == []
    known = await incident(team)
    found = await team.store.read(lambda tx: suspecting.nameable(tx, known))
    assert [one.deployment for one in found] == ["D3", "D2", "D1"]
    form = Form(forms.edit(known, found, "C0DEPLOY"))
    await form.sent(team, "bo", incident_buttons.edit, suspect="D3")
    known = await incident(team)
    assert (known.cause, known.cause_state, known.ruled_out) == ("D3", CauseState.SUSPECTED, ())
    assert (await offered(team))[1] == ["Roll Back", "Confirm", "Not This One"]

    form = Form(forms.edit(known, found, "C0DEPLOY"))
    await form.sent(team, "bo", incident_buttons.edit, suspect=forms.NO_SUSPECT)
    assert (await offered(team))[0].startswith("No deployment of app is suspected. Edit can name")
    both = await form.sent(team, "bo", incident_buttons.edit, suspect="D2", eta="soon")
    assert isinstance(both, Message)
    assert both.text == "INC-1: D2 is suspected now.\nINC-1: changed: eta."
    known = await incident(team)
    assert (known.cause, known.eta) == ("D2", "soon")
    assert (await offered(team))[0].startswith("*Suspect: v1.2.0 (D2)*, live 2 d")
    assert await pressed(team) == "v1.1.0"
    await confirm(team, "D2")
    form = Form(forms.edit(await incident(team), found, "C0DEPLOY"))
    refused = await form.sent(team, "cy", incident_buttons.edit, suspect="D3")
    assert isinstance(refused, FormErrors) and refused.code == "not_allowed"
    assert refused.errors["suspect"].startswith(
        "Only people with a role in the team's deployments and "
    )
    refused = await form.sent(team, "bo", incident_buttons.edit, suspect="D9")
    assert isinstance(refused, FormErrors) and refused.code == "not_live_before"
    assert (await incident(team)).cause_state is CauseState.CONFIRMED
    await form.sent(team, "bo", incident_buttons.edit, suspect="D3")
    events = await team.store.read(lambda tx: tx.events(1))
    assert events[-1].text == "D3 is suspected now, and no longer D2, which was confirmed"


async def test_names_from_elsewhere_are_found_however_long_or_short(team: Team) -> None:
    names = ("12", "r" * 190 + "1", "r" * 190 + "2")
    records = [
        Record(
            id=name,
            service="app",
            environment="production",
            version=f"v1.{number}.0",
            result=Result.SUCCESS,
            requested_at=START - HOUR + number * MINUTE,
            live_at=START - HOUR + number * MINUTE,
        )
        for number, name in enumerate(names)
    ]
    await team.store.run(lambda tx: tx.bring_in(records, []))
    await opens(team, Severity.OUTAGE)
    known = await incident(team)
    found = await team.store.read(lambda tx: suspecting.nameable(tx, known))
    form = Form(forms.edit(known, found, "C0DEPLOY"))
    assert forms.chosen(found, form.values["suspect"]) == known.cause == names[2]
    await form.sent(team, "bo", incident_buttons.edit, suspect=forms.as_choice(names[1]))
    assert (await incident(team)).cause == names[1]
    wish = parse_report("show 12", ["app"])
    told = await team.store.read(lambda tx: reports.report(tx, team.config, wish))
    assert "v1.0.0" in told.text


async def test_a_start_that_is_put_right_finds_its_suspect_anew(team: Team) -> None:
    await ran(team, "v1.2.0", 30)
    await ran(team, "v1.2.1", 5)
    await ran(team, "v1.2.2", 1)
    await opens(team, Severity.OUTAGE)

    async def started(hours: float) -> str:
        at = {"started_at": START - hours * HOUR}
        await team.store.run(lambda tx: incident_editing.edit(tx, team.config, 1, at, U0BO))
        return (await offered(team))[0].partition(".\n")[0]

    U0BO = PEOPLE["bo"]
    assert await started(0.5) == "*Suspect: v1.2.2 (D3)*, live 30 min before the start"
    assert await started(2) == "*Suspect: v1.2.1 (D2)*, live 3 h 0 min before the start"
    told = await team.store.read(lambda tx: [event.text for event in tx.events(1)])
    assert "D2 is suspected now, by the new start, and no longer D3" in told
    await confirm(team, "D2")
    assert await started(0.5) == "*Cause: v1.2.1 (D2)*, confirmed: live 4 h 30 min before the start"
    await team.store.run(lambda tx: incident_causes.name(tx, team.config, 1, "", U0BO))
    assert (await started(0.4)).startswith("No deployment of app is suspected")  # as people said


async def test_what_was_taken_in_is_gone_back_from_under_its_own_name(team: Team) -> None:
    await brought_in(team)
    found = await team.store.read(lambda tx: situation(tx, "app", "production"))
    assert found.left is not None
    assert (found.left.version, found.choice.takes_back) == ("v1.3.0", "rel-3")
    await went_back(team, "v1.2.0", "rel-3", team.clock.now())
    [hold] = await team.store.read(lambda tx: tx.locks_on("app", "production"))
    assert hold.reason.startswith("v1.3.0 was rolled back")
