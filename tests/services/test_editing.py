"""Edit, and who leads: a form changes what its sender changed and nothing else, and nobody opens
production by it who may not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.incidents.incidents import Severity, State
from bot.messages.incidents import incident_forms as forms
from bot.services.incidents import incident_decisions as decisions
from bot.services.incidents import incident_editing as editing
from bot.services.incidents import postmortems
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
