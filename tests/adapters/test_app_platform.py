"""An app at App Platform: what it could go back to, the way back, its commit and its revert."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import Declined, Unanswered
from bot.domain.rollbacks.targets import Artifact, Fate
from sandbox.world import World
from tests.adapters.at_digitalocean import PINNED, AtDigitalOcean, at_digitalocean

COMMITTED = (
    "the rollback that pins the app now is committed first; whether App Platform would go back is "
    "known after that"
)


@pytest.fixture
async def api(world: World) -> AsyncIterator[AtDigitalOcean]:
    async with at_digitalocean(world) as made:
        yield made


async def test_what_runs_and_what_could(api: AtDigitalOcean) -> None:
    api.app.outcome = "ERROR"
    api.app.rollback(api.id("v1.0.0"), skip_pin=True)
    await api.passes(5)
    api.app.outcome = "CANCELED"
    api.app.rollback(api.id("v1.1.0"), skip_pin=True)
    await api.passes(5)
    api.app.rollback(api.app.deployments[0].id, skip_pin=True)

    now = await api.target.current()
    assert now is not None
    assert (now.id, now.version, now.pinned) == (api.id("v1.2.0"), "v1.2.0", "")
    assert now.commit == api.app.deployments[2].release.commit
    found = await api.target.candidates()
    assert [(one.artifact.version, one.why_not) for one in found] == [
        ("v1.0.0", "it is not finished"),
        ("v1.1.0", "it was cancelled"),
        ("v1.0.0", "it failed"),
        ("v1.2.0", "it runs now"),
        ("v1.1.0", ""),
        ("v1.0.0", ""),
    ]


async def test_a_plan_is_app_platforms_own_judgement(api: AtDigitalOcean) -> None:
    api.app.warnings = ["static_site_requires_rebuild", "image_source_missing_digest"]
    plan = await api.target.plan(Artifact(id="", version="v1.1.0"))
    same = await api.target.plan(api.artifact("v1.2.0"))
    gone = await api.target.plan(Artifact(id="", version="v0.9.0"))

    assert plan.wanted is not None and plan.wanted.id == api.id("v1.1.0")
    assert (plan.obstacle, plan.facts) == (
        "",
        (
            "App Platform would roll back to it",
            "a static site is built anew, which takes longer",
            "an image is named by tag alone, and the tag may have moved (app)",
            "nothing else is deployed until the rollback is committed or reverted",
        ),
    )
    assert (same.obstacle, same.facts) == ("", ("the app runs it already",))
    assert gone.obstacle == "App Platform has no such deployment among its newest 50"
    assert api.sent() == []


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("incompatible_phase", "it never finished, so there is nothing to go back to"),
        ("exceeded_revision_limit", "it is older than the app's tier lets you go back"),
        ("app_pinned", "a rollback pins the app already; commit or revert that one first"),
        ("database_config_conflict", "its database settings are not those of today"),
        ("region_conflict", "it was in another region"),
    ],
)
async def test_why_app_platform_would_not(api: AtDigitalOcean, code: str, says: str) -> None:
    api.app.blocked_by = code

    assert (await api.target.plan(api.artifact("v1.1.0"))).obstacle == says
    with pytest.raises(Declined, match="400 cannot roll back: "):
        await api.target.start(api.artifact("v1.1.0"), "R7-api")
    assert len(api.app.deployments) == 3


async def test_a_rollback_phase_by_phase_to_the_pin(api: AtDigitalOcean) -> None:
    receipt = await api.target.start(api.artifact("v1.1.0"), "R7-api")
    seen = [await api.target.watch(receipt)]
    for _ in range(4):
        await api.passes(1)
        seen.append(await api.target.watch(receipt))

    assert [(one.fate, one.text, one.pinned) for one in seen] == [
        (None, "pending build, 0 of 4 steps", ""),
        (None, "building, 1 of 4 steps", ""),
        (None, "pending deploy, 2 of 4 steps", ""),
        (None, "deploying, 3 of 4 steps", ""),
        (Fate.SUCCEEDED, f"deployment {api.app.deployments[-1].id} is active", PINNED),
    ]
    now = await api.target.current()
    assert now is not None and (now.version, now.pinned) == ("v1.1.0", PINNED)
    assert api.world.github.actions.live["app", "production"] == "v1.1.0"


async def test_asking_twice_deploys_once(api: AtDigitalOcean) -> None:
    wanted = api.artifact("v1.1.0")
    first = await api.target.start(wanted, "R7-api")
    second = await api.target.start(wanted, "R7-api")
    with pytest.raises(Declined, match="another deployment is under way"):
        await api.target.start(api.artifact("v1.0.0"), "R8-api")
    await api.passes(5)
    third = await api.target.start(wanted, "R7-api")

    assert first == second
    assert {first["deployment"], third["deployment"]} == {api.app.deployments[-1].id}
    assert api.sent() == [("rollback", 200)]


@pytest.mark.parametrize(("outcome", "says"), [("ERROR", "failed"), ("CANCELED", "was cancelled")])
async def test_what_fails_leaves_the_old_one_active(
    api: AtDigitalOcean, outcome: str, says: str
) -> None:
    api.app.outcome = outcome
    before = api.id("v1.2.0")
    _, seen = await api.rolled_back("v1.1.0")

    assert seen.fate is Fate.FAILED_RESTORED
    made = api.app.deployments[-1].id
    assert seen.text == f"deployment {made} {says}; {before} is still active"
    assert seen.pinned == PINNED


async def test_what_fails_with_nothing_active_is_broken(api: AtDigitalOcean) -> None:
    api.app.outcome = "ERROR"
    receipt = await api.target.start(api.artifact("v1.1.0"), "R7-api")
    api.app.active = None
    await api.passes(5)
    seen = await api.target.watch(receipt)

    assert (seen.fate, seen.text.partition("; ")[2]) == (Fate.FAILED_BROKEN, "nothing is active")
    assert await api.target.current() is None


async def test_states_that_nobody_can_judge(api: AtDigitalOcean) -> None:
    api.app.outcome = "UNKNOWN"
    _, unknown = await api.rolled_back("v1.1.0")
    api.app.pinned = None
    receipt, _ = await api.rolled_back("v1.1.0")
    api.app.pinned = None
    await api.rolled_back("v1.2.0")
    superseded = await api.target.watch(receipt)

    assert (unknown.fate, superseded.fate) == (Fate.UNKNOWN, Fate.UNKNOWN)
    assert superseded.text.endswith("ran, and another has taken its place")


async def test_undo_reverts(api: AtDigitalOcean) -> None:
    receipt, _ = await api.rolled_back("v1.1.0")
    undo = await api.target.undo(receipt, "R7-api-undo")
    again = await api.target.undo(receipt, "R7-api-undo")
    await api.passes(5)
    seen = await api.target.watch(undo)
    late = await api.target.undo(receipt, "R7-api-undo")

    now = await api.target.current()
    assert now is not None and (now.version, now.pinned) == ("v1.2.0", "")
    assert (seen.fate, seen.pinned) == (Fate.SUCCEEDED, "")
    assert undo["deployment"] == again["deployment"] == late["deployment"]
    assert [end for end, _ in api.sent()] == ["rollback", "revert"]


async def test_a_revert_whose_answer_is_lost_is_asked_for_again(api: AtDigitalOcean) -> None:
    receipt, _ = await api.rolled_back("v1.1.0")
    api.world.faults.add(system="digitalocean", kind="reset_after_apply", path="revert")
    with pytest.raises(Unanswered):
        await api.target.undo(receipt, "R7-api-undo")
    undo = await api.target.undo(receipt, "R7-api-undo")
    await api.passes(5)

    assert (await api.target.watch(undo)).fate is Fate.SUCCEEDED
    assert [end for end, _ in api.sent()] == ["rollback", "revert"]


async def test_a_commit_keeps_it_and_ends_the_pin(api: AtDigitalOcean) -> None:
    await api.target.unpin()
    receipt, _ = await api.rolled_back("v1.1.0")
    await api.target.unpin()
    await api.target.unpin()
    now = await api.target.current()
    with pytest.raises(Declined, match="the rollback was committed"):
        await api.target.undo(receipt, "R7-api-undo")

    assert now is not None and (now.version, now.pinned) == ("v1.1.0", "")
    assert api.sent() == [("rollback", 200), ("commit", 200)]


async def test_what_was_pushed_after_a_commit_is_not_taken_for_the_revert(
    api: AtDigitalOcean,
) -> None:
    receipt, _ = await api.rolled_back("v1.1.0")
    await api.target.unpin()
    api.app.push(api.app.find(api.id("v1.0.0")).release)  # type: ignore[union-attr]
    with pytest.raises(Declined, match="the rollback was committed; deploy the later version"):
        await api.target.undo(receipt, "R7-api-undo")

    assert [end for end, _ in api.sent()] == ["rollback", "commit"]


async def test_nothing_else_is_reverted_than_ours(api: AtDigitalOcean) -> None:
    receipt, _ = await api.rolled_back("v1.1.0")
    await api.target.unpin()
    api.app.rollback(api.id("v1.2.0"), skip_pin=False)
    with pytest.raises(Declined, match="another rollback pins the app"):
        await api.target.undo(receipt, "R7-api-undo")


async def test_where_nothing_was_done_nothing_is_undone(api: AtDigitalOcean) -> None:
    receipt = await api.target.start(api.artifact("v1.2.0"), "R7-api")
    assert await api.target.undo(receipt, "R7-api-undo") == receipt
    assert (await api.target.watch(receipt)).fate is Fate.SUCCEEDED
    assert api.sent() == []


async def test_the_second_rollback_in_a_row_commits_the_first_which_pins_the_app(
    api: AtDigitalOcean,
) -> None:
    await api.target.start(api.artifact("v1.1.0"), "R7-api")
    await api.passes(9)
    plan = await api.target.plan(api.artifact("v1.2.0"))
    assert (plan.obstacle, plan.facts) == ("", (COMMITTED,))
    receipt = await api.target.start(api.artifact("v1.2.0"), "R8-api")
    await api.passes(9)
    assert (await api.target.watch(receipt)).fate is Fate.SUCCEEDED
    now = await api.target.current()
    assert now is not None and (now.version, now.pinned) == ("v1.2.0", PINNED)
    assert [end for end, _ in api.sent()] == ["rollback", "commit", "rollback"]
