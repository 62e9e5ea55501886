"""What could be gone back to on a host, and what a plan says of it."""

from __future__ import annotations

import pytest

from bot.domain.errors import Declined, Fault
from bot.domain.rollbacks.targets import Artifact
from bot.ports import StoredImage
from sandbox.host import digest_of
from sandbox.host.server import REPOSITORY
from tests.docker_ssh.stage import NEW, OLD, PROGRAMS, Shelf, Stage, wanted
from tests.docker_ssh.switching import switch

pytestmark = pytest.mark.needs(*PROGRAMS)


async def test_candidates_come_from_what_ran_the_host_and_the_registry(stage: Stage) -> None:
    for version in ("v1.1.0", "v1.3.0"):
        stage.world.host.image(version).on_host = False
    shelf = Shelf((StoredImage(digest=digest_of(REPOSITORY, "v1.1.0"), tags=("latest", "1.1.0")),))
    target = stage.target(registry=shelf)
    await switch(target, NEW, "D1")
    assert [(one.artifact.version, one.why_not) for one in await target.candidates()] == [
        (OLD, ""),
        ("v1.1.0", ""),
    ]


async def test_a_version_is_found_by_its_tag_or_by_its_commit(stage: Stage) -> None:
    commit = "9fceb02d0ae598e95dc970b74767f19372d61af8"
    stage.world.host.image("v1.1.0").on_host = False
    digest = digest_of(REPOSITORY, "v1.1.0")
    for tag in ("v1.1.0", "1.1.0", commit, commit[:7]):
        target = stage.target(registry=Shelf((StoredImage(digest=digest, tags=(tag,)),)))
        plan = await target.plan(Artifact(id="", version="v1.1.0", commit=commit))
        assert plan.wanted is not None and plan.wanted.id == digest, tag
    target = stage.target(registry=Shelf((StoredImage(digest=digest, tags=("9fceb0",)),)))
    plan = await target.plan(Artifact(id="", version="v1.1.0", commit=commit))
    assert plan.obstacle.startswith("its image is not known")


async def test_a_way_back_does_not_need_the_registry(stage: Stage) -> None:
    target = stage.target(registry=Shelf(broken=Fault("digitalocean", "503")))
    plan = await target.plan(Artifact(id="", version=NEW))
    assert (plan.obstacle, plan.wanted) == ("", wanted())
    assert plan.facts[-1] == "the registry could not be asked (503)"
    assert len(await target.candidates()) == 3


async def test_the_plan_names_what_will_differ(stage: Stage) -> None:
    plan = await stage.target(
        publish="127.0.0.1:1", flags=["--volume=data:/data", "--network=shop", "--restart=always"]
    ).plan(wanted())
    assert plan.facts[2:] == (
        f"published 127.0.0.1:{stage.world.host.published} now, 127.0.0.1:1 then",
        "volumes none now, data:/data then",
        "network default now, shop then",
        "restart policy unless-stopped now, always then",
    )


async def test_a_file_of_variables_that_is_not_there_is_an_obstacle(stage: Stage) -> None:
    target = stage.target(env_file="/nowhere/app.env")
    assert (await target.plan(wanted())).obstacle == "/nowhere/app.env cannot be read there"
    with pytest.raises(Declined, match=r"/nowhere/app\.env cannot be read"):
        await target.start(wanted(), "D1")


async def test_an_engine_that_does_not_answer_is_not_an_empty_host(stage: Stage) -> None:
    target = stage.target()
    (stage.world.host.key_file.parent / "docker").unlink()
    for look in (target.current(), target.candidates(), target.plan(wanted())):
        with pytest.raises(Fault, match="Docker does not answer"):
            await look
    with pytest.raises(Declined, match="Docker does not answer"):
        await target.start(wanted(), "D1")
