"""Modals are filled in by label, submitted as Slack would, and answered by the app."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack_stage import Stage, asked, modal, plain, section

SIZES = [{"text": plain("Small"), "value": "s"}, {"text": plain("Large"), "value": "l"}]
FORM = modal(
    asked("Reason", "reason", min_length=3),
    asked("Size", "size", "static_select", options=SIZES, initial_option=SIZES[0]),
    asked("Lead", "lead", "users_select") | {"optional": True},
    asked("Version", "version", "external_select", min_query_length=0) | {"optional": True},
)


async def opened(stage: Stage, view: dict[str, Any] = FORM) -> None:
    """Connect, and have ana open the form."""

    @stage.bolt.command("/form")
    async def form(ack: Any, client: Any, command: Any) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=view)
        await ack()

    await stage.connect()
    assert (await stage.say("ana", "/form"))["modal"]


async def submit(stage: Stage, **values: Any) -> dict[str, Any]:
    return await stage.post("/submit", **{"as": "ana", "values": values})


async def test_labels_and_choices_become_state(stage: Stage) -> None:
    seen: dict[str, Any] = {}

    @stage.bolt.view("form")
    async def handle(ack: Any, view: Any) -> None:
        seen.update(view["state"]["values"])
        await ack()

    await opened(stage)
    assert await submit(stage, Reason="because", Size="Large", lead="dee") | {"ack_ms": 0} == {
        "ok": True,
        "ack_ms": 0,
    }
    assert seen["reason"]["reason"]["value"] == "because"
    assert seen["size"]["size"]["selected_option"]["value"] == "l"
    assert seen["lead"]["lead"]["selected_user"] == "U0DEE"
    assert seen["version"]["version"]["selected_option"] is None
    assert await stage.get("/modal", **{"as": "ana"}) is None


async def test_errors_that_are_at_no_field_are_none(stage: Stage) -> None:
    """Slack says that it had some trouble connecting."""

    @stage.bolt.view("form")
    async def handle(ack: Any) -> None:
        await ack(response_action="errors", errors={"no such field": "Say more."})

    await opened(stage)
    values = {"as": "ana", "values": {"Reason": "because"}}
    assert await stage.refused("/submit", **values) == "trouble_connecting"


async def test_errors_keep_the_form_open(stage: Stage) -> None:
    @stage.bolt.view("form")
    async def handle(ack: Any) -> None:
        await ack(response_action="errors", errors={"reason": "Say more."})

    await opened(stage)
    answer = await submit(stage, Reason="because")
    assert (answer["response_action"], answer["errors"]) == ("errors", {"reason": "Say more."})
    still = await stage.get("/modal", **{"as": "ana"})
    assert still["errors"] == {"reason": "Say more."}
    assert still["state"]["values"]["reason"]["reason"]["value"] == "because"


async def test_the_form_itself_refuses_what_is_missing(stage: Stage) -> None:
    await opened(stage)
    nothing = {"as": "ana", "values": {}}
    assert await stage.refused("/submit", **nothing) == "required"
    assert (
        await stage.refused("/submit", **{"as": "ana", "values": {"Reason": "ab"}}) == "too_short"
    )
    unknown = {"as": "ana", "values": {"Raeson": "typo"}}
    assert await stage.refused("/submit", **unknown) == "no_such_field"
    choice = {"as": "ana", "values": {"Size": "Medium"}}
    assert await stage.refused("/submit", **choice) == "no_such_option"
    assert await stage.refused("/submit", **{"as": "bo", "values": {}}) == "no_modal"


async def test_external_selects_are_asked_for_their_options(stage: Stage) -> None:
    chosen: list[Any] = []

    @stage.bolt.options("version")
    async def versions(ack: Any, payload: Any) -> None:
        known = ["v1.2.0", "v1.2.1"]
        matching = [one for one in known if payload["value"] in one]
        await ack(options=[{"text": plain(one), "value": one} for one in matching])

    @stage.bolt.view("form")
    async def handle(ack: Any, view: Any) -> None:
        chosen.append(view["state"]["values"]["version"]["version"]["selected_option"])
        await ack()

    await opened(stage)
    offered = await stage.get("/options", **{"as": "ana"}, action_id="version", query="1.2")
    assert [one["value"] for one in offered["options"]] == ["v1.2.0", "v1.2.1"]
    unknown = {"as": "ana", "values": {"Version": "v9"}}
    assert await stage.refused("/submit", **unknown) == "no_such_option"
    await submit(stage, Reason="because", Version="v1.2.1")
    assert chosen == [{"text": plain("v1.2.1"), "value": "v1.2.1"}]


async def test_a_stack_is_pushed_updated_and_cleared(stage: Stage) -> None:
    answers: list[dict[str, Any]] = [
        {"response_action": "push", "view": modal(section("second"))},
        {"response_action": "update", "view": modal(section("other"))},
        {},
        {"response_action": "clear"},
    ]

    @stage.bolt.view("form")
    async def handle(ack: Any) -> None:
        await ack(**answers.pop(0))

    await opened(stage, modal(section("first")))

    async def top() -> str | None:
        view = await stage.get("/modal", **{"as": "ana"})
        return view and str(view["blocks"][0]["text"]["text"])

    shown = []
    for _ in range(4):
        await submit(stage)
        shown.append(await top())
    assert shown == ["second", "other", "first", None]


async def test_an_update_minds_the_hash(stage: Stage) -> None:
    await opened(stage)
    view = await stage.get("/modal", **{"as": "ana"})
    fresh = {"view_id": view["id"], "hash": view["hash"], "view": modal(section("new"))}
    await stage.client.views_update(**fresh)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await stage.client.views_update(**fresh)


async def test_closing_is_told_where_it_is_wanted(stage: Stage) -> None:
    closed: list[str] = []

    @stage.bolt.view_closed("form")
    async def handle(ack: Any, view: Any) -> None:
        closed.append(view["private_metadata"])
        await ack()

    await opened(stage, modal(section("x"), notify_on_close=True, private_metadata="D1"))
    await stage.post("/close", **{"as": "ana"})
    assert closed == ["D1"]
    assert await stage.get("/modal", **{"as": "ana"}) is None
