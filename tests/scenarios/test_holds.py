"""The hold: what was rolled back does not come again unseen, under whatever tag."""

from pathlib import Path

from tests.scenarios import outside
from tests.scenarios.test_rollback import deployed, rolls_back
from tests.scenarios.workspace import Workspace, workspace

BLOCKED = (
    "v1.3.0 contains 3 commits of v1.2.1, which D3 rolled back: "
    "Add feature X; Fix bug Y; Update dependency Z"
)


async def held(team: Workspace) -> None:
    """v1.2.1 was deployed, and rolled back."""
    await deployed(team)
    await rolls_back(team, "ana", "/rollback because feature X loses orders")


async def newest(team: Workspace) -> str:
    """The newest message of the channel."""
    return (await team.channel())[-1]


async def card_of(team: Workspace, version: str) -> str:
    """The card of that version's deployment."""
    return next(row for row in await team.channel() if row.startswith(f"app {version} →"))


async def lifts(team: Workspace, person: str, reason: str) -> None:
    """Lift Hold in the rollback's thread, and its form."""
    rows = await team.messages()
    card = next(row for row in rows if row["text"].startswith("app v1.2.0 back"))
    thread = await team.messages(thread_ts=card["ts"])
    ts = next(row["ts"] for row in thread if "Lift Hold" in row["buttons"])
    pressed = await team.clicks(person, "Lift Hold", ts=ts)
    if pressed["modal"] is not None:
        await team.submits(person, **{"Why may it come again?": reason})
    await team.passes("PT2S")


async def test_what_was_rolled_back_does_not_come_again_under_another_tag(
    team: Workspace,
) -> None:
    await held(team)
    said = await team.types("cy", "/deployments status app production")
    assert "L1 app production: held by gonogo, for D3, since" in said
    assert "“v1.2.1 was rolled back: feature X loses orders”" in said

    await team.asks("/deploy v1.3.0")
    card = await card_of(team, "v1.3.0")
    assert card.splitlines()[1] == "Blocked"
    assert BLOCKED in card
    assert "an approver or admin lifts the hold L1 (in the thread of D3)" in card
    assert await team.runs_of("v1.3.0") == []


async def test_an_approver_lifts_it_with_a_reason(team: Workspace) -> None:
    await held(team)
    await team.asks("/deploy v1.3.0")
    await lifts(team, "ana", "because I want to")
    assert "Only people with the role approver may lift a hold" in (await team.told("ana"))[-1]
    await lifts(team, "bo", "feature X is switched off by its flag")
    assert await newest(team) == (
        "@bo lifted the hold on app production (L1, after D3): "
        "“feature X is switched off by its flag”"
    )
    await team.passes("PT1M")
    await team.clicks("bo", "Approve")
    await team.approves("bo")
    await team.passes("PT2M")

    assert (await card_of(team, "v1.3.0")).splitlines()[1] == "Succeeded"
    assert [(e.action, e.actor) for e in await team.trail("L1")] == [
        ("held", "gonogo"),
        ("hold_lifted", "U0BO"),
    ]
    await lifts(team, "dee", "once more, to be sure")
    assert "the hold L1 was lifted by" in (await team.told("dee"))[-1]


async def test_a_short_reason_lifts_nothing(team: Workspace) -> None:
    await held(team)
    said = await team.types("bo", "/deployments unlock L1")
    assert "L1 is the hold that D3 left" in said
    await team.clicks_own("bo", "Lift Hold")
    refused = await team.submits("bo", **{"Why may it come again?": "go"})
    assert "at least 10 characters" in str(refused)
    assert "L1 app production: held" in await team.types("bo", "/deployments locks")


async def test_a_version_without_it_passes_and_one_that_reverts_it_ends_the_hold(
    team: Workspace,
) -> None:
    await held(team)
    for title in ("Add feature X", "Fix bug Y", "Update dependency Z"):
        sha = outside.commit(team.world, f'Revert "{title}"')
    outside.tag(team.world, "v1.3.1", sha)
    await team.passes("PT2M")
    await team.asks("/deploy v1.3.1")
    assert "Hold L1: what D3 rolled back of v1.2.1 is reverted in it" in await team.types(
        "ana", "/deployments why D4"
    )
    await team.approves("bo")
    await team.passes("PT2M")

    assert (await card_of(team, "v1.3.1")).splitlines()[1] == "Succeeded"
    assert (
        "app production is no longer held (L1, after D3): D4 (v1.3.1) succeeded with what was "
        "rolled back."
    ) in await team.channel()
    assert "held by" not in await team.types("cy", "/deployments status app production")


async def test_a_comparison_that_does_not_answer_never_passes(team: Workspace) -> None:
    await held(team)
    git = outside.repo(team.world).git
    left, wanted = (git.commit_of(git.tags[name]) for name in ("v1.2.1", "v1.3.0"))
    await team.fault("github", "status:502", path=f"/compare/{left}...{wanted}", count=10**6)
    await team.asks("/deploy v1.3.0")
    await team.until(lambda: has(team, "Hold could not be read"))

    assert (await card_of(team, "v1.3.0")).splitlines()[1] == "Blocked"
    await team.mends()
    await team.until(lambda: has(team, BLOCKED), "PT1M")


async def has(team: Workspace, text: str) -> bool:
    """Whether the channel says so."""
    return any(text in row for row in await team.channel())


async def test_it_is_judged_again_before_the_run_is_started(tmp_path: Path) -> None:
    # Whoever lifts the gate on the card takes one approver more; the hold itself stays.
    async with workspace(tmp_path) as team:
        await held(team)
        await team.asks("/deploy v1.3.0")
        await team.clicks("bo", "Override")
        await team.submits("bo", **{"Gates to lift": ["hold"], "Reason": "tested on a copy"})
        await team.passes("PT1M")
        await team.approves("bo")
        await team.passes("PT10S")
        assert await team.runs_of("v1.3.0") == []
        await team.approves("dee")
        await team.passes("PT2M")

        assert (await card_of(team, "v1.3.0")).splitlines()[1] == "Succeeded"
        assert any("is no longer held" in row for row in await team.channel())


async def test_no_hold_stops_the_next_rollback(team: Workspace) -> None:
    await held(team)
    await rolls_back(team, "bo", "/rollback because v1.2.0 is broken, too")
    assert "Rolled back to: v1.1.0" in await newest(team)
    said = await team.types("bo", "/deployments locks")
    assert "L1 app production: held by gonogo, for D3" in said
    assert "L2 app production: held by gonogo, for D4" in said
