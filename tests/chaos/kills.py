"""kill -9 at random moments, while many deployments are under way and GitHub and Slack fail.

`python -m tests.chaos.kills --n 1000 [--seed S]` prints a table. Each round is a new world with one
deployment for each service of the seed `many`; what is counted is counted at the local Slack and
GitHub.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.flow import afterwards, all_ended, life_goes_on
from tests.chaos.nursery import Nursery, nursery
from tests.chaos.stage import Stage, stage
from tests.chaos.tally import Tally, count

KILLS_A_ROUND = 40
"""The first deployments have ended by then, and most are under way. Each start asks Slack twice for
an address to connect to, of which it gives a hundred before one has to wait for minutes.
"""

AT_ONCE = 2  # worlds side by side; a good part of the time in each is waited
ROUND_WITHIN = 480.0  # seconds of real time, for a busy machine
DISPATCHES = "/dispatches"
HEAD = "round kills  lost dupl. cards posts  ends      s"
FAULTS = (
    ("github", DISPATCHES, "POST", "status_after_apply:502", 4),
    ("github", DISPATCHES, "POST", "reset_after_apply", 3),
    ("github", DISPATCHES, "POST", "status:502", 3),
    ("github", DISPATCHES, "POST", "list_lag:95", 4),
    ("github", "", "GET", "status:502", 5),
    ("slack", "/chat.postMessage", "POST", "reset_after_apply", 5),
    ("slack", "/chat.postMessage", "POST", "status_after_apply:500", 3),
    ("slack", "/chat.update", "POST", "reset_after_apply", 5),
)
"""What goes wrong in each round: where, how, and how many times."""


class Unended(Exception):
    """A round did not come to its end: the last words of the bot, and the channel."""


@dataclass(frozen=True)
class Round:
    """What came of one world."""

    kills: int
    tally: Tally
    seconds: float


async def one_round(seed: int, kills: int, folder: Path, nest: Nursery) -> Round:
    """One world: everything is asked for at once, the bot is killed so many times, then rests.

    Raises Unended when that takes too long.
    """
    began = time.monotonic()
    chance = random.Random(seed)
    async with stage(folder, nest) as scene:
        await scene.start()
        spoil(scene, chance)
        try:
            async with asyncio.timeout(ROUND_WITHIN), life_goes_on(scene) as people:
                await _kill(scene, chance, kills)
                await scene.start()
                while not all_ended(scene):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise Unended(f"{scene.bot.last_words(60)}\n{standing(scene)}") from None
        await afterwards(scene)
        tally = await count(scene, people.approved)
    return Round(kills, tally, time.monotonic() - began)


def spoil(scene: Stage, chance: random.Random) -> None:
    """Ask for the faults of a round, in an order of chance."""
    orders = [(fault, chance.randint(0, 3)) for *fault, times in FAULTS for _ in range(times)]
    chance.shuffle(orders)
    for (system, path, method, kind), after in orders:
        scene.world.faults.add(system=system, path=path, method=method, kind=kind, after=after)


def standing(scene: Stage) -> str:
    """The top level of the channel, for a round that did not end."""
    return "\n".join(m.text.partition("\n")[0] for m in scene.messages())


async def _kill(scene: Stage, chance: random.Random, kills: int) -> None:
    """Kill the bot so many times, at once after its start, later, or before it is ready."""
    for _ in range(kills):
        if chance.random() < 0.1:
            await scene.bot.start(within=chance.uniform(0.01, 2.0))
        else:
            await scene.start()
            life = (0.002, 0.5) if chance.random() < 0.7 else (0.5, 3.0)
            await asyncio.sleep(chance.uniform(*life))
        await scene.kill()


async def rounds(kills: int, seed: int) -> list[Round]:
    """As many rounds as it takes, some at once; prints a line for each."""
    sys.stdout.write(f"{HEAD}\n")
    plan = enumerate(
        min(KILLS_A_ROUND, kills - before) for before in range(0, kills, KILLS_A_ROUND)
    )
    done: dict[int, Round] = {}

    async def one_after_the_other(nest: Nursery) -> None:
        for number, now in plan:
            with TemporaryDirectory(prefix="gonogo-chaos-") as folder:
                one = done[number] = await one_round(seed + number, now, Path(folder), nest)
            sys.stdout.write(f"{line(str(number + 1), one.kills, one.tally, one.seconds)}\n")
            sys.stdout.flush()

    began = time.monotonic()
    async with nursery() as nest, asyncio.TaskGroup() as side_by_side:
        for _ in range(AT_ONCE):
            side_by_side.create_task(one_after_the_other(nest))
    total = sum((one.tally for one in done.values()), Tally())
    seconds = time.monotonic() - began
    all_kills = sum(one.kills for one in done.values())
    sys.stdout.write(f"{line('all', all_kills, total, seconds)}\n")
    return [done[number] for number in sorted(done)]


def line(name: str, kills: int, tally: Tally, seconds: float) -> str:
    """A row of the table."""
    t = tally
    counts = (
        kills,
        *map(len, (t.lost, t.duplicated, t.double_cards, t.double_messages, t.wrong_ends)),
    )
    return f"{name:>5} " + " ".join(f"{number:>5}" for number in counts) + f" {seconds:>6.1f}"


def main() -> int:
    """The exit status is 1 when anything was lost, doubled, or ended wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=200, help="how many kills")
    parser.add_argument("--seed", type=int, default=1, help="of the chance")
    arguments = parser.parse_args()
    done = asyncio.run(rounds(arguments.n, arguments.seed))
    problems = sum((one.tally for one in done), Tally()).problems
    for column, found in problems.items():
        sys.stdout.write(f"{column}: {', '.join(found)}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
