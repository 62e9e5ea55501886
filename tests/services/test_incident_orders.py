"""Whatever people press and tell about an incident, in whatever order and however late: its clocks
never run backwards, its state moves as the table says, and its promise is one cadence away at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents.incidents import TRANSITIONS, UNRESTORED, Incident, Severity
from bot.domain.incidents.promise import score
from bot.domain.incidents.timeline import What, words
from bot.domain.metrics.history import Closure
from bot.ports import Tx
from bot.services import directory
from bot.services.incidents import incident_decisions, incident_editing, incidents, promising
from bot.services.incidents.incidents import Report
from tests.services.team import PEOPLE, Team

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
"""The cadence of what is minor, and of what is restored."""

Act = tuple[str, str, Any]
EDITS = st.tuples(st.sampled_from(rules.CLOCKS), st.integers(-300, 300))
ACTS = st.one_of(
    st.tuples(st.just("passes"), st.just(""), st.integers(1, 200)),
    st.tuples(st.just("tells"), st.sampled_from(sorted(PEOPLE)), st.sampled_from(UNRESTORED)),
    st.tuples(
        st.sampled_from(["restored", "resolve", "reopen", "snooze", "assign"]),
        st.sampled_from(sorted(PEOPLE)),
        st.none(),
    ),
    st.tuples(st.just("close"), st.sampled_from(sorted(PEOPLE)), st.sampled_from(Closure)),
    st.tuples(st.just("severity"), st.sampled_from(sorted(PEOPLE)), st.sampled_from(Severity)),
    st.tuples(st.just("clock"), st.sampled_from(sorted(PEOPLE)), EDITS),
)


class Outage:
    """One incident, and everybody at once."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.seen: Incident | None = None

    async def opens(self) -> None:
        report = Report(service="app", severity=Severity.OUTAGE, impact="All is down")
        await self._do(lambda tx: incidents.declare(tx, self.team.config, report, PEOPLE["ana"]))
        await self._holds()

    async def acts(self, act: Act) -> None:
        what, who, detail = act
        if what == "passes":
            self.team.clock.time += detail * MINUTE
            await directory.refresh(self.team.desk)
            await promising.look_after(self.team.desk, 1)
        else:
            await self._do(self._click(what, PEOPLE[who], detail))
        await self._holds()

    def _click(self, what: str, who: str, detail: Any) -> Callable[[Tx], object]:
        config = self.team.config
        clicks: dict[str, Callable[[Tx], object]] = {
            "tells": lambda tx: incident_decisions.update(
                tx, config, incidents.load(tx, 1), "It goes on", detail, who
            ),
            "restored": lambda tx: incident_decisions.restored(tx, config, 1, who),
            "resolve": lambda tx: incident_decisions.resolve(tx, config, 1, who),
            "reopen": lambda tx: incident_decisions.reopen(tx, config, 1, "It is back", who),
            "snooze": lambda tx: incident_decisions.snooze(tx, config, 1, who),
            "assign": lambda tx: incident_decisions.assign(tx, config, 1, who, None, who),
            "close": lambda tx: incident_decisions.close(tx, config, 1, detail, "So it is", who),
            "severity": lambda tx: incident_editing.edit(tx, config, 1, {"severity": detail}, who),
            "clock": lambda tx: incident_editing.edit(
                tx, config, 1, {detail[0]: tx.now + detail[1] * MINUTE}, who
            ),
        }
        return clicks[what]

    async def _do(self, act: Callable[[Tx], object]) -> None:
        with suppress(Refusal):
            await self.team.store.run(act)

    async def _holds(self) -> None:
        now, before = self.team.clock.now(), self.seen
        found = await self.team.store.read(lambda tx: tx.incident(1))
        events = await self.team.store.read(lambda tx: tx.events(1))
        assert found is not None
        rules.clocks_are_right(found, now)
        assert found.state not in UNRESTORED or (found.restored_at, found.resolved_at) == (
            None,
            None,
        )
        if before is not None and found.state is not before.state:
            assert found.state in TRANSITIONS[before.state]
        assert found.is_open == (found.resolved_at is None and found.closed_at is None)
        assert (found.promised_at is not None) == found.is_open
        if found.promised_at is not None:
            assert found.promised_at <= now + LONGEST
        fared = score(words(events))
        assert fared.kept + len(fared.late) <= fared.made
        spoken = sum(event.what is What.NO_NEWS for event in events)
        assert spoken <= fared.made
        self.seen = found


@settings(max_examples=60)
@given(st.lists(ACTS, max_size=20))
def test_any_order_of_clicks_and_updates(migrated: Path, acts: list[Act]) -> None:
    asyncio.run(_told(migrated, acts))


async def _told(migrated: Path, acts: list[Act]) -> None:
    async def nobody(repo: str, file: str, inputs: dict[str, str]) -> int:
        raise AssertionError("nothing is deployed")

    team = Team.of(migrated, nobody)
    try:
        await directory.refresh(team.desk)
        outage = Outage(team)
        await outage.opens()
        for act in acts:
            await outage.acts(act)
    finally:
        await team.close()
