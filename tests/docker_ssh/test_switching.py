"""A switch on a host: to its end, or back to what ran before; nothing twice."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Declined
from bot.domain.rollbacks.targets import Artifact, Fate
from tests.docker_ssh.stage import NEW, OLD, PROGRAMS, Stage, wanted
from tests.docker_ssh.switching import Prober, end_of, is_good, running, switch

pytestmark = pytest.mark.needs(*PROGRAMS)


async def test_a_switch_is_planned_started_watched_and_taken_back(stage: Stage) -> None:
    target = stage.target()
    plan = await target.plan(Artifact(id="", version=NEW))
    assert (plan.obstacle, plan.wanted) == ("", wanted())
    assert plan.facts == (
        "image present on the host",
        "it is tried beside the old one first, with the same variables and database",
    )
    assert plan.takes == timedelta(seconds=8)
    assert (stage.names(), stage.commands()) == (["app"], ["/look"])

    receipt = await target.start(wanted(), "D7-web-1")
    is_good(await end_of(target, receipt), Fate.SUCCEEDED)
    assert await target.current() == Artifact(
        id=wanted().id, version=NEW, since=(await target.current() or wanted()).since
    )
    assert stage.names() == ["app", "app-prev-D7-web-1"]

    back = await target.undo(receipt, "D7-undo")
    is_good(await end_of(target, back), Fate.SUCCEEDED)
    assert await running(target) == OLD


async def test_the_same_operation_is_carried_out_once(stage: Stage) -> None:
    target = stage.target()
    first = await target.start(wanted(), "D7")
    second = await target.start(wanted(), "D7")  # while it goes on
    assert first == second
    is_good(await end_of(target, first), Fate.SUCCEEDED)
    assert await target.start(wanted(), "D7") == first
    assert len(stage.world.host.engine.containers) == 2
    assert stage.world.host.image(NEW).runs == 2  # the candidate, and the container


async def test_what_runs_already_is_left_alone_unless_its_settings_changed(stage: Stage) -> None:
    is_good(await switch(stage.target(), NEW, "D1"), Fate.SUCCEEDED)
    runs = stage.world.host.image(NEW).runs
    sight = await switch(stage.target(), NEW, "D2")
    assert (sight.fate, sight.text) == (Fate.SUCCEEDED, "it runs already")
    assert stage.world.host.image(NEW).runs == runs
    sight = await switch(stage.target(flags=["--env=COLOUR=blue"]), NEW, "D3")
    assert (sight.fate, sight.text) == (Fate.SUCCEEDED, "it runs and is healthy")


async def test_a_changed_file_of_variables_is_a_reason_to_switch(
    stage: Stage, tmp_path: Path
) -> None:
    variables = tmp_path / "app.env"
    variables.write_text("COLOUR=green\n")
    target = stage.target(env_file=str(variables))
    await switch(target, NEW, "D1")
    assert (await switch(target, NEW, "D2")).text == "it runs already"
    variables.write_text("COLOUR=blue\n")
    assert (await switch(target, NEW, "D3")).text == "it runs and is healthy"


@pytest.mark.parametrize(
    ("behaviour", "says", "text"),
    [
        ("crashes", NEW, "the candidate failed: its container ended"),
        ("silent", NEW, "the candidate failed: it did not answer within 2 s"),
        ("good", "v9.9.9", "the candidate failed: it answers, but not as v1.2.1"),
    ],
)
async def test_a_bad_candidate_changes_nothing(
    stage: Stage, behaviour: str, says: str, text: str
) -> None:
    image = stage.world.host.image(NEW)
    image.behaviour, image.says = behaviour, says  # type: ignore[assignment]
    async with Prober(stage.world.host.published) as prober:
        sight = await switch(stage.target(), NEW, "D1")
    assert (sight.fate, sight.text) == (Fate.FAILED_RESTORED, text)
    assert f"started {says}" in sight.output
    assert (stage.names(), await running(stage.target())) == (["app"], OLD)
    assert prober.outage == 0


async def test_a_late_failure_is_put_back(stage: Stage) -> None:
    stage.world.host.image(NEW).behaviour = "once"
    sight = await switch(stage.target(), NEW, "D1")
    assert (sight.fate, sight.text) == (
        Fate.FAILED_RESTORED,
        "it did not answer within 2 s; what ran before runs again",
    )
    assert (stage.names(), await running(stage.target())) == (["app"], OLD)


async def test_what_cannot_be_put_back_is_said_to_be_broken(stage: Stage) -> None:
    stage.world.host.image(NEW).behaviour = "once"
    stage.world.host.image(OLD).behaviour = "once"
    stage.world.host.image(OLD).runs = 1
    sight = await switch(stage.target(), NEW, "D1")
    is_good(sight, Fate.FAILED_BROKEN)
    assert "what ran before was put back and is not healthy" in sight.text


async def test_a_first_deployment_that_fails_leaves_nothing_and_says_so(stage: Stage) -> None:
    await stage.world.host.engine.run(["rm", "-f", "app"])
    stage.world.host.image(NEW).behaviour = "once"
    target = stage.target()
    assert await target.current() is None
    assert "nothing runs there, so nothing could be put back" in (await target.plan(wanted())).facts
    receipt = await target.start(wanted(), "D1")
    sight = await end_of(target, receipt)
    is_good(sight, Fate.FAILED_BROKEN)
    assert sight.text.endswith("nothing ran before, and nothing runs now")
    assert stage.names() == []
    with pytest.raises(Declined, match="nothing ran there before"):
        await target.undo(receipt, "D2")


async def test_an_image_that_no_registry_has_is_named_before_and_after(stage: Stage) -> None:
    image = stage.world.host.image(NEW)
    image.on_host = image.in_registry = False
    target = stage.target()
    assert (await target.plan(wanted())).obstacle.startswith("its image is gone: manifest unknown")
    sight = await switch(target, NEW, "D1", wanted().id)
    is_good(sight, Fate.FAILED_RESTORED)
    assert sight.text.startswith("the image could not be pulled: manifest unknown")
    assert stage.names() == ["app"]


async def test_a_slow_registry_is_not_told_as_a_silent_host(stage: Stage) -> None:
    target, host = stage.tampered()
    await target.current()
    assert host.silent == "ssh"
    await target.plan(wanted())
    assert host.silent == "the host, or the registry that it asks"


async def test_an_image_is_fetched_when_only_the_registry_has_it(stage: Stage) -> None:
    stage.world.host.image(NEW).on_host = False
    target = stage.target()
    plan = await target.plan(wanted())
    assert (plan.obstacle, plan.facts[0]) == ("", "image present in the registry")
    assert plan.takes == timedelta(seconds=38)
    is_good(await switch(target, NEW, "D1", wanted().id), Fate.SUCCEEDED)


async def test_a_second_switch_at_the_same_time_is_declined_by_name(stage: Stage) -> None:
    stage.world.host.image(OLD).stops_in = 3
    target = stage.target(grace="PT3S")
    receipt = await target.start(wanted(), "D1")
    assert "D1 is at work there now" in (await target.plan(wanted())).facts
    with pytest.raises(Declined, match="D1 is at work there"):
        await target.start(wanted("v1.3.0"), "D2")
    began, asked = time.monotonic(), len(stage.commands())
    is_good(await end_of(target, receipt), Fate.SUCCEEDED)
    # The host itself waits for the end: it is not asked all the time.
    assert len(stage.commands()) - asked <= 2 + (time.monotonic() - began) / 2


async def test_old_containers_are_kept_up_to_a_number(stage: Stage) -> None:
    target = stage.target(keep=2)
    for number, version in enumerate((NEW, OLD, NEW, OLD), 1):
        await switch(target, version, f"D{number}")
    assert stage.names() == ["app", "app-prev-D3", "app-prev-D4"]
    kept = [one for one in stage.world.host.engine.containers if one.name != "app"]
    assert {one.restart for one in kept} == {"no"}
