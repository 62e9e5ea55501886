"""A project at Vercel: what it could go back to, and the way back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import Declined
from bot.domain.rollbacks.targets import Artifact, Fate
from sandbox.vercel.project import Plan
from sandbox.world import World
from tests.adapters.at_vercel import PINNED, AtVercel, at_vercel

NOT_OFFERED = "Vercel does not offer it: it never was in production, or retention removed it"
HOBBY = "the Hobby plan goes back to the previous production deployment alone"


@pytest.fixture
async def web(world: World) -> AsyncIterator[AtVercel]:
    async with at_vercel(world) as made:
        yield made


async def test_what_runs_and_what_could(web: AtVercel) -> None:
    now = await web.target.current()
    newest = web.project.deployments[-1]
    assert now is not None
    assert (now.id, now.commit, now.pinned) == (newest.id, newest.release.commit, "")
    assert now.since is not None and abs(now.since - newest.created).total_seconds() < 0.001
    assert now.url == f"https://{newest.url}"

    found = await web.target.candidates()
    assert [(one.artifact.id, one.why_not) for one in found] == [
        (web.id("v1.2.0"), "it runs now"),
        (web.id("v1.1.0"), ""),
        (web.id("v1.0.0"), ""),
    ]


async def test_why_a_deployment_cannot_be_gone_back_to(web: AtVercel) -> None:
    release = web.project.deployments[0].release
    web.project.auto_assign = False
    for state in ("READY", "BUILDING", "ERROR", "CANCELED", "BLOCKED", "BRAND_NEW"):
        web.project.deploy(release).state = state
    web.project.deployments[1].candidate = False

    found = await web.target.candidates()
    assert [one.why_not for one in found] == [
        "it is BRAND_NEW",
        "Vercel blocks it",
        "its build was cancelled",
        "its build failed",
        "it is still being built",
        "it never was in production",
        "it runs now",
        NOT_OFFERED,
        "",
    ]


async def test_the_hobby_plan_goes_back_by_one(web: AtVercel) -> None:
    web.project.plan = "hobby"

    assert (await web.target.plan(web.artifact("v1.1.0"))).obstacle == ""
    assert (await web.target.plan(web.artifact("v1.0.0"))).obstacle == HOBBY
    with pytest.raises(Declined) as no:
        await web.target.start(web.artifact("v1.0.0"), "R7-web")
    assert no.value.text == (
        "402 To roll back further than the previous production deployment, upgrade to pro"
    )
    assert web.project.job is None


async def test_a_plan_tells_what_would_happen(web: AtVercel) -> None:
    commit = web.project.deployments[1].release.commit
    plan = await web.target.plan(Artifact(id="", commit=commit[:9]))
    same = await web.target.plan(web.artifact("v1.2.0"))
    gone = await web.target.plan(Artifact(id="", version="v0.9.0"))

    assert plan.wanted is not None and plan.wanted.id == web.id("v1.1.0")
    assert plan.current is not None and plan.current.id == web.id("v1.2.0")
    assert (plan.obstacle, plan.facts) == (
        "",
        (
            "Vercel offers it for an instant rollback",
            "later deployments will not go live until it is undone or lifted",
            "environment variables and cron jobs are those of that deployment",
        ),
    )
    assert (same.obstacle, same.facts) == ("", ("runs it already",))
    assert gone.obstacle == "Vercel has no such production deployment among its newest 100"
    assert web.sent() == []


async def test_a_rollback_from_the_question_to_the_pin(web: AtVercel) -> None:
    before = web.id("v1.2.0")
    receipt = await web.target.start(web.artifact("v1.1.0"), "R7-web")
    seen = [await web.target.watch(receipt)]
    await web.passes(0.6)
    seen.append(await web.target.watch(receipt))
    await web.passes(1)
    seen.append(await web.target.watch(receipt))

    assert [(one.fate, one.text, one.pinned) for one in seen] == [
        (None, "Vercel is moving the production domains (pending)", ""),
        (None, "Vercel is moving the production domains (in-progress)", ""),
        (Fate.SUCCEEDED, f"all production domains lead to {web.id('v1.1.0')}", PINNED),
    ]
    assert receipt["from"] == before
    now = await web.target.current()
    assert now is not None and (now.id, now.pinned) == (web.id("v1.1.0"), PINNED)
    assert web.world.github.actions.live["app", "production"] == "v1.1.0"


async def test_asking_twice_moves_once(web: AtVercel) -> None:
    first = await web.target.start(web.artifact("v1.1.0"), "R7-web")
    second = await web.target.start(web.artifact("v1.1.0"), "R7-web")
    with pytest.raises(Declined) as busy:
        await web.target.start(web.artifact("v1.0.0"), "R8-web")
    plan = await web.target.plan(web.artifact("v1.0.0"))
    await web.passes(2)
    third = await web.target.start(web.artifact("v1.1.0"), "R7-web")

    assert len(web.sent()) == 1
    moving = f"moving production to {web.id('v1.1.0')} just now"
    assert busy.value.text == f"it is {moving}; wait until that is over"
    assert plan.obstacle == f"Vercel is {moving}"
    for receipt in (first, second, third):
        assert (await web.target.watch(receipt)).fate is Fate.SUCCEEDED


async def test_an_old_success_is_not_ours(web: AtVercel) -> None:
    """Back, ahead by a push, and back again: the first request looks just like the second."""
    await web.rolled_back("v1.1.0")
    await web.target.unpin()
    web.project.deploy(web.project.deployments[-1].release)
    first = web.project.job
    receipt = await web.target.start(web.artifact("v1.1.0"), "R8-web")
    web.project.job = first  # Vercel has taken the second, and does not show it yet
    unseen = await web.target.watch(receipt)

    assert (unseen.fate, unseen.text) == (None, "accepted, not begun")


async def test_somebody_else_is_faster(web: AtVercel) -> None:
    receipt, _ = await web.rolled_back("v1.1.0")
    for version in ("v1.2.0", "v1.1.0"):
        web.project.promote(web.id(version))
        await web.passes(2)
        seen = await web.target.watch(receipt)

        assert seen.fate is Fate.UNKNOWN
        to = web.id(version)
        assert seen.text == f"somebody asked for another promote, to {to}, after this"


@pytest.mark.parametrize(
    ("left", "fate", "says"),
    [
        (
            1,
            Fate.FAILED_BROKEN,
            "1 of 2 domains did not move: app.acme.example; production is mixed",
        ),
        (
            2,
            Fate.FAILED_RESTORED,
            "2 of 2 domains did not move: app.acme.example, www.app.acme.example",
        ),
    ],
)
async def test_domains_that_do_not_move_are_named(
    web: AtVercel, left: int, fate: Fate, says: str
) -> None:
    web.project.next = Plan("failed", left=left)
    _, seen = await web.rolled_back("v1.1.0")

    assert (seen.fate, seen.text) == (fate, says)


async def test_a_failure_that_names_no_domain(web: AtVercel) -> None:
    web.project.next = Plan("failed")
    web.project.domains = []
    _, seen = await web.rolled_back("v1.1.0")

    assert (seen.fate, seen.text) == (Fate.FAILED_RESTORED, "Vercel gave up, and names no domain")


async def test_what_vercel_skips_did_not_happen(web: AtVercel) -> None:
    web.project.next = Plan("skipped")
    _, seen = await web.rolled_back("v1.1.0")

    assert (seen.fate, seen.text) == (Fate.FAILED_RESTORED, "Vercel skipped it")


async def test_a_rollback_ends_a_rolling_release(web: AtVercel) -> None:
    canary = web.project.deploy(web.project.deployments[0].release)
    web.project.production, web.project.rolling = web.id("v1.2.0"), canary.id
    plan = await web.target.plan(web.artifact("v1.2.0"))
    receipt, seen = await web.rolled_back("v1.2.0")
    with pytest.raises(Declined, match="is not one deployment"):
        await web.target.undo(receipt, "R7-web-undo")

    assert plan.facts[0] == "a rolling release is under way and ends with this"
    assert seen.fate is Fate.SUCCEEDED
    assert not web.project.rolling
    assert len(web.sent()) == 1
