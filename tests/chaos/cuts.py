"""Cuts: the bot is killed at one certain point of a story, started again, and has to end it.

Between two points nothing leaves the process: every request that it sends (not yet worked off, or
worked off and not yet answered) and every change of its database (on the disk, and nobody told). Of
a long story only the requests count that change something outside.
`python -m tests.chaos.cuts [--story outage] [--every N]` goes through all of them, or each Nth;
`--kind applied --only 17` cuts once more at one of them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from sandbox.holds import Hold
from sandbox.journal import Entry
from sandbox.world import World
from tests.chaos import database, outage, remedies, rollback
from tests.chaos.flow import afterwards, all_ended, life_goes_on
from tests.chaos.nursery import Nursery, nursery
from tests.chaos.stage import Json, Stage, stage
from tests.chaos.tally import Tally, count

SEED = "plain"
ENDS_WITHIN = 240.0  # seconds of real time, for a busy machine
MOST = 500  # points of a kind; a story has far fewer
EVERY = int(os.environ.get("GONOGO_CUTS", "42"))
"""How many points lie between two that the tests try."""

TURN = int(os.environ.get("GONOGO_CUTS_TURN") or datetime.now(UTC).date().toordinal())
"""Each day the tests begin at another point, so that in time they try all of them."""

SPARSER = {
    ("outage", "committed"): 3,
    ("database", "committed"): 5,
    ("remedies", "committed"): 5,
}
"""Where there are many points in a long story, fewer are tried."""

LIMIT = 240 + 14400 // EVERY  # seconds of real time for the points of one story

Kind = Literal["sent", "applied", "committed"]
KINDS: tuple[Kind, ...] = ("sent", "applied", "committed")


@dataclass(frozen=True)
class Story:
    """What people do, how it is seen that it has ended, and what came of it."""

    people: Callable[[Stage], AbstractAsyncContextManager[Any]]
    is_over: Callable[[Stage], bool]
    count: Callable[[Stage, Any], Awaitable[Tally]]
    points: Callable[[Entry], bool] = lambda _: True
    rules: Callable[[str], str] = str
    targets: Callable[[World], Sequence[Json]] | None = None
    first: int = 1  # the first point that the tests try
    least: int = 20  # how many points of each kind there are at least


STORIES = {
    "deployment": Story(
        life_goes_on, all_ended, lambda scene, people: count(scene, people.approved)
    ),
    "outage": Story(
        outage.people,
        outage.is_over,
        lambda scene, _: outage.count(scene),
        outage.changes,
        outage.hurried,
    ),
    "rollback": Story(
        rollback.people,
        rollback.is_over,
        lambda scene, _: rollback.count(scene),
        rollback.matters,
        targets=rollback.targets,
    ),
    "remedies": Story(
        remedies.people,
        remedies.is_over,
        lambda scene, _: remedies.count(scene),
        remedies.matters,
        first=4,  # before it only the rollback itself, and its findings
        least=8,
    ),
    "database": Story(
        database.people,
        database.is_over,
        lambda scene, _: database.count(scene),
        database.matters,
        database.asked_by_image,
        database.on_a_host,
        first=9,  # before it the database is only looked at
        least=12,
    ),
    "database-by-workflow": Story(
        database.people,
        database.is_over,
        lambda scene, _: database.count(scene),
        database.matters,
        database.asked_by_workflow,
        database.without_targets,
    ),
}


@dataclass(frozen=True)
class Cut:
    """What came of a cut at one point."""

    kind: Kind
    number: int
    where: str
    tally: Tally

    def __str__(self) -> str:
        return f"{self.kind} {self.number} ({self.where}): {self.tally.problems or 'right'}"


async def sample(name: str, kinds: Sequence[Kind] = KINDS) -> list[str]:
    """What did not end right of the points that the tests try today, and how to try it again; fails
    when a kind had none.
    """
    story = STORIES[name]
    every = {kind: EVERY * SPARSER.get((name, kind), 1) for kind in kinds}
    first = {kind: story.first + TURN % every[kind] for kind in kinds}
    async with nursery() as nest:
        tried = await cuts({k: range(first[k], MOST, every[k]) for k in kinds}, nest, story)
        # Where the story has no point that far on, one is tried that it surely has.
        missed = set(kinds) - {cut.kind for cut in tried}
        early = story.first + TURN % (story.least - story.first)
        tried += await cuts({kind: [early] for kind in missed}, nest, story)
    for kind in kinds:
        these = [cut for cut in tried if cut.kind == kind]
        where = ", ".join(f"{cut.number} ({cut.where})" for cut in these)
        sys.stdout.write(f"{name}, {kind}: cut at {where} (GONOGO_CUTS_TURN={TURN})\n")
        assert len(these) > max(story.least - first[kind], 0) // every[kind], kind
    again = f"python -m tests.chaos.cuts --story {name}"
    return [
        f"{cut}; again: {again} --kind {cut.kind} --only {cut.number}"
        for cut in tried
        if cut.tally.problems
    ]


async def cuts(
    points: Mapping[Kind, Iterable[int]],
    nest: Nursery,
    story: Story = STORIES["deployment"],
    tell: Callable[[Cut], object] = lambda _: None,
) -> list[Cut]:
    """These points of each kind, until the story has no more of it; each is told when it has
    ended. Kinds are tried side by side, the points of a kind one after the other: what lies beyond
    the last one costs a whole story.
    """
    tried: list[Cut] = []
    with TemporaryDirectory(prefix="gonogo-chaos-") as name:
        template = Path(name) / "gonogo.db"
        await _prepare(template, nest)

        async def one_after_the_other(kind: Kind, numbers: Iterable[int]) -> None:
            for number in numbers:
                folder = Path(name) / f"{kind}-{number}"
                folder.mkdir()
                shutil.copy(template, folder)
                cut = await _cut(kind, number, folder, nest, story)
                if cut is None:
                    return
                tried.append(cut)
                tell(cut)

        async with asyncio.TaskGroup() as side_by_side:
            for kind, numbers in points.items():
                side_by_side.create_task(one_after_the_other(kind, numbers))
    return sorted(tried, key=lambda cut: (cut.kind, cut.number))


async def _prepare(template: Path, nest: Nursery) -> None:
    """A database as it is after the first start, so that each cut begins with the same."""
    with TemporaryDirectory(prefix="gonogo-chaos-") as folder:
        async with stage(Path(folder), nest, SEED) as scene:
            await scene.start()
            await scene.passes(5)
            await scene.bot.stop()
            shutil.copy(scene.database, template)


async def _cut(kind: Kind, number: int, folder: Path, nest: Nursery, story: Story) -> Cut | None:
    """None when everything ended before the point came."""
    try:
        return await _tried(kind, number, folder, nest, story)
    except TimeoutError:
        words = (folder / "bot.log").read_text(errors="replace").splitlines()[-20:]
        return Cut(kind, number, "?", Tally(wrong_ends=["it did not end", *words]))


async def _tried(kind: Kind, number: int, folder: Path, nest: Nursery, story: Story) -> Cut | None:
    async with (
        stage(folder, nest, SEED, story.rules, story.targets) as scene,
        asyncio.timeout(ENDS_WITHIN),
    ):
        hold = scene.world.hold = Hold(
            number if kind != "committed" else 0, after=kind == "applied", of=story.points
        )
        scene.bot.commits = number if kind == "committed" else 0
        starting = asyncio.create_task(scene.bot.start())
        async with story.people(scene) as people:
            if not await _comes(scene, hold, starting, story):
                return None
            await scene.kill()
            hold.let_go()
            await starting
            await scene.start()
            while not story.is_over(scene):
                await asyncio.sleep(0.05)
        await afterwards(scene)
        where = f"{hold.entry.method} {hold.entry.path}" if hold.entry else "database"
        return Cut(kind, number, where, await story.count(scene, people))


async def _comes(scene: Stage, hold: Hold, starting: asyncio.Task[bool], story: Story) -> bool:
    """Whether the point comes before everything has ended."""
    while not story.is_over(scene):
        has_died = starting.done() and scene.bot.state()["state"] == "stopped"
        if hold.entry or has_died:
            return True
        await asyncio.sleep(0.01)
    return False


async def main() -> int:
    """Prints each point that was cut; the exit status is 1 when one of them did not end right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--story", choices=STORIES, default="deployment")
    parser.add_argument("--first", type=int, default=1, help="the first point that is tried")
    parser.add_argument("--only", type=int, action="append", help="this point alone")
    parser.add_argument("--kind", choices=KINDS, action="append")
    arguments = parser.parse_args()
    bad = 0

    def tell(cut: Cut) -> None:
        nonlocal bad
        bad += bool(cut.tally.problems)
        sys.stdout.write(f"{cut}\n")
        sys.stdout.flush()

    numbers = arguments.only or range(arguments.first, MOST, arguments.every)
    async with nursery() as nest:
        kinds = dict.fromkeys(arguments.kind or KINDS, numbers)
        tried = await cuts(kinds, nest, STORIES[arguments.story], tell)
    for kind in kinds:
        count = sum(cut.kind == kind for cut in tried)
        sys.stdout.write(f"{arguments.story}, {kind}: {count} points\n")
    return 1 if bad else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(main()))
