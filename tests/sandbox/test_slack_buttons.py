"""Buttons are pressed by what people see, and an ack of them carries nothing."""

from __future__ import annotations

from typing import Any

from tests.sandbox.slack_stage import Stage, actions, button, plain, section, until

CONFIRM = {
    "title": plain("Sure?"),
    "text": plain("It is final."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}


async def card(stage: Stage, *elements: dict[str, Any]) -> str:
    """Post a card with these controls and remember who pressed which."""
    blocks = [section("*v1.2.1*"), actions(*elements)]
    posted = await stage.client.chat_postMessage(channel="C0DEPLOY", text="card", blocks=blocks)
    return str(posted["ts"])


async def test_the_app_hears_who_pressed_what(stage: Stage) -> None:
    heard: list[dict[str, Any]] = []

    @stage.bolt.action("approve")
    async def approve(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    await stage.connect()
    ts = await card(stage, button("Approve", "approve", value="D1"))
    answer = await stage.click("bo", ts, "Approve")
    assert answer["ok"] and answer["modal"] is None
    [body] = heard
    assert body["user"]["id"] == "U0BO"
    assert body["actions"][0]["value"] == "D1"
    assert body["actions"][0]["block_id"] == body["message"]["blocks"][1]["block_id"]
    assert body["container"]["message_ts"] == ts == body["message"]["ts"]


async def test_a_body_in_the_ack_is_discarded(stage: Stage) -> None:
    @stage.bolt.action("approve")
    async def approve(ack: Any) -> None:
        await ack(text="nobody reads this", response_type="in_channel")

    await stage.connect()
    ts = await card(stage, button("Approve", "approve"))
    assert (await stage.click("bo", ts, "approve"))["ok"]
    assert await stage.texts(**{"as": "bo"}) == ["v1.2.1"]


async def test_an_edited_button_is_gone_except_for_old_clients(stage: Stage) -> None:
    heard: list[str] = []

    @stage.bolt.action("approve")
    async def approve(ack: Any, action: Any) -> None:
        heard.append(action["value"])
        await ack()

    await stage.connect()
    ts = await card(stage, button("Approve", "approve", value="old"))
    await stage.client.chat_update(channel="C0DEPLOY", ts=ts, text="done", blocks=[])
    press = {"as": "bo", "channel": "deployments", "ts": ts, "button": "Approve"}
    assert await stage.refused("/click", **press) == "no_such_button"
    assert (await stage.post("/click", **press, stale=True))["ok"]
    assert heard == ["old"]
    [row] = await stage.messages()
    assert (row["rendered"], row["buttons"], bool(row["edited"])) == ("done", [], True)


async def test_a_confirm_dialog_can_be_declined(stage: Stage) -> None:
    stage.bolt.action("undo")(acknowledge)
    await stage.connect()
    ts = await card(stage, button("Roll Back", "undo", confirm=CONFIRM))
    assert (await stage.click("bo", ts, "Roll Back", confirm=False))["ack_ms"] is None
    assert await stage.deliveries() == []
    assert (await stage.click("bo", ts, "Roll Back"))["ack_ms"] is not None


async def test_overflow_items_count_as_buttons(stage: Stage) -> None:
    heard: list[str] = []

    @stage.bolt.action("more")
    async def more(ack: Any, action: Any) -> None:
        heard.append(action["selected_option"]["value"])
        await ack()

    await stage.connect()
    options = [{"text": plain("Cancel"), "value": "cancel"}, {"text": plain("Why"), "value": "why"}]
    ts = await card(stage, {"type": "overflow", "action_id": "more", "options": options})
    [row] = await stage.messages()
    assert row["buttons"] == ["Cancel", "Why"]
    await stage.click("bo", ts, "Why")
    assert heard == ["why"]


async def test_an_ephemeral_is_pressed_by_its_reader_alone(stage: Stage) -> None:
    @stage.bolt.action("ok")
    async def fine(ack: Any, body: Any, respond: Any) -> None:
        assert "message" not in body
        await ack()
        await respond("thanks", replace_original=True)

    await stage.connect()
    posted = await stage.client.chat_postEphemeral(
        channel="C0DEPLOY", user="U0ANA", text="?", blocks=[actions(button("OK", "ok"))]
    )
    ts = posted["message_ts"]
    press = {"channel": "deployments", "ts": ts, "button": "OK"}
    assert await stage.refused("/click", **press, **{"as": "bo"}) == "no_such_message"
    await stage.click("ana", ts, "OK")
    ephemeral = stage.world.slack.channels["C0DEPLOY"].messages[ts]
    await until(lambda: ephemeral.text == "thanks")
    assert await stage.texts(**{"as": "ana"}) == ["thanks"]


async def test_an_unheard_button_is_dispatch_failed_over_http(stage: Stage) -> None:
    await stage.listen()
    ts = await card(stage, button("Approve", "approve"))
    assert (await stage.click("bo", ts, "Approve"))["error"] == "dispatch_failed"


async def acknowledge(ack: Any) -> None:
    await ack()


async def test_a_select_of_a_message_offers_what_the_app_suggests(stage: Stage) -> None:
    heard: list[Any] = []

    @stage.bolt.options("version")
    async def versions(ack: Any, payload: Any) -> None:
        known = [one for one in ("v1.2.0", "v1.2.1") if payload["value"] in one]
        await ack(options=[{"text": plain(f"Version {one}"), "value": one} for one in known])

    @stage.bolt.action("version")
    async def choose(ack: Any, action: Any) -> None:
        heard.append(action["selected_option"]["value"])
        await ack()

    await stage.connect()
    ts = await card(stage, {"type": "external_select", "action_id": "version"})
    place = {"as": "bo", "channel": "deployments", "ts": ts}
    offered = await stage.get("/options", **place, action_id="version", query="1.2.1")
    assert [one["value"] for one in offered["options"]] == ["v1.2.1"]
    for value in ("v1.2.0", "Version v1.2.1"):
        await stage.click("bo", ts, "version", value=value)
    assert heard == ["v1.2.0", "v1.2.1"]
    wrong = {**place, "button": "version", "value": "v9"}
    assert await stage.refused("/click", **wrong) == "no_such_option"
