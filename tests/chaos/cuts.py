"""Cuts: the bot is killed at one certain point of the happy path, started again, and has to end it.

Between two points nothing leaves the process: every request that it sends (not yet worked off, or
worked off and not yet answered) and every change of its database (on the disk, and nobody told).
`python -m tests.chaos.cuts [--every N]` goes through all of them, or through each Nth.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from sandbox.holds import Hold
from tests.chaos.flow import afterwards, all_ended, life_goes_on
from tests.chaos.nursery import Nursery, nursery
from tests.chaos.stage import Stage, stage
from tests.chaos.tally import Tally, count

SEED = "default"
ENDS_WITHIN = 120.0  # seconds of real time, for a busy machine
MOST = 500  # points of a kind; the happy path has far fewer

Kind = Literal["sent", "applied", "committed"]
KINDS: tuple[Kind, ...] = ("sent", "applied", "committed")


@dataclass(frozen=True)
class Cut:
    """What came of a cut at one point."""

    kind: Kind
    number: int
    where: str
    tally: Tally

    def __str__(self) -> str:
        return f"{self.kind} {self.number} ({self.where}): {self.tally.problems or 'right'}"


async def cuts(kind: Kind, every: int, nest: Nursery) -> AsyncIterator[Cut]:
    """Every so many points of a kind, until the happy path has no more of them."""
    with TemporaryDirectory(prefix="gonogo-chaos-") as name:
        template = Path(name) / "gonogo.db"
        await _prepare(template, nest)
        for number in range(1, MOST, every):
            folder = Path(name) / str(number)
            folder.mkdir()
            shutil.copy(template, folder)
            cut = await _cut(kind, number, folder, nest)
            if cut is None:
                return
            yield cut


async def _prepare(template: Path, nest: Nursery) -> None:
    """A database as it is after the first start, so that each cut begins with the same."""
    with TemporaryDirectory(prefix="gonogo-chaos-") as folder:
        async with stage(Path(folder), nest, SEED) as scene:
            await scene.start()
            await scene.passes(5)
            await scene.bot.stop()
            shutil.copy(scene.database, template)


async def _cut(kind: Kind, number: int, folder: Path, nest: Nursery) -> Cut | None:
    """None when everything ended before the point came."""
    async with stage(folder, nest, SEED) as scene, asyncio.timeout(ENDS_WITHIN):
        hold = scene.world.hold = Hold(
            number if kind != "committed" else 0, after=kind == "applied"
        )
        scene.bot.commits = number if kind == "committed" else 0
        starting = asyncio.create_task(scene.bot.start())
        async with life_goes_on(scene) as people:
            if not await _comes(scene, hold, starting):
                return None
            await scene.bot.kill()
            hold.let_go()
            await starting
            await scene.start()
            while not all_ended(scene):
                await asyncio.sleep(0.05)
        await afterwards(scene)
        where = f"{hold.entry.method} {hold.entry.path}" if hold.entry else "database"
        return Cut(kind, number, where, await count(scene, people.approved))


async def _comes(scene: Stage, hold: Hold, starting: asyncio.Task[bool]) -> bool:
    """Whether the point comes before everything has ended."""
    while not all_ended(scene):
        has_died = starting.done() and scene.bot.state()["state"] == "stopped"
        if hold.entry or has_died:
            return True
        await asyncio.sleep(0.01)
    return False


async def main() -> int:
    """Prints each point that was cut; the exit status is 1 when one of them did not end right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, action="append")
    arguments = parser.parse_args()
    bad = 0
    async with nursery() as nest:
        for kind in arguments.kind or KINDS:
            async for cut in cuts(kind, arguments.every, nest):
                sys.stdout.write(f"{cut}\n")
                sys.stdout.flush()
                bad += bool(cut.tally.problems)
    return 1 if bad else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(main()))
