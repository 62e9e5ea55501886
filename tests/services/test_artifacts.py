"""A way back goes to the version that it names, and not to what a target happened to run when that
version was proven good.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.domain.deployments.states import State
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import Fault
from bot.domain.rollbacks.targets import Artifact, Candidate, Fate, LogTail, Sight, TargetPlan
from bot.ports import Question, Receipt
from bot.services.rollbacks import artifacts
from tests.services.team import START, Team

OLD = Artifact(id="dpl_old", version="v1.0.0")
NEW = Artifact(id="dpl_new", version="v1.1.0")
NAMELESS = Artifact(id="dpl_2")


@dataclass
class Project:
    """A target with these deployments, of which it runs one; what it was asked to go to."""

    runs: Artifact | None = OLD
    has: tuple[Artifact, ...] = (OLD, NEW)
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    async def current(self) -> Artifact | None:
        return self.runs

    async def candidates(self) -> tuple[Candidate, ...]:
        return tuple(Candidate(artifact=one) for one in self.has)

    async def plan(self, wanted: Artifact) -> TargetPlan:
        if self.silent:
            raise Fault("vercel", "500")
        found = next((one for one in self.has if one.meets(wanted)), None)
        return TargetPlan(current=self.runs, wanted=found, obstacle="" if found else "not there")

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        self.asked.append(wanted.id)
        self.runs = wanted
        return {"operation": operation}

    async def watch(self, receipt: Receipt) -> Sight:
        return Sight(fate=Fate.SUCCEEDED, text="it runs", at=START)

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        raise AssertionError("no answer was lost")


async def deploys(team: Team, project: Project, version: str, *more: Project) -> None:
    named = tuple(zip(("web", "api"), (project, *more), strict=False))
    team.desk = replace(team.desk, targets={("app", "production"): named})
    assert await team.asks("ana", version) is None
    await team.works()
    assert await team.approves("bo", (await team.newest()).id) is None
    await team.works()
    team.hub.drives("success")
    for _ in range(12):
        await team.passes(30)


@pytest.mark.parametrize(
    ("runs", "kept", "said"),
    [
        (NEW, {"web": "dpl_new"}, None),
        (OLD, {}, "web still runs v1.0.0, and not v1.1.0"),
        (replace(NEW, version="1.1.0"), {"web": "dpl_new"}, None),
        (Artifact(id="dpl_3", commit="b" * 40), {}, "web still runs bbbbbbb, and not v1.1.0"),
        (NAMELESS, {"web": "dpl_2"}, None),
        (None, {}, None),
    ],
)
async def test_kept_is_what_the_target_runs_of_this_version_and_another_is_told(
    team: Team, runs: Artifact | None, kept: dict[str, str], said: str | None
) -> None:
    await deploys(team, Project(runs=runs), "v1.1.0")
    found = await team.newest()
    assert (found.state, found.ran) == (State.SUCCEEDED, kept)
    reading = found.validation.reading("target web") if found.validation else None
    assert (reading.text if reading else None) == said


@dataclass
class Machine(Project):
    """A target that keeps a log."""

    says: str = "started"
    fault: Fault | None = None
    looked_at: bool = False

    async def logs(self, *, lines: int = 100, since: datetime | None = None) -> LogTail:
        self.looked_at = True
        if self.fault:
            raise self.fault
        errors = tuple(line for line in self.says.splitlines() if "ERROR" in line)
        return LogTail(text=self.says, errors=errors, at=START)


@dataclass
class Counting:
    """A monitor that counts the errors in a log."""

    counted: Reading
    what: str = "logs"
    pace: timedelta = timedelta(seconds=30)

    async def look(self, question: Question) -> Reading:
        return replace(self.counted, at=question.now)

    async def close(self) -> None:
        pass


AWAY = "not known: web runs v1.0.0"


@pytest.mark.parametrize(
    ("machines", "outcome", "text"),
    [
        ([Machine(runs=NEW)], Outcome.OK, "no error in the log of web"),
        ([Machine(runs=OLD)], Outcome.UNKNOWN, AWAY),
        ([Machine(runs=OLD, says="ERROR")], Outcome.UNKNOWN, AWAY),
        ([Machine(runs=OLD), Machine(runs=NEW)], Outcome.UNKNOWN, AWAY),
        (
            [Machine(runs=OLD), Machine(runs=NEW, fault=Fault("ssh", "away"))],
            *(Outcome.UNKNOWN, f"{AWAY}, api: away"),
        ),
        (
            [Machine(runs=OLD), Machine(runs=NEW, says="ERROR")],
            *(Outcome.DEGRADED, "api: 1 line, the last “ERROR”, web runs v1.0.0"),
        ),
    ],
)
async def test_the_log_of_another_version_tells_nothing_of_this_one(
    team: Team, machines: list[Machine], outcome: Outcome, text: str
) -> None:
    first, *more = machines
    await deploys(team, first, "v1.1.0", *more)
    found = await team.newest()
    reading = found.validation.reading("logs") if found.validation else None
    assert reading is not None and (reading.outcome, reading.text) == (outcome, text)
    assert [one.looked_at for one in machines] == [one.runs is NEW for one in machines]


@pytest.mark.parametrize(
    ("runs", "counted", "text"),
    [
        (NEW, Outcome.OK, "no error in a minute"),
        (OLD, Outcome.OK, AWAY),
        (OLD, Outcome.DEGRADED, "no error in a minute"),
    ],
)
async def test_nor_does_a_monitor_of_it(
    team: Team, runs: Artifact, counted: Outcome, text: str
) -> None:
    reading = Reading(what="logs", outcome=counted, text="no error in a minute", at=START)
    team.desk = replace(team.desk, monitors={("app", "production"): (Counting(counted=reading),)})
    await deploys(team, Machine(runs=runs), "v1.1.0")
    found = await team.newest()
    logs = found.validation.reading("logs") if found.validation else None
    assert logs is not None and logs.text == text


async def test_a_rollback_does_not_go_to_what_the_target_tells_another_version_of(
    team: Team,
) -> None:
    """As it may have been kept before anybody compared."""
    await deploys(team, Project(), "v1.0.0")
    await deploys(team, Project(runs=NEW), "v1.1.0")
    [good, _] = await team.all()
    await team.store.run(lambda tx: tx.save(good, good.with_(ran={"web": "dpl_new"})))
    project = Project(runs=NEW)
    team.desk = replace(team.desk, targets={("app", "production"): (("web", project),)})
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    assert project.asked == ["dpl_old"]


async def test_a_target_that_cannot_be_asked_is_sent_to_what_is_known(team: Team) -> None:
    await deploys(team, Project(), "v1.0.0")
    found = await artifacts.wanted(team.desk, await team.newest(), "web", Project(silent=True))
    assert found.id == "dpl_old"
