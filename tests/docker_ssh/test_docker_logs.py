"""The monitor of a container's log: well, bad, slow, down, without data, gone, and stale; and what
it tells during a bake.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.docker_logs import DockerLogs
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import Fault
from bot.ports import Question
from sandbox.host.containers import Line
from sandbox.world import World
from tests.docker_ssh.stage import PROGRAMS, Stage
from tests.scenarios.workspace import Json, Workspace, workspace

pytestmark = pytest.mark.needs(*PROGRAMS)
OK, BAD, WARN = Outcome.OK, Outcome.BAD, Outcome.DEGRADED
NO_DATA = Outcome.NO_DATA
MINUTE = timedelta(minutes=1)
Prepare = Callable[[Stage], None]


def says(*lines: str, ago: timedelta = timedelta(seconds=20)) -> Prepare:
    """What its log has said then."""

    def say(stage: Stage) -> None:
        log = stage.world.host.engine.containers[0].log
        log.clear()
        log += [Line.said(text, stage.clock.now() - ago) for text in lines]

    return say


def breaks(kind: str) -> Prepare:
    def add(stage: Stage) -> None:
        stage.world.faults.add(system="ssh", kind=kind, count=9)

    return add


def gone(stage: Stage) -> None:
    """Somebody removed it."""
    stage.world.host.engine.containers.pop(0).end()


def late(stage: Stage) -> None:
    """The host takes a second for each answer."""
    says("all is well")(stage)
    breaks("slow:1")(stage)


def unreadable(stage: Stage) -> None:
    """Its log goes where Docker cannot read it, and says so in place of lines."""
    stage.world.host.engine.containers[0].log_driver = "none"


def errors(number: int) -> list[str]:
    return [f"ERROR: order {n} is lost" for n in range(number)]


CASES: list[tuple[str, Prepare, float | None, Outcome | None, str]] = [
    ("ok", says("all is well"), 0, OK, "no error in the log of web-1 in 60 s"),
    ("as before", says(*errors(2), "well"), 2, OK, "2 error lines in the log of web-1 in 60 s"),
    ("worse", says(*errors(3)), 2, WARN, "(before: 2), the last “ERROR: order 2 is lost”"),
    ("bad", says(*errors(5)), 0, BAD, "5 error lines in the log of web-1 in 60 s (before: 0)"),
    ("bad, nobody counted before", says(*errors(5)), None, BAD, "5 error lines"),
    ("many, but not twice as many", says(*errors(9)), 5, WARN, "9 error lines"),
    ("flood", says(*errors(1500)), 0, BAD, "1000 error lines in the newest 1000 lines of the log"),
    (
        *("flood after an error", says(*errors(1), *["well"] * 1000), 0, OK),
        "no error in the newest 1000 lines of the log of web-1",
    ),
    ("no data", says(), 0, NO_DATA, "says nothing in 60 s: nothing is known"),
    ("stale", says(*errors(9), ago=2 * MINUTE), 0, NO_DATA, "says nothing in 60 s"),
    ("slow", late, 0, OK, "no error in the log of web-1 in 60 s"),
    ("wrong shape", unreadable, 0, None, "logging driver does not support reading"),
    ("down", breaks("reset_before"), 0, None, "is not reachable"),
    ("gone", gone, 0, None, "No such contain"),
]


@pytest.mark.parametrize(
    ("prepare", "before", "outcome", "text"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
async def test_what_is_not_seen_to_be_well_is_not_well(
    stage: Stage, prepare: Prepare, before: float | None, outcome: Outcome | None, text: str
) -> None:
    """Where there is no outcome it is a Fault, which whoever asks reads as unknown."""
    prepare(stage)
    now = stage.clock.now()
    was = Reading(what="logs", outcome=OK, text="", at=now, value=before)
    question = Question(version="v1.2.1", now=now, since=now - 5 * MINUTE, before=was)
    monitor = DockerLogs(stage.target(), "web-1", span=MINUTE, fails_from=5)
    if outcome is None:
        with pytest.raises(Fault, match=text):
            await monitor.look(question)
        return
    found = await monitor.look(question)
    assert text in found.text
    assert found.outcome is outcome


async def test_what_the_version_before_said_does_not_count(stage: Stage) -> None:
    says(*errors(9), ago=timedelta(seconds=40))(stage)
    now = stage.clock.now()
    monitor = DockerLogs(stage.target(), "web-1", span=MINUTE, fails_from=5)
    since = now - timedelta(seconds=30)
    found = await monitor.look(Question(version="v1.2.1", now=now, since=since))
    assert found.outcome is NO_DATA
    assert found.text == "the log of web-1 says nothing in 30 s: nothing is known"
    says(*errors(1), ago=timedelta(seconds=20))(stage)
    seen = await monitor.look(Question(version="v1.2.1", now=now, since=since))
    assert seen.text.startswith("1 error line in the log of web-1 in 30 s, the last ")
    says(*errors(9), ago=timedelta(seconds=40))(stage)
    baseline = await monitor.look(Question(version="v1.2.1", now=now))
    assert (baseline.value, baseline.outcome) == (9.0, OK)


def watched(world: World, environment: str = "production", **more: str) -> Json:
    target: dict[str, Any] = world.host.target()
    monitor = {"kind": "docker_logs", "target": target["name"]}
    settings = {"targets": [target], "monitors": [monitor], "bake": "PT5M", **more}
    return {"services": {"app": {"environments": {environment: settings}}}}


@pytest.mark.timeout(300)
async def test_errors_in_the_log_end_a_bake_and_are_quoted(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=watched, host=True) as team:
        await team.asks()
        await team.until(team.has_card, "PT1S")  # its host is asked first, over a real connection
        await team.approves("bo")
        await _says_until(team, "all is well", "no error in the log of web-1")
        await _says_until(team, "ERROR: orders are lost", "Degraded")
        alert = (await team.channel())[-1]
        assert "Log: " in alert and "error lines in the log of web-1 in " in alert
        assert "the last “ERROR: orders are lost”" in alert
        assert not any("✅" in text for text in await team.channel())


@pytest.mark.timeout(300)
async def test_the_log_of_staging_is_read_as_well(tmp_path: Path) -> None:
    rules = partial(watched, environment="staging", workflow="rollback.yml")
    async with workspace(tmp_path, rules=rules, host=True) as team:
        await team.asks("/deploy v1.3.0 to staging")
        await team.until(team.has_card, "PT1S")
        await _says_until(team, "all is well", "no error in the log of web-1")
        await _says_until(team, "ERROR: orders are lost", "Degraded")
        told = "app v1.3.0 → staging: validation failed"
        alert = next(text for text in await team.channel() if text.startswith(told))
        assert "the last “ERROR: orders are lost”" in alert


async def _says_until(team: Workspace, line: str, shown: str) -> None:
    """The container writes that line six times in twenty seconds, until the card shows it."""

    async def is_shown() -> bool:
        if await team.shows(shown):
            return True
        await team.post("/monitor", system="ssh", lines=[line] * 6)
        return False

    await team.until(is_shown, "PT20S")
