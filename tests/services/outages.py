"""Two outages at once: what is pressed, reported and rolled back, and what holds each time, as the
process has it and not as the code does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.domain.deployments.states import Kind
from bot.domain.deployments.states import State as Ends
from bot.domain.errors import Refusal
from bot.domain.incidents.detection import KUMA, Beat
from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.incidents.promise import score
from bot.domain.incidents.timeline import What, words
from bot.ports import Tx
from bot.services import directory
from bot.services.incidents import (
    detecting,
    incident_decisions,
    incident_editing,
    incidents,
    promising,
)
from bot.services.incidents.incidents import Report
from tests.services.incidents import ran
from tests.services.outage_rules import (
    CADENCE,
    GOES_ON,
    MOVES,
    Account,
    is_in_order,
    was_no_outage,
)
from tests.services.team import PEOPLE, START, Team

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
SERVICES = ("app", "web")
SAID = (What.NO_NEWS,)

Act = tuple[str, str, str, Any]
"""What is done, about which service, by whom, and how."""


@dataclass
class Outages:
    """An incident of each service, and everybody at once."""

    team: Team
    latest: datetime = START
    seen: dict[int, Incident] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    beats: dict[str, Beat] = field(default_factory=dict)
    proven: dict[str, datetime] = field(default_factory=dict)

    async def begin(self) -> None:
        for service in SERVICES:
            for version, hours in (("v1.2.0", 3), ("v1.2.1", 1)):
                await ran(self.team, version, hours, service=service)
            await self._run(partial(_declare, self.team, service))
        await self._holds("begins", "")

    async def does(self, act: Act) -> None:
        what, service, who, detail = act
        match what:
            case "passes" | "set back":
                await self._passes(detail if what == "passes" else -detail)
            case "down" | "up" | "repeats":
                await self._reports(what, service)
            case "comes twice":
                await self._comes_twice(service)
            case "comes late":
                await self._comes_late(service, detail)
            case "rolls back":
                await self._rolls_back(service, went_well=detail)
            case _:
                await self._presses(what, service, PEOPLE[who], detail)
        await self._holds(what, service)

    async def _passes(self, minutes: int) -> None:
        """Time goes on or is set back; of each incident people hear one thing at most, however much
        is overdue, and none before its time.
        """
        self.team.clock.time += minutes * MINUTE
        now = self.team.clock.now()
        self.latest = max(self.latest, now)
        await directory.refresh(self.team.desk)
        await self._run(partial(promising.set_right, self.team.config))
        self.seen = await self._all()
        for number, one in self.seen.items():
            before = await self._said(number)
            for _ in range(3):
                await promising.look_after(self.team.desk, number)
            said = (await self._said(number))[len(before) :]
            assert said in ([], [What.NO_NEWS]), "at most one late reminder"
            if said:
                assert one.promised_at is not None and now >= one.promised_at + 2 * MINUTE
                self.accounts[number].broken = True

    async def _said(self, number: int) -> list[What]:
        return [
            e.what
            for e in await self.team.store.read(lambda tx: tx.events(number))
            if e.what in SAID
        ]

    async def _reports(self, what: str, service: str) -> None:
        """DOWN is always somebody's business; UP ends nothing by itself."""
        self.team.clock.time += SECOND
        before, old = await self._all(), self.beats.get(service)
        at = self.team.clock.now()
        if old is not None:
            at = max(at, old.at + SECOND)  # Kuma's own clock is not set back
        self.latest = max(self.latest, at)
        beat = self._beat(service, at, "up" if what == "up" else "down", repeats=what == "repeats")
        self.beats[service] = beat
        await self._hears(beat)
        after = await self._all()
        if what == "up":
            for number, one in after.items():
                if one.state != before[number].state:
                    assert one.state == "restored" and self._may_be_mended(before[number])
        else:
            goes_on = any(i.service == service and i.state in GOES_ON for i in after.values())
            was_up = old is not None and old.status == "up"
            is_judged = what == "repeats" and was_no_outage(before.values(), service)
            assert goes_on or (is_judged and not was_up)
            for number in after.keys() - before.keys():
                assert after[number].declared_by == KUMA
                self.accounts[number] = Account()
            for number, was in before.items():
                if was.state not in GOES_ON and after[number].state in GOES_ON:
                    self.accounts[number].again_at = beat.at
                if after[number].again_at != was.again_at:
                    self.accounts[number].again_at = beat.at

    async def _comes_twice(self, service: str) -> None:
        if (old := self.beats.get(service)) is not None:
            before = await self._all()
            await self._hears(old)
            assert await self._all() == before, "the same report changes nothing"

    async def _comes_late(self, service: str, minutes: int) -> None:
        """What is older than the end of the outage that it reports opens nothing, whatever became
        of that outage.
        """
        before = await self._all()
        mine = [i for i in before.values() if i.service == service]
        ends = [i.restored_at or i.closed_at for i in mine if i.source]
        if any(i.state in GOES_ON for i in mine) or any(i.up_at for i in mine) or not ends:
            return
        last = max(end for end in ends if end is not None)
        if last > self.team.clock.now():  # which a clock that was set back cannot tell
            return
        await self._hears(self._beat(service, last - minutes * SECOND, "down", repeats=False))
        assert await self._all() == before, "a late report opens nothing"

    async def _rolls_back(self, service: str, *, went_well: bool) -> None:
        before, now = await self._all(), self.team.clock.now()
        cause = next((i.cause for i in before.values() if i.service == service and i.cause), "D1")
        begun = await ran(
            self.team,
            "v1.2.0",
            0,
            service=service,
            kind=Kind.ROLLBACK,
            rolls_back=cause,
            state=Ends.VALIDATING,
            settled_at=None,
            live_at=now,
            healthy_at=now if went_well else None,
        )
        to = Ends.SUCCEEDED if went_well else Ends.FAILED
        await self.team.store.run(lambda tx: tx.save(begun, begun.end(to, now, "", "")))
        if went_well:
            self.proven[service] = now
        for number, one in (await self._all()).items():
            was, beat = before[number], self.beats.get(service)
            is_about = was.service == service and was.state in GOES_ON and was.cause == cause
            is_down = was.source != "" and beat is not None and beat.status == "down"
            if one.state != was.state:
                assert went_well and is_about and one.state == "restored"
                assert was.cause_state != "refuted" and self._may_be_mended(was) and not is_down
            elif went_well and is_about and was.cause_state == "suspected":
                assert is_down or not self._may_be_mended(was)

    def _may_be_mended(self, incident: Incident) -> bool:
        """Whether a rollback was proven well after the incident broke last."""
        proven, again = self.proven.get(incident.service), self.accounts[incident.id].again_at
        broke = max(incident.started_at, again or incident.started_at)
        return proven is not None and proven >= broke

    async def _presses(self, what: str, service: str, who: str, detail: Any) -> None:
        every = await self._all()
        was = max((i for i in every.values() if i.service == service), key=lambda i: i.id)
        now, config, number = self.team.clock.now(), self.team.config, was.id
        others = [i.id for i in every.values() if i.id != number and i.state != "closed"]
        of = max(others, default=None) if detail == "duplicate" else None
        clicks: dict[str, Callable[[Tx], object]] = {
            "tells": lambda tx: incident_decisions.update(
                tx, config, incidents.load(tx, number), "It goes on", detail, who
            ),
            "restored": lambda tx: incident_decisions.restored(tx, config, number, who),
            "resolve": lambda tx: incident_decisions.resolve(tx, config, number, who),
            "reopen": lambda tx: incident_decisions.reopen(tx, config, number, "It is back", who),
            "snooze": lambda tx: incident_decisions.snooze(tx, config, number, who),
            "assign": lambda tx: incident_decisions.assign(tx, config, number, who, None, who),
            "close": lambda tx: incident_decisions.close(tx, config, number, detail, "", who, of),
            "edit": lambda tx: incident_editing.edit(
                tx, config, number, _changes(detail, now), who
            ),
        }
        if not await self._run(clicks[what]):
            assert await self._all() == every, "what was refused changes nothing"
            return
        account, new = self.accounts[number], (await self._all())[number]
        if what in ("tells", "restored", "resolve"):
            assert was.promised_at is not None
            account.told(was.promised_at, now)
        if what == "snooze":
            assert was.promised_at is not None
            account.broken |= now > was.promised_at
        if what == "reopen":
            account.again_at = now
        if what in ("tells", "restored", "snooze", "reopen") and new.promised_at is not None:
            pause = CADENCE[new.severity] if new.state in GOES_ON else 60
            assert what == "snooze" or new.promised_at == now + pause * MINUTE

    async def _holds(self, what: str, service: str) -> None:
        found, now = await self._all(), self.team.clock.now()
        for number, one in found.items():
            self.accounts.setdefault(number, Account())
            was = self.seen.get(number, one)
            if service and one.service != service and what not in ("passes", "set back"):
                assert one == was, "one incident never touches another"
            assert one.state == was.state or one.state in MOVES[was.state]
            is_in_order(one, self.latest)
            is_open = one.state in (*GOES_ON, "restored")
            assert (one.promised_at is not None) == is_open
            if one.promised_at is not None:
                can_wait = one.state == "restored" or one.severity == "minor"
                longest = DAY if can_wait else CADENCE[one.severity] * MINUTE
                assert what == "edit" or one.promised_at <= now + longest
            fared = score(words(await self.team.store.read(partial(_events, number))))
            counted = self.accounts[number]
            assert (fared.kept, len(fared.late)) == (counted.kept, counted.late)
        sources = [i.source for i in found.values() if i.source and i.state in GOES_ON]
        assert len(sources) == len(set(sources)), "one outage of a monitor at a time"
        self.seen = found

    def _beat(self, service: str, at: datetime, status: Any, *, repeats: bool) -> Beat:
        monitor = str(SERVICES.index(service))
        told = {"monitor": monitor, "name": service, "status": status, "text": "", "at": at}
        return Beat(**told, repeats=repeats)

    async def _hears(self, beat: Beat) -> None:
        await self._run(lambda tx: detecting.hear(tx, self.team.config, beat))

    async def _all(self) -> dict[int, Incident]:
        """Every incident, whatever became of it."""

        def read(tx: Tx) -> dict[int, Incident]:
            numbers = iter(range(1, 100))
            found = iter(lambda: tx.incident(next(numbers)), None)
            return {one.id: one for one in found if one is not None}

        return await self.team.store.read(read)

    async def _run(self, act: Callable[[Tx], object]) -> bool:
        with suppress(Refusal):
            await self.team.store.run(act)
            return True
        return False


def _declare(team: Team, service: str, tx: Tx) -> object:
    report = Report(service=service, severity=Severity.OUTAGE, impact="All is down")
    return incidents.declare(tx, team.config, report, PEOPLE["ana"])


def _events(number: int, tx: Tx) -> Any:
    return tx.events(number)


def _changes(detail: Any, now: datetime) -> dict[str, Any]:
    """Several fields at once."""
    clocks, severity = detail
    changes: dict[str, Any] = {name: now + by * MINUTE for name, by in clocks.items()}
    return changes | ({"severity": severity} if severity else {})
