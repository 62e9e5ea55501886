"""The sandbox's host as a part of its world."""

from __future__ import annotations

import pytest

from bot import config
from bot.config.targets import DockerSshTarget
from sandbox.host.server import REPOSITORY
from sandbox.seeds import Seed
from tests.docker_ssh.stage import OLD, PROGRAMS, Stage, wanted
from tests.docker_ssh.switching import running, step

pytestmark = pytest.mark.needs(*PROGRAMS)


async def test_the_host_can_be_put_into_the_seeds_configuration(stage: Stage) -> None:
    world = stage.world
    text = world.seed.gonogo_yaml(world.base_url, [world.host.target()])
    production = config.parse(text).environment("app", "production")
    assert production is not None
    (target,) = production.targets
    assert isinstance(target, DockerSshTarget)
    assert (target.url, target.image) == (
        f"http://127.0.0.1:{world.host.published}/health",
        REPOSITORY,
    )
    assert {"DOCKER_SSH_KEY_FILE", "DOCKER_SSH_KNOWN_HOSTS"} <= world.env().keys()


async def test_a_new_world_has_its_host_as_it_was_at_the_beginning(stage: Stage) -> None:
    target = stage.target()
    receipt = await target.start(wanted(), "D1")
    await step(stage.log("D1"), "trying it beside")
    await stage.world.reset(Seed.named("default"))
    assert (stage.names(), await running(target)) == (["app"], OLD)
    assert (await target.watch(receipt)).text == "it never began"


async def test_the_host_has_what_the_registry_has(stage: Stage) -> None:
    stored = stage.world.digitalocean.registry.repositories["app"]
    shared = [image for image in stage.world.host.engine.images if image.version in stored]
    assert OLD in [image.version for image in shared]
    assert all(image.digest == stored[image.version].digest for image in shared)


async def test_what_the_page_says_hides_no_container(stage: Stage) -> None:
    target = stage.target()
    (container,) = stage.world.host.engine.containers
    container.page = '{"version": "v9.9.9"} == log'
    assert await running(target) == OLD
    plan = await target.plan(wanted())
    assert (plan.obstacle, plan.current and plan.current.version) == ("", OLD)
