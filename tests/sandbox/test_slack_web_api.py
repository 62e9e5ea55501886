"""The Web API refuses what Slack refuses, in Slack's words, and keeps what it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_stage import EVERY_SCOPE, Stage, actions, button, section

CARD = {"event_type": "card", "event_payload": {"id": "D1"}}


async def refusal(call: Any) -> dict[str, Any]:
    """The answer to a call that Slack refuses."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return dict(refused.value.response.data)


async def test_auth_test_tells_the_scopes(stage: Stage) -> None:
    answer = await stage.client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == ("U0GONOGO", "B0GONOGO")
    assert set(answer.headers["x-oauth-scopes"].split(",")) == EVERY_SCOPE


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("", "not_authed"),
        ("xoxb-other", "invalid_auth"),
        ("xapp-local-app", "not_allowed_token_type"),
    ],
)
async def test_tokens_are_checked(stage: Stage, token: str, word: str) -> None:
    client = AsyncWebClient(token, base_url=f"{stage.world.base_url}/api/")
    assert (await refusal(client.users_info(user="U0ANA")))["error"] == word


async def test_connections_need_the_app_token(stage: Stage) -> None:
    answer = await refusal(stage.client.apps_connections_open(app_token="xoxb-local-bot"))
    assert answer["error"] == "not_allowed_token_type"


async def test_unknown_methods_are_named(stage: Stage) -> None:
    assert (await refusal(stage.client.api_call("chat.shout")))["error"] == "unknown_method"


async def test_every_encoding_is_understood(stage: Stage) -> None:
    url, blocks = f"{stage.world.base_url}/api/chat.postMessage", [section("x")]
    token = {"token": "xoxb-local-bot"}
    said = {"channel": "C0DEPLOY", "text": "x"}
    form = said | token | {"blocks": json.dumps(blocks)}
    async with stage.control.post(url, data=form) as answer:
        assert (await answer.json())["message"]["blocks"][0]["text"]["text"] == "x"
    bearer = {"Authorization": "Bearer xoxb-local-bot"}
    async with stage.control.post(url, json=said | {"blocks": blocks}, headers=bearer) as answer:
        assert (await answer.json())["ok"]
    async with stage.control.post(url, params=said, headers=bearer) as answer:
        assert (await answer.json())["ok"]
    assert await stage.texts() == ["x", "x", "x"]


class TestWithFewScopes:
    @pytest.fixture
    def manifest(self) -> Manifest:
        return Manifest(frozenset({"chat:write"}))

    async def test_scopes_are_enforced(self, stage: Stage) -> None:
        await stage.client.chat_postMessage(channel="C0DEPLOY", text="x")
        answer = await refusal(stage.client.conversations_history(channel="C0DEPLOY"))
        assert answer["error"] == "missing_scope"
        assert (answer["needed"], answer["provided"]) == ("channels:history", "chat:write")


async def test_posting_is_refused_where_the_bot_is_not(stage: Stage) -> None:
    post = stage.client.chat_postMessage
    assert (await refusal(post(channel="C0GENERAL", text="x")))["error"] == "not_in_channel"
    assert (await refusal(post(channel="C0NONE", text="x")))["error"] == "channel_not_found"
    empty = stage.client.api_call("chat.postMessage", json={"channel": "C0DEPLOY"})
    assert (await refusal(empty))["error"] == "no_text"
    long = post(channel="C0DEPLOY", text="x" * 40_001)
    assert (await refusal(long))["error"] == "msg_too_long"


async def test_an_edit_keeps_what_it_does_not_name(stage: Stage) -> None:
    blocks = [section("*one*"), actions(button("Go", "go"))]
    posted = await stage.client.chat_postMessage(
        channel="C0DEPLOY", text="one", blocks=blocks, metadata=CARD
    )
    await stage.client.chat_update(channel="C0DEPLOY", ts=posted["ts"], text="two")
    [row] = await stage.messages()
    assert (row["text"], row["rendered"], row["buttons"]) == ("two", "one", ["Go"])
    assert row["metadata"] == CARD
    await stage.client.chat_update(channel="C0DEPLOY", ts=posted["ts"], text="three", blocks=[])
    assert await stage.texts() == ["three"]


async def test_only_own_messages_can_be_changed(stage: Stage) -> None:
    theirs = (await stage.say("ana", "mine"))["ts"]
    update = stage.client.chat_update
    answer = await refusal(update(channel="C0DEPLOY", ts=theirs, text="x"))
    assert answer["error"] == "cant_update_message"
    answer = await refusal(update(channel="C0DEPLOY", ts="1.000001", text="x"))
    assert answer["error"] == "message_not_found"
    ephemeral = await stage.client.chat_postEphemeral(channel="C0DEPLOY", user="U0ANA", text="x")
    answer = await refusal(update(channel="C0DEPLOY", ts=ephemeral["message_ts"], text="y"))
    assert answer["error"] == "message_not_found"
    deleted = await refusal(stage.client.chat_delete(channel="C0DEPLOY", ts=theirs))
    assert deleted["error"] == "cant_delete_message"


async def test_history_is_paged_newest_first_with_metadata_on_request(stage: Stage) -> None:
    for number in range(3):
        await stage.client.chat_postMessage(channel="C0DEPLOY", text=str(number), metadata=CARD)
    history = stage.client.conversations_history
    page = await history(channel="C0DEPLOY", limit=2, include_all_metadata=True)
    assert [one["text"] for one in page["messages"]] == ["2", "1"]
    assert page["has_more"] and page["messages"][0]["metadata"] == CARD
    rest = await history(
        channel="C0DEPLOY", limit=2, cursor=page["response_metadata"]["next_cursor"]
    )
    assert [one["text"] for one in rest["messages"]] == ["0"]
    assert not rest["has_more"] and "metadata" not in rest["messages"][0]
    newer = await history(channel="C0DEPLOY", oldest=rest["messages"][0]["ts"])
    assert [one["text"] for one in newer["messages"]] == ["2", "1"]


async def test_threads_hold_their_replies(stage: Stage) -> None:
    post = stage.client.chat_postMessage
    root = (await post(channel="C0DEPLOY", text="root"))["ts"]
    await post(channel="C0DEPLOY", text="reply", thread_ts=root)
    await post(channel="C0DEPLOY", text="loud", thread_ts=root, reply_broadcast=True)
    assert await stage.texts() == ["root", "loud"]
    assert await stage.texts(thread_ts=root) == ["root", "reply", "loud"]
    replies = await stage.client.conversations_replies(channel="C0DEPLOY", ts=root)
    assert [one["text"] for one in replies["messages"]] == ["root", "reply", "loud"]
    answer = await refusal(stage.client.conversations_replies(channel="C0DEPLOY", ts="1.1"))
    assert answer["error"] == "thread_not_found"


async def test_direct_messages_open_by_person(stage: Stage) -> None:
    opened = await stage.client.conversations_open(users="U0ANA")
    posted = await stage.client.chat_postMessage(channel="U0ANA", text="for you")
    assert posted["channel"] == opened["channel"]["id"]
    assert await stage.texts("@ana") == ["for you"]
    assert await stage.texts("@bo") == []


async def test_members_and_groups(stage: Stage) -> None:
    assert (await stage.client.users_info(user="U0EVE"))["user"]["is_restricted"]
    answer = await refusal(stage.client.users_info(user="U0NOBODY"))
    assert answer["error"] == "user_not_found"
    [group] = (await stage.client.usergroups_list())["usergroups"]
    members = await stage.client.usergroups_users_list(usergroup=group["id"])
    assert (group["handle"], members["users"]) == ("release-managers", ["U0BO", "U0DEE"])


async def test_messages_are_limited_to_one_a_second_per_channel(stage: Stage) -> None:
    post = stage.client.chat_postMessage
    with pytest.raises(SlackApiError) as refused:
        for _ in range(20):
            await post(channel="C0DEPLOY", text="again")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
    assert refused.value.response["error"] == "ratelimited"
    assert (await post(channel="U0ANA", text="another channel"))["ok"]
    assert 10 <= len(await stage.messages()) < 20
