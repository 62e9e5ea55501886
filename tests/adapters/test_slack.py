"""SlackChat against the sandbox's Slack: what people see of it, and what it reads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.adapters.slack.slack import SlackChat
from bot.adapters.slack.slack_identity import Identity
from bot.domain.errors import Declined, Fault, NotFound
from bot.domain.people import Standing
from bot.messages.blocks import Message, section
from sandbox.slack.channels import Channel
from sandbox.slack.identity import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID
from sandbox.world import World

DEPLOYMENTS = "C0DEPLOY"
ANA, EVE = "U0ANA", "U0EVE"
HELLO = Message("v1.2.1 waits for approval", (section("*v1.2.1* waits for approval"),))


Reading = Callable[..., SlackChat]


@pytest.fixture
async def reading(world: World) -> AsyncIterator[Reading]:
    """Makes one that reads lists in small pages."""
    made: list[SlackChat] = []

    def make(**pages: int) -> SlackChat:
        token = world.seed.secrets.bot_token
        made.append(SlackChat(token, api_url=f"{world.base_url}/api/", **pages))
        return made[-1]

    yield make
    for chat in made:
        await chat.close()


def board(world: World) -> Channel:
    return world.slack.channels[DEPLOYMENTS]


async def test_a_post_is_found_again_by_its_key(world: World, chat: SlackChat) -> None:
    before = world.clock.now()
    channel, ts = await chat.post(DEPLOYMENTS, HELLO, key="card:7")
    await chat.post(DEPLOYMENTS, HELLO, key="card:8")
    world.slack.post(board(world), ANA, "lunch?", [])

    assert channel == DEPLOYMENTS
    assert await chat.find(DEPLOYMENTS, "card:7", before) == (DEPLOYMENTS, ts)
    assert await chat.find("deployments", "card:7", before) == (DEPLOYMENTS, ts)
    assert await chat.find(DEPLOYMENTS, "card:9", before) is None
    assert board(world).messages[ts].text == HELLO.text


async def test_a_reply_is_looked_for_in_its_thread_alone(world: World, chat: SlackChat) -> None:
    before = world.clock.now()
    _, root = await chat.post(DEPLOYMENTS, HELLO, key="card:7")
    _, reply = await chat.post(DEPLOYMENTS, Message("approved"), key="note:1", thread_ts=root)

    assert await chat.find(DEPLOYMENTS, "note:1", before, thread_ts=root) == (DEPLOYMENTS, reply)
    assert await chat.find(DEPLOYMENTS, "note:1", before) is None
    assert await chat.find(DEPLOYMENTS, "note:1", before, thread_ts="1.000001") is None


async def test_a_message_older_than_the_search_is_not_found(world: World, chat: SlackChat) -> None:
    await chat.post(DEPLOYMENTS, HELLO, key="card:7")

    since = world.clock.now() + timedelta(minutes=6)
    assert await chat.find(DEPLOYMENTS, "card:7", since) is None


async def test_the_search_turns_pages(world: World, reading: Reading) -> None:
    chat = reading(page=2)
    before = world.clock.now()
    _, ts = await chat.post(DEPLOYMENTS, HELLO, key="card:first")
    for number in range(5):
        await chat.post(DEPLOYMENTS, HELLO, key=f"card:{number}")

    assert await chat.find(DEPLOYMENTS, "card:first", before) == (DEPLOYMENTS, ts)


async def test_a_search_without_end_is_given_up(world: World, reading: Reading) -> None:
    chat = reading(page=1, pages=2)
    before = world.clock.now()
    for number in range(4):
        await chat.post(DEPLOYMENTS, HELLO, key=f"card:{number}")

    with pytest.raises(Fault, match="more than 2 messages"):
        await chat.find(DEPLOYMENTS, "card:0", before)


async def test_a_user_id_is_a_direct_message_with_a_channel_of_its_own(
    world: World, chat: SlackChat
) -> None:
    channel, ts = await chat.post(ANA, HELLO, key="dm:1")

    assert channel == world.slack.direct_message(ANA).id
    assert world.slack.channels[channel].messages[ts].text == HELLO.text
    assert await chat.find(ANA, "dm:1", world.clock.now()) is None


async def test_an_edit_replaces_text_and_blocks(world: World, chat: SlackChat) -> None:
    _, ts = await chat.post(DEPLOYMENTS, HELLO, key="card:7")
    await chat.update(DEPLOYMENTS, ts, Message("v1.2.1 is live"))

    message = board(world).messages[ts]
    assert message.text == "v1.2.1 is live"
    assert message.blocks == []
    assert await chat.find(DEPLOYMENTS, "card:7", world.clock.now()) == (DEPLOYMENTS, ts)


async def test_a_deleted_message_cannot_be_edited(world: World, chat: SlackChat) -> None:
    _, ts = await chat.post(DEPLOYMENTS, HELLO, key="card:7")
    world.slack.remove(board(world).messages[ts])

    with pytest.raises(NotFound):
        await chat.update(DEPLOYMENTS, ts, HELLO)


async def test_a_whisper_is_read_by_one_person(world: World, chat: SlackChat) -> None:
    await chat.whisper(DEPLOYMENTS, ANA, Message("You asked yourself."))

    (message,) = board(world).messages.values()
    assert (message.text, message.ephemeral_for) == ("You asked yourself.", ANA)


async def test_where_the_bot_is_not_a_whisper_goes_by_the_response_url(
    world: World, chat: SlackChat
) -> None:
    key = world.slack.response_urls.new(ANA, "C0GENERAL")
    url = f"{world.base_url}/slack/hooks/{key}"
    await chat.whisper("C0GENERAL", ANA, Message("Not here."), response_url=url)

    (message,) = world.slack.channels["C0GENERAL"].messages.values()
    assert (message.text, message.ephemeral_for) == ("Not here.", ANA)


@pytest.mark.parametrize("url", [None, "/slack/hooks/used-up", "https://example.com/hooks"])
async def test_without_a_response_url_a_whisper_is_a_direct_message(
    world: World, chat: SlackChat, url: str | None
) -> None:
    if url and url.startswith("/"):
        url = world.base_url + url
    await chat.whisper("C0GENERAL", ANA, Message("Not here."), response_url=url)

    (message,) = world.slack.direct_message(ANA).messages.values()
    assert message.text == "Not here."


async def test_a_message_has_an_address(chat: SlackChat) -> None:
    _, ts = await chat.post(DEPLOYMENTS, HELLO, key="card:7")

    assert ts.replace(".", "") in await chat.permalink(DEPLOYMENTS, ts)


async def test_channels_are_known_by_name_and_by_id(chat: SlackChat) -> None:
    assert await chat.channel_id("deployments") == DEPLOYMENTS
    assert await chat.channel_id("#deployments") == DEPLOYMENTS
    assert await chat.channel_id(DEPLOYMENTS) == DEPLOYMENTS
    assert await chat.is_member(DEPLOYMENTS)
    assert not await chat.is_member("C0GENERAL")
    with pytest.raises(NotFound, match="#nowhere"):
        await chat.channel_id("nowhere")
    with pytest.raises(NotFound):
        await chat.channel_id("C0NOWHERE")


async def test_accounts_are_told_apart(chat: SlackChat) -> None:
    ana = await chat.account(ANA)

    assert (ana.slack_id, ana.name, ana.standing) == (ANA, "ana", Standing.MEMBER)
    assert (await chat.account(EVE)).standing is Standing.GUEST
    assert (await chat.account(BOT_USER_ID)).standing is Standing.BOT
    with pytest.raises(NotFound):
        await chat.account("U0NOBODY")


async def test_user_groups_are_known_by_id_and_by_handle(chat: SlackChat) -> None:
    assert await chat.group_members("S0REL") == ("U0BO", "U0DEE")
    assert await chat.group_members("release-managers") == ("U0BO", "U0DEE")
    for unknown in ("S0NONE", "nobodies"):
        with pytest.raises(NotFound):
            await chat.group_members(unknown)


async def test_a_form_opens_once_for_a_trigger(world: World, chat: SlackChat) -> None:
    trigger = world.slack.triggers.new(ANA)
    view = {
        "type": "modal",
        "callback_id": "deploy",
        "title": {"type": "plain_text", "text": "Deploy"},
        "blocks": [section("Which version?")],
    }
    await chat.open_view(trigger, view)

    assert len(world.slack.views.stack(ANA)) == 1
    with pytest.raises(Declined, match="run the command again"):
        await chat.open_view(trigger, view)


async def test_the_bot_knows_who_it_is_and_asks_once(world: World, chat: SlackChat) -> None:
    me = await chat.identity()

    assert (me.team_id, me.user_id, me.bot_id, me.app_id) == (TEAM_ID, BOT_USER_ID, BOT_ID, APP_ID)
    assert me.scopes is not None and "chat:write" in me.scopes
    assert await chat.identity() is me


@pytest.mark.parametrize(
    ("user", "standing"),
    [
        ({"id": ANA, "team_id": TEAM_ID}, Standing.MEMBER),
        ({"id": ANA, "team_id": TEAM_ID, "deleted": True}, Standing.DEACTIVATED),
        ({"id": ANA, "team_id": TEAM_ID, "is_ultra_restricted": True}, Standing.GUEST),
        ({"id": ANA, "team_id": TEAM_ID, "is_stranger": True}, Standing.GUEST),
        ({"id": ANA, "team_id": "T0OTHER"}, Standing.GUEST),
        ({"id": ANA}, Standing.GUEST),
        ({"id": "USLACKBOT", "team_id": TEAM_ID, "is_bot": False}, Standing.BOT),
        ({"id": ANA, "team_id": TEAM_ID, "is_workflow_bot": True}, Standing.BOT),
    ],
)
def test_only_full_members_of_our_workspace_are_members(
    user: dict[str, object], standing: Standing
) -> None:
    assert Identity(team_id=TEAM_ID, user_id=BOT_USER_ID).standing_of(user) is standing


def test_in_an_organisation_its_people_are_members() -> None:
    me = Identity(team_id=TEAM_ID, user_id=BOT_USER_ID, enterprise_id="E0ACME")
    colleague = {"id": ANA, "team_id": "T0SISTER", "enterprise_user": {"enterprise_id": "E0ACME"}}
    visitor = {"id": ANA, "team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0OTHER"}}
    assert me.standing_of(colleague) is Standing.MEMBER
    assert me.standing_of(visitor) is Standing.GUEST
    assert not me.is_foreign({"team": None, "enterprise": {"id": "E0ACME"}})


@pytest.mark.parametrize(
    ("body", "foreign"),
    [
        ({"team_id": TEAM_ID, "api_app_id": APP_ID}, False),
        ({"team": {"id": TEAM_ID}}, False),
        ({"team_id": "T0OTHER", "api_app_id": APP_ID}, True),
        ({"team": {"id": TEAM_ID}, "team_id": "T0OTHER"}, True),
        ({"team_id": TEAM_ID, "api_app_id": "A0OTHER"}, True),
        ({"team": None, "enterprise": {"id": "E0OTHER"}}, True),
        ({"team": []}, True),
        ({}, True),
    ],
)
async def test_payloads_of_other_workspaces_and_apps_are_foreign(
    chat: SlackChat, body: dict[str, object], foreign: bool
) -> None:
    assert (await chat.identity()).is_foreign(body) is foreign


async def test_an_upload_can_be_shown(world: World, chat: SlackChat) -> None:
    file = await chat.upload("chart.png", b"\x89PNG\r\n\x1a\nand so on", "a chart")

    kept = world.slack.files.get(file)
    assert kept is not None and kept.complete_at is not None
    assert (kept.name, kept.alt, kept.kind) == ("chart.png", "a chart", "image/png")
