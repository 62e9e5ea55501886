"""Whom the audit trail can be asked about: whoever is in it, whatever they are called."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.grammar import parse_audit
from bot.domain.incidents.detection import KUMA
from bot.domain.people import Actor
from bot.ports import Tx
from bot.services.knowing import auditing
from tests.services.incidents import a_team
from tests.services.team import PEOPLE, Team

LEFT = "U0LEFT77"


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


async def heading(team: Team, words: str) -> str:
    """What a page of the trail begins with."""

    def ask(tx: Tx) -> str:
        names = (("U0ODON", "O\u0308do\u0308n"), ("U0LIMA", "Ana Lima"))
        for who, _ in (*names, (LEFT, ""), (KUMA, ""), ("gonogo", "")):
            tx.audit(who, "approved", "D1")
        everybody = [(Actor(slack_id=who), name) for who, name in names]
        everybody.append((tx.actor(PEOPLE["dee"])[0], "dee"))
        tx.keep_people(everybody)
        return auditing.audit(tx, team.config, parse_audit(words), PEOPLE["dee"]).text

    return (await team.store.run(ask)).splitlines()[0]


@pytest.mark.parametrize(
    ("words", "who"),
    [
        (f"<@{LEFT}|mallory>", f"<@{LEFT}>"),
        (f"@{LEFT}", f"<@{LEFT}>"),
        ("@ödön", "<@U0ODON>"),
        ("@ÖDÖN D1", "<@U0ODON>"),
        ("@ana lima", "<@U0LIMA>"),
        ("@gonogo", "gonogo"),
        ("@uptime kuma", KUMA),
    ],
)
async def test_whoever_acted_is_found(team: Team, words: str, who: str) -> None:
    found = await heading(team, words)
    assert f" by {who}: " in found and "Nothing is recorded" not in found


async def test_who_never_acted_and_has_no_name_here_is_not_known(team: Team) -> None:
    with pytest.raises(Refusal, match="I know nobody called Ana Limo") as no:
        await heading(team, "@Ana Limo")
    assert "who has left has only their id there" in str(no.value)
