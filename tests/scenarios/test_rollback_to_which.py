"""A11: `/rollback` goes to what ran well, and never to what was just left, failed or never ran.

The table of histories is `tests/domain/test_rollback_target.py`; here people act them out.
"""

from tests.scenarios.test_rollback import rolls_back
from tests.scenarios.workspace import Workspace

PROPOSED = "Roll back app production to {}?"
BAD = "/rollback because it is broken"


async def proposed(team: Workspace, line: str = BAD) -> str:
    """The first line of what is proposed, or the refusal."""
    return (await team.types("bo", line)).splitlines()[0]


async def test_down_step_by_step_until_nothing_good_is_left(team: Workspace) -> None:
    # v1.0.0, v1.1.0 and v1.2.0 ran well, v1.2.1 fails: what was live is installed again.
    await team.post("/github/preset", workflow="release.yml", script="auto_failure")
    await team.asks_and_approves()
    await team.passes("PT2M")
    assert await team.state() == "Failed"
    assert await proposed(team) == PROPOSED.format("v1.2.0")
    assert "never ran well" in await team.types("bo", "/rollback to v1.2.1 because of that")

    await rolls_back(team, "bo", BAD)
    assert await proposed(team) == PROPOSED.format("v1.1.0")
    await rolls_back(team, "bo", BAD)
    assert await proposed(team) == PROPOSED.format("v1.0.0")  # not v1.2.0, which was just left
    await rolls_back(team, "bo", BAD)
    assert "I know no earlier version that is good: each one failed" in await proposed(team)
    said = await team.types("bo", "/rollback to v1.2.0 because of that")
    assert said.startswith("I do not go back to v1.2.0: left by a rollback.")
    left = await team.types("cy", "/deployments status")
    assert "v1.1.0, v1.2.0" in left

    # One that never ran is refused; to insist shows so in red, and needs a second person.
    assert "I do not go back to v1.2.1" in await team.types("bo", "/rollback to v1.2.1 because so")
    said = await team.types("bo", "/rollback to v1.2.1 force because nothing else is left")
    assert "🔴 It never ran well here" in said
    await team.clicks_own("bo", "Roll Back to v1.2.1")
    await team.passes("PT5S")
    assert "Waiting for approval" in (await team.channel())[-1]


async def heading(team: Workspace, who: str) -> str:
    return str((await team.get("/modal", **{"as": who}))["blocks"][0]["text"]["text"])


async def test_an_old_button_says_that_what_is_live_today_is_taken_back(team: Workspace) -> None:
    await team.post("/github/preset", workflow="release.yml", script="auto_failure")
    await team.asks_and_approves()
    await team.passes("PT20M")
    alert = next(one["ts"] for one in await team.messages() if "Roll Back" in one["buttons"])
    await team.clicks("ana", "Roll Back", ts=alert)
    assert await heading(team, "ana") == "*app production*"

    await team.post("/github/preset", workflow="release.yml", script="auto_success")
    await team.asks_and_approves()
    await team.passes("PT40M")
    await team.clicks("ana", "Roll Back", ts=alert)
    assert await heading(team, "ana") == (
        "*app production*\n*This takes back what is there now: v1.2.1 (D3), and not v1.2.1 (D2).*"
    )
