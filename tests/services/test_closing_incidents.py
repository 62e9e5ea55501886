"""Close: what broke again while its form was open is shown once more, before it is closed and what
its monitor goes on to report is silenced.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents.incidents import Severity, State
from bot.domain.metrics.history import Closure
from bot.messages.blocks import Message
from bot.messages.incidents import incident_forms as forms
from bot.services import directory
from bot.services.incidents import duplicates
from bot.services.incidents import incident_decisions as decisions
from handlers import incident_buttons
from handlers.payloads import FormErrors, OpenForm
from tests.services.detecting import HOUR, MINUTE, closes, known, reopens, restores, sees
from tests.services.incidents import Form, a_team, incident, opens
from tests.services.team import PEOPLE, Team

Happens = Callable[[Team], Awaitable[object]]


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


async def form_of(team: Team, number: int = 1) -> Form:
    found = await incident(team, number)
    others = await team.store.read(lambda tx: duplicates.choices(tx, found))
    return Form(forms.close(found, rules.missing(found), others, "C0DEPLOY"))


async def reported(team: Team) -> None:
    await sees(team, "down")


async def was_up(team: Team) -> None:
    await sees(team, "down")
    await sees(team, "up")


async def restored(team: Team) -> None:
    await sees(team, "down")
    await restores(team, 1)


async def was_up_again(team: Team) -> None:
    await was_up(team)
    await down_later(team)
    await sees(team, "up")


async def by_hand(team: Team) -> None:
    await opens(team, Severity.MAJOR)


async def down_soon(team: Team) -> None:
    await sees(team, "down", after=5 * MINUTE)


async def down_later(team: Team) -> None:
    await sees(team, "down", after=11 * MINUTE)


async def up_then(team: Team) -> None:
    await sees(team, "up")


async def reopened(team: Team) -> None:
    await reopens(team, 1)


async def identified(team: Team) -> None:
    def tell(tx):  # type: ignore[no-untyped-def]
        known = tx.incident(1)
        decisions.update(tx, team.config, known, "The disk", "identified", PEOPLE["bo"])

    await team.store.run(tell)


@pytest.mark.parametrize("closure", [Closure.FALSE_POSITIVE, Closure.EXTERNAL])
@pytest.mark.parametrize(
    ("before", "meanwhile", "told"),
    [
        (was_up, down_later, "it broke again <!date^"),
        (was_up, down_soon, "Uptime Kuma reports it down."),
        (was_up_again, down_soon, "Uptime Kuma reports it down."),
        (restored, down_soon, "it broke again <!date^"),
        (restored, reopened, "it broke again <!date^"),
        (by_hand, down_soon, "Uptime Kuma reports it down."),
    ],
)
async def test_what_broke_again_meanwhile_is_shown_once_more(
    team: Team, before: Happens, meanwhile: Happens, told: str, closure: Closure
) -> None:
    await before(team)
    form = await form_of(team)
    await meanwhile(team)
    await directory.refresh(team.desk)
    typed = {"closure": str(closure), "reason": "a blip"}
    answer = await form.sent(team, "dee", incident_buttons.close, **typed)

    assert (await incident(team)).state is State.INVESTIGATING
    assert isinstance(answer, OpenForm)
    shown = json.dumps(answer.view)
    assert f"*Since you opened this form* {told}" in shown
    assert "It is not closed: look once more, and send it." in shown
    newer = Form(answer.view)
    assert sorted(newer.values.values()) == sorted(typed.values())
    closed = await newer.sent(team, "dee", incident_buttons.close, **typed)
    assert isinstance(closed, Message)
    assert (await incident(team)).state is State.CLOSED


@pytest.mark.parametrize(
    ("before", "meanwhile"),
    [(reported, up_then), (reported, down_soon), (was_up, up_then), (by_hand, identified)],
)
async def test_what_did_not_break_again_is_closed_at_once(
    team: Team, before: Happens, meanwhile: Happens
) -> None:
    await before(team)
    form = await form_of(team)
    await meanwhile(team)
    await directory.refresh(team.desk)
    await form.sent(team, "dee", incident_buttons.close, closure="false_positive", reason="a blip")
    assert (await incident(team)).state is State.CLOSED


async def test_who_may_not_close_it_hears_that_first(team: Team) -> None:
    await was_up(team)
    form = await form_of(team)
    await down_later(team)
    await directory.refresh(team.desk)
    sent = {"closure": "external", "reason": ""}
    answer = await form.sent(team, "cy", incident_buttons.close, **sent)
    assert "Only" in str(answer) and not isinstance(answer, OpenForm)


async def test_a_monitor_that_went_on_is_not_silenced_unseen(team: Team) -> None:
    await restored(team)
    form = await form_of(team)
    await down_soon(team)
    await directory.refresh(team.desk)
    await form.sent(team, "dee", incident_buttons.close, closure="false_positive", reason="a blip")
    await sees(team, "down", after=5 * HOUR, repeats=True)
    assert [(one.id, one.alerts) for one in await known(team)] == [(1, 3)]


async def test_a_duplicate_is_closed_as_one_of_what_is_named(team: Team) -> None:
    await opens(team, Severity.MINOR)
    await opens(team, Severity.OUTAGE)
    await sees(team, "down")  # joins the outage
    form = await form_of(team, 1)
    asked = await form.sent(team, "dee", incident_buttons.close, closure="duplicate")
    assert asked == FormErrors({"original": "Choose what it is a duplicate of, or None of these."})
    told = await form.sent(team, "dee", incident_buttons.close, closure="duplicate", original="2")
    assert "closed as duplicate of INC-2" in str(told)
    assert (await incident(team)).duplicate_of == 2


async def test_none_of_these_is_an_answer_too_and_no_other_end_is_asked(team: Team) -> None:
    for _ in range(3):
        await opens(team, Severity.MINOR)
    none = {"closure": "duplicate", "original": "none"}
    await (await form_of(team, 2)).sent(team, "dee", incident_buttons.close, **none)
    false = {"closure": "false_positive", "original": ""}
    await (await form_of(team, 3)).sent(team, "dee", incident_buttons.close, **false)
    ended = [await incident(team, number) for number in (2, 3)]
    assert [(one.state, one.duplicate_of) for one in ended] == [(State.CLOSED, None)] * 2


async def test_what_else_is_open_can_be_named_and_a_rehearsal_is_none_of_it(team: Team) -> None:
    await opens(team, Severity.MINOR)
    assert "original" not in (await form_of(team)).values
    await opens(team, Severity.OUTAGE, drill=True)
    assert "original" not in (await form_of(team)).values
    await opens(team, Severity.MAJOR)
    assert "original" in (await form_of(team)).values


async def test_who_is_shown_the_form_once_more_has_named_it_already(team: Team) -> None:
    await was_up(team)
    await opens(team, Severity.MINOR)
    form = await form_of(team)
    await down_later(team)
    await directory.refresh(team.desk)
    named = {"closure": "duplicate", "original": "2"}
    answer = await form.sent(team, "dee", incident_buttons.close, **named)
    assert isinstance(answer, OpenForm)
    shown = Form(answer.view).values
    assert named.items() <= {name.partition(":")[0]: it for name, it in shown.items()}.items()


async def test_what_was_closed_meanwhile_is_refused_where_it_was_named(team: Team) -> None:
    await opens(team, Severity.MINOR)
    await opens(team, Severity.MINOR)
    form = await form_of(team)
    await closes(team, 2, Closure.CANCELLED)
    named = {"closure": "duplicate", "original": "2"}
    answer = await form.sent(team, "dee", incident_buttons.close, **named)
    assert isinstance(answer, FormErrors)
    assert answer.errors["original"].startswith("INC-2 is closed, so nothing was changed.")
