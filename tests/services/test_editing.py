"""Edit, and who leads: a form changes what its sender changed and nothing else, and nobody opens
production by it who may not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents.incidents import Severity, State
from bot.messages.incidents import incident_forms as forms
from bot.services import directory
from bot.services.incidents import incident_decisions as decisions
from bot.services.incidents import incident_editing as editing
from bot.services.incidents import postmortems, promising
from handlers import incident_buttons
from handlers.payloads import FormErrors
from tests.services.incidents import Form, a_team, incident, opens
from tests.services.team import PEOPLE, Team


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


async def test_a_form_leaves_alone_what_somebody_else_changed_meanwhile(team: Team) -> None:
    await opens(team, Severity.MAJOR)
    await team.store.run(lambda tx: decisions.restored(tx, team.config, 1, PEOPLE["bo"]))
    form = Form(forms.edit(await incident(team), (), "C0DEPLOY"))

    def comes_back(tx):  # type: ignore[no-untyped-def]
        decisions.reopen(tx, team.config, 1, "It is worse", PEOPLE["bo"])
        raised = {"severity": Severity.OUTAGE, "title": "All is down"}
        editing.edit(tx, team.config, 1, raised, PEOPLE["bo"])

    team.clock.forward(60)
    await team.store.run(comes_back)
    told = await form.sent(team, "cy", incident_buttons.edit, eta="in an hour")
    assert not isinstance(told, FormErrors), told
    known = await incident(team)
    assert (known.eta, known.title) == ("in an hour", "All is down")
    assert (known.state, known.severity) == (State.INVESTIGATING, Severity.OUTAGE)
    assert known.restored_at is None


async def test_what_goes_on_has_no_end(team: Team) -> None:
    await opens(team, Severity.MAJOR)
    await team.store.run(lambda tx: decisions.restored(tx, team.config, 1, PEOPLE["bo"]))
    form = Form(forms.edit(await incident(team), (), "C0DEPLOY"))
    team.clock.forward(60)
    await team.store.run(lambda tx: decisions.reopen(tx, team.config, 1, "Again", PEOPLE["bo"]))
    earlier = str(int((await incident(team)).started_at.timestamp()) + 60)
    told = await form.sent(team, "bo", incident_buttons.edit, restored=earlier)
    assert isinstance(told, FormErrors)
    assert told.errors == {
        "restored": "INC-1 is investigating, so it has no such time. "
        "Press Restored on its message first."
    }
    assert (await incident(team)).restored_at is None


async def test_who_takes_the_lead_does_not_open_production_by_it(team: Team) -> None:
    await opens(team, Severity.MAJOR)

    async def refused(who: str, act) -> str:  # type: ignore[no-untyped-def]
        try:
            await team.store.run(lambda tx: act(tx, PEOPLE[who]))
        except Refusal as refusal:
            return refusal.code
        return ""

    def lowers(tx, who):  # type: ignore[no-untyped-def]
        editing.edit(tx, team.config, 1, {"severity": Severity.MINOR}, who)

    def leads(tx, who):  # type: ignore[no-untyped-def]
        decisions.assign(tx, team.config, 1, who, None, who)

    def resolves(tx, who):  # type: ignore[no-untyped-def]
        decisions.resolve(tx, team.config, 1, who)

    for act in (lowers, resolves, leads):
        assert await refused("cy", act) == "not_allowed", act
    assert await refused("ana", leads) == ""  # a deployer leads, and yet
    assert await refused("ana", lowers) == "not_allowed"
    assert (await incident(team)).freezes
    assert (
        await refused(
            "cy", lambda tx, who: decisions.assign(tx, team.config, 1, PEOPLE["bo"], who, who)
        )
        == ""
    )  # whoever decides anyway may be named by anybody
    assert (
        await refused(
            "bo", lambda tx, who: decisions.assign(tx, team.config, 1, PEOPLE["cy"], None, who)
        )
        == ""
    )
    assert await refused("cy", lowers) == "not_allowed"
    assert await refused("bo", lowers) == ""


async def edits(team: Team, **changes: object) -> None:
    await team.store.run(lambda tx: editing.edit(tx, team.config, 1, changes, PEOPLE["bo"]))


async def test_a_title_that_nobody_gave_it_follows_the_severity(team: Team) -> None:
    await opens(team, Severity.MAJOR)
    await edits(team, severity=Severity.MINOR)
    assert (await incident(team)).title == "app: minor degradation"
    await edits(team, severity=Severity.OUTAGE)
    assert (await incident(team)).title == "Service outage detected"
    await edits(team, severity=Severity.MAJOR, title="Checkout is down")
    await edits(team, severity=Severity.MINOR)
    assert (await incident(team)).title == "Checkout is down"
    told = await team.store.read(lambda tx: [event.text for event in tx.events(1)])
    assert "Title: app: major degradation → app: minor degradation" in told


async def test_what_is_back_is_owed_the_rest_of_its_post_mortem(team: Team) -> None:
    await opens(team, Severity.MAJOR)
    await team.store.run(lambda tx: decisions.resolve(tx, team.config, 1, PEOPLE["bo"]))
    await team.store.run(lambda tx: postmortems.publish(tx, 1, PEOPLE["bo"]))
    team.clock.forward(60)
    await team.store.run(lambda tx: decisions.reopen(tx, team.config, 1, "Again", PEOPLE["bo"]))
    team.clock.forward(60)
    await team.store.run(lambda tx: decisions.resolve(tx, team.config, 1, PEOPLE["bo"]))
    known = await incident(team)
    assert known.postmortem is not None
    assert known.postmortem.due_at == team.clock.now() + timedelta(hours=24)
    lacks = "its post-mortem is not published (Post-Mortem Published)"
    assert lacks in rules.missing(known)


async def rounds(team: Team, hours: int) -> int:
    """How often in so many hours nobody had answered, after a letter and a mention."""
    before = len(await team.store.read(lambda tx: tx.events(1)))
    for _ in range(hours * 60):
        team.clock.forward(60)
        await promising.look_after(team.desk, 1)
    return len(await team.store.read(lambda tx: tx.events(1))) - before


async def test_a_minor_one_that_waits_for_days_leaves_people_in_peace(team: Team) -> None:
    await opens(team, Severity.MINOR)
    assert [await rounds(team, hours) for hours in (3, 3, 18, 24)] == [2, 1, 2, 1]
    promised = (await incident(team)).promised_at
    assert promised is not None
    await team.store.run(lambda tx: promising.set_right(team.config, tx))
    assert (await incident(team)).promised_at == promised
    await directory.refresh(team.desk)
    update = partial(decisions.update, config=team.config, text="Soon", state="", slack_id="U0BO")
    known = await incident(team)
    await team.store.run(lambda tx: update(tx, incident=known))
    assert (await incident(team)).promised_at == team.clock.now() + timedelta(hours=1)


async def test_of_an_outage_people_hear_every_quarter_of_an_hour(team: Team) -> None:
    await opens(team, Severity.OUTAGE)
    assert await rounds(team, 3) == 180 // 17


async def test_what_turns_out_bad_after_its_end_is_owed_a_post_mortem(team: Team) -> None:
    await opens(team, Severity.MINOR)
    await team.store.run(lambda tx: decisions.resolve(tx, team.config, 1, PEOPLE["bo"]))
    assert (await incident(team)).postmortem is None
    raised = {"severity": Severity.MAJOR}
    await team.store.run(lambda tx: editing.edit(tx, team.config, 1, raised, PEOPLE["bo"]))
    known = await incident(team)
    assert known.draft_due_at == team.clock.now()
    assert known.postmortem is not None and known.postmortem.due_at is not None
    await team.store.run(lambda tx: postmortems.publish(tx, 1, PEOPLE["bo"]))
    known = await incident(team)
    assert known.postmortem is not None and known.postmortem.published_at == team.clock.now()
