"""Hotfix: which gates only warn it, and that nothing else changes."""

import pytest

from bot.domain.deployments.states import Kind
from bot.domain.gates import Level, Verdict
from bot.domain.gates.hotfix import softened


def verdict(gate: str, level: Level) -> Verdict:
    return Verdict(gate=gate, level=level, text="as read", action="Mend it.")


@pytest.mark.parametrize("gate", ["staging", "qa", "notes", "release", "monitoring"])
def test_what_blocks_a_release_warns_a_hotfix(gate: str) -> None:
    found = (verdict(gate, Level.BLOCK),)
    assert [v.level for v in softened(found, Kind.HOTFIX)] == [Level.WARN]
    for kind in (Kind.RELEASE, Kind.REDEPLOY, Kind.ROLLBACK):
        assert softened(found, kind) == found


@pytest.mark.parametrize("gate", ["ci", "merged", "live", "workflow", "bugs", "lock"])
def test_what_blocks_everybody_blocks_a_hotfix(gate: str) -> None:
    found = (verdict(gate, Level.BLOCK),)
    assert softened(found, Kind.HOTFIX) == found


@pytest.mark.parametrize("level", [Level.PASS, Level.WARN])
def test_nothing_gets_worse(level: Level) -> None:
    found = (verdict("staging", level),)
    assert softened(found, Kind.HOTFIX) == found
