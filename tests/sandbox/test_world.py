"""A world tells a bot where everything is, and can begin anew."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
import yaml

from sandbox.seeds import SERVICES, Seed
from tests.sandbox.slack_stage import Stage


class Understudy:
    """Stands in for the bot's process, and writes down what is done to it."""

    def __init__(self, *, ready: bool = True) -> None:
        self.ready = ready
        self.done: list[str] = []

    def state(self) -> dict[str, object]:
        return {"pid": 1, "state": "running", "url": "http://127.0.0.1:1"}

    async def start(self, within: float = 10) -> bool:
        self.done.append(f"start within {within:g} s" if within > 10 else "start")
        return self.ready

    async def stop(self) -> None:
        self.done.append("stop")

    async def kill(self) -> None:
        self.done.append("kill")

    async def prepare(self) -> None:
        self.done.append("prepare")


async def test_the_environment_is_complete_for_either_mode(stage: Stage) -> None:
    env = await stage.get("/env")
    base = stage.world.base_url
    assert (env["SLACK_API_URL"], env["GITHUB_API_URL"]) == (f"{base}/api/", f"{base}/github")
    assert env["PORT"] == str(urlsplit(stage.world.bot_url or "").port)
    assert env["HTTPS_PROXY"] == env["https_proxy"] == env["HTTP_PROXY"] == env["http_proxy"] == ""
    assert "SLACK_APP_TOKEN" in env and "SLACK_SIGNING_SECRET" not in env
    await stage.post("/slack/mode", mode="http")
    env = await stage.get("/env")
    assert "SLACK_APP_TOKEN" not in env and "SLACK_SIGNING_SECRET" in env


@pytest.mark.parametrize("name", SERVICES)
def test_every_seed_configures_its_services(name: str) -> None:
    seed = Seed.named(name)
    config = yaml.safe_load(seed.gonogo_yaml("http://127.0.0.1:1"))
    assert tuple(config["services"]) == seed.services
    assert config["roles"]["approver"] == ["bo", "dee"]
    assert "eve" not in config["people"]
    addresses = {
        environment["health"]
        for service in config["services"].values()
        for environment in service["environments"].values()
    }
    assert len(addresses) == 2 * len(seed.services)
    assert ("windows" in config["services"][seed.services[0]]) == (name == "bake")


async def test_a_new_beginning_forgets_everything(stage: Stage) -> None:
    bot = Understudy()
    stage.world.bot, stage.world.prepare = bot, bot.prepare
    before = stage.world.clock.now()
    await stage.say("ana", "hello")
    await stage.post("/faults", system="slack", kind="timeout")
    assert (await stage.post("/reset", seed="bake"))["ok"]
    assert bot.done == ["stop", "prepare", "start within 60 s"]
    assert await stage.messages() == []
    assert (await stage.get("/faults"))["faults"] == []
    assert (await stage.get("/journal"))["journal"] == []
    assert stage.world.seed.name == "bake"
    assert stage.world.clock.now() > before
    assert await stage.refused("/reset", seed="nonesuch") == "unknown_seed"


async def test_the_bot_can_be_killed_and_started(stage: Stage) -> None:
    assert await stage.refused("/bot/kill") == "no_bot"
    bot = stage.world.bot = Understudy(ready=False)
    assert (await stage.get("/bot"))["pid"] == 1
    assert (await stage.post("/bot/kill"))["ok"]
    answer = await stage.post("/bot/start")
    assert (answer["ok"], answer["error"]) == (False, "not_ready")
    assert bot.done == ["kill", "start"]


async def test_watchers_hear_of_changes(stage: Stage) -> None:
    async with stage.control.get("/sandbox/api/events") as stream:
        assert (await stream.content.readline()).startswith(b":")
        await stage.say("ana", "hello")
        heard = []
        async for line in stream.content:
            if line.startswith(b"data: "):
                heard.append(json.loads(line.removeprefix(b"data: ")))
                break
    assert heard[0]["kind"] == "message" and heard[0]["channel"] == "C0DEPLOY"


async def test_wrong_calls_are_explained(stage: Stage) -> None:
    assert await stage.refused("/nonesuch") == "no_such_call"
    assert await stage.refused("/say", channel="deployments", text="x") == "missing"
    unknown = {"as": "zoe", "channel": "deployments", "text": "x"}
    assert await stage.refused("/say", **unknown) == "unknown_person"
    nowhere = {"as": "ana", "channel": "nowhere", "text": "x"}
    assert await stage.refused("/say", **nowhere) == "unknown_channel"
    for body, word in ((b"[1]", "bad_body"), (b"{", "bad_json"), (b"\xff", "bad_json")):
        async with stage.control.post("/sandbox/api/say", data=body) as answer:
            assert (answer.status, (await answer.json())["error"]) == (400, word)


@pytest.mark.parametrize(
    ("call", "body", "name"),
    [
        ("/say", {"as": 1}, "as"),
        ("/say", {"as": None}, "as"),
        ("/say", {"channel": {"id": "C0DEPLOY"}}, "channel"),
        ("/say", {"text": ["/deploy"]}, "text"),
        ("/faults", {"kind": None}, "kind"),
        ("/faults", {"system": ["slack"]}, "system"),
        ("/faults", {"method": 3}, "method"),
        ("/faults", {"count": "2"}, "count"),
        ("/faults", {"count": True}, "count"),
        ("/reset", {"seed": ["default"]}, "seed"),
        ("/monitor", {"system": "posthog", "error_rate": "many"}, "error_rate"),
        ("/monitor", {"system": "posthog", "views": -1}, "views"),
        ("/monitor", {"system": "sentry", "release": "v1.2.1", "issues": 3}, "issues"),
        ("/submit", {"values": "v1.2.1"}, "values"),
        ("/github/start_run", {"inputs": "version"}, "inputs"),
    ],
)
async def test_what_is_of_the_wrong_kind_is_named(
    stage: Stage, call: str, body: dict[str, object], name: str
) -> None:
    right = {"as": "ana", "channel": "deployments", "text": "x", "system": "slack"}
    async with stage.control.post(f"/sandbox/api{call}", json={**right, **body}) as answer:
        told = await answer.json()
    assert (answer.status, told["error"]) == (400, "bad_value")
    assert told["detail"].startswith(f"{name} is not ")
