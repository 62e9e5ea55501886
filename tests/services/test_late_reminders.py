"""Two incidents in one channel, a clock that jumps, a restart, a message that somebody deleted, and
all of it at once: of each incident people hear one late word, and no more.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from bot.domain.incidents.incidents import Severity
from bot.services.tick import Tick
from tests.services.incidents import a_team, incident, opens
from tests.services.team import Team

MINUTES = 60.0
JUMPS = {
    # minutes of each leap; the word that people hear then, where it was due 15 minutes after 10:00
    "past all of it": ((12,), "no-news"),
    "past many of them": ((600,), "no-news"),
    "to when it is due": ((8,), "due"),
    "to shortly before": ((5,), "nudge"),
    "back, and past all of it": ((-30, 18), "no-news"),
    "past all of it, and back": ((12, -30), "no-news"),
    "past all of it, back, and there again": ((12, -5, 5), "no-news"),
}
CASES = list(product(JUMPS, [False, True], [False, True]))


def spoken(team: Team, number: int) -> Counter[str]:
    """What was said of the promises of one incident, by kind."""
    keys = (key.split(":") for key in team.room.said)
    return Counter(key[3] for key in keys if key[:3] == ["incident", str(number), "promise"])


@pytest.mark.parametrize(("jump", "is_restarted", "is_deleted"), CASES)
async def test_one_late_word(
    migrated: Path, jump: str, is_restarted: bool, is_deleted: bool
) -> None:
    leaps, word = JUMPS[jump]
    async with a_team(migrated) as team:
        tick = Tick(team.desk)
        for who in ("ana", "bo"):
            await opens(team, Severity.OUTAGE, who)
        await tick.settle()
        team.clock.forward(8 * MINUTES)
        await tick.settle()
        if is_deleted:
            del team.room.said["room:1"]
        for minutes in leaps:
            team.clock.forward(minutes * MINUTES)
            if is_restarted:
                tick = Tick(team.desk)
            await tick.settle()
            await tick.settle()
        for number in (1, 2):
            assert spoken(team, number) == {word: 1}
            found = await incident(team, number)
            assert found.promised_at is not None
            assert found.promised_at <= team.clock.now() + timedelta(minutes=15)
        assert word != "no-news" or "room:1" in team.room.said
