"""What somebody reads before they go back: what goes away, and what the way is like."""

import re
from pathlib import Path

from tests.scenarios.test_rollback import deployed, rolls_back
from tests.scenarios.undoing import RULES
from tests.scenarios.workspace import Workspace, workspace

GOES_AWAY = "Goes away (3 commits): Add feature X; Fix bug Y; Update dependency Z"
AS_REHEARSED = "As rehearsed: v1.2.0, rollback.yml ready (about 3 min), no migrations, about 3 min"


async def test_the_proposal_says_what_goes_away_and_what_was_rehearsed(team: Workspace) -> None:
    await deployed(team)
    said = await team.types("bo", "/rollback because it is broken")
    assert GOES_AWAY in said
    assert AS_REHEARSED in said
    said = await team.types("bo", "/rollback to v1.1.0 because it is broken")
    assert "What goes away since v1.1.0 is not known." in said
    assert "This way back was not rehearsed. No gate at GitHub would hold it, as read " in said
    assert re.search(r"Expected to take: rollback.yml about \d+ s\.", said)


async def test_the_form_says_it_as_well_with_the_candidates(team: Workspace) -> None:
    await deployed(team)
    await team.types("bo", "/rollback")
    form = str((await team.get("/modal", **{"as": "bo"}))["blocks"])
    assert GOES_AWAY in form
    assert AS_REHEARSED.replace("As rehearsed:", "*As rehearsed:*") in form
    assert "Any other version was not rehearsed:" in form
    assert "• v1.1.0: what goes away is not known" in form
    assert "No gate at GitHub would hold it, as read " in form
    assert re.search(r"Expected to take: rollback.yml about \d+ s\.", form)
    assert "v1.2.0 · D1, live 2024-03-19 12:2" in form
    assert "v1.1.0 · released " in form
    assert "v1.2.1: live now" in form


async def test_how_long_it_took_the_last_time_is_what_is_expected(team: Workspace) -> None:
    await deployed(team)
    await rolls_back(team, "ana", "/rollback because it is broken")
    await team.asks("/deploy v1.3.0")
    await team.clicks("bo", "Override")
    await team.submits("bo", **{"Gates to lift": ["hold"], "Reason": "tested on a copy"})
    await team.passes("PT1M")
    await team.approves("bo")
    await team.passes("PT2S")
    await team.approves("dee")
    await team.passes("PT3M")
    said = await team.types("bo", "/rollback because it is broken")
    assert "As rehearsed: v1.2.0, " in said
    assert " as the last time), " in said
    assert "migrations reversible" in said


async def test_of_any_version_since_we_know_it_says_what_goes_away(tmp_path: Path) -> None:
    """Nobody is asked for it: it is what the deployments since had brought."""
    async with workspace(tmp_path, rules=RULES) as team:
        await deployed(team)
        await team.asks_and_approves("/deploy v1.3.0")
        await team.passes("PT2M")
        await team.types("bo", "/rollback")
        form = str((await team.get("/modal", **{"as": "bo"}))["blocks"])
        assert "• v1.2.0: 4 commits go away, 🔴 no way down of 0007_drop_legacy_column.sql" in form
        asked = len((await team.get("/journal", system="github"))["journal"])
        said = await team.types("bo", "/rollback to v1.2.0 because orders are lost")
        assert len((await team.get("/journal", system="github"))["journal"]) == asked
        assert "Goes away (4 commits): Drop the legacy column" in said
        assert "; Add feature X; Fix bug Y; Update dependency Z" in said
        assert "1 migration in between; the database stays as it is:" in said
        assert "not known" not in said


async def test_what_is_not_known_of_the_database_is_said_and_then_found_out(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, rules=RULES) as team:
        await team.asks_and_approves("/deploy v1.3.0")
        await team.passes("PT2M")
        said = await team.types("bo", "/rollback to v1.1.0 because orders are lost")
        assert "🔴 Migrations since v1.1.0: not known (this way back was not rehearsed)" in said
        await team.clicks_own("bo", "Roll Back to v1.1.0")
        await team.passes("PT2M")
        card = next(text for text in await team.channel() if "back → production" in text)
        assert "1 migration in between; the database stays as it is:" in card
        assert "🔴 0007_drop_legacy_column.sql: no way down" in card
        assert "not known" not in card
