"""Block Kit's limits hold to the letter, and say where they were broken."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack.blocks import check_blocks, check_view
from sandbox.slack.errors import SlackError
from tests.sandbox.slack_stage import actions, asked, button, modal, plain, section

Json = dict[str, Any]


def options(count: int) -> list[Json]:
    return [{"text": plain(f"Option {number}"), "value": str(number)} for number in range(count)]


def select(count: int) -> Json:
    return {"type": "static_select", "action_id": "s", "options": options(count)}


def overflow(count: int) -> Json:
    return {"type": "overflow", "action_id": "o", "options": options(count)}


def confirm(title: int) -> Json:
    dialog = {"title": plain("x" * title), "text": plain("x")}
    return button("Go", "go", confirm=dialog | {"confirm": plain("Yes"), "deny": plain("No")})


def header(length: int) -> Json:
    return {"type": "header", "text": plain("x" * length)}


def context(count: int) -> Json:
    return {"type": "context", "elements": [plain("x")] * count}


def fields(count: int, length: int = 1) -> Json:
    return {"type": "section", "fields": [plain("x" * length)] * count}


def markdown(length: int) -> Json:
    return {"type": "markdown", "text": "x" * length}


# Each line: the most that Slack takes, and one more.
MESSAGES: list[tuple[list[Json], list[Json]]] = [
    ([section("x")] * 50, [section("x")] * 51),
    ([section("x" * 3000)], [section("x" * 3001)]),
    ([header(150)], [header(151)]),
    ([context(10)], [context(11)]),
    ([fields(10)], [fields(11)]),
    ([fields(1, 2000)], [fields(1, 2001)]),
    ([markdown(12_000)], [markdown(12_001)]),
    ([actions(*[button("x", str(n)) for n in range(25)])],
     [actions(*[button("x", str(n)) for n in range(26)])]),
    ([actions(button("x" * 75, "a"))], [actions(button("x" * 76, "a"))]),
    ([actions(button("x", "a" * 255))], [actions(button("x", "a" * 256))]),
    ([actions(button("x", "a", value="v" * 2000))], [actions(button("x", "a", value="v" * 2001))]),
    ([actions(button("x", "a", style="danger"))], [actions(button("x", "a", style="default"))]),
    ([actions(button("x", "a"), button("x", "b"))], [actions(button("x", "a"), button("x", "a"))]),
    ([actions(confirm(100))], [actions(confirm(101))]),
    ([actions(select(100))], [actions(select(101))]),
    ([actions(overflow(5))], [actions(overflow(6))]),
    ([section("x") | {"block_id": "b" * 255}], [section("x") | {"block_id": "b" * 256}]),
    ([section("x") | {"block_id": "a"}, section("x") | {"block_id": "b"}],
     [section("x") | {"block_id": "a"}, section("x") | {"block_id": "a"}]),
    ([{"type": "divider"}], [{"type": "alert", "text": plain("only in modals")}]),
    ([section("x")], [{"type": "section"}]),
    ([section("x")], [section("")]),
    ([actions(button("x", "a"))], [actions()]),
]  # fmt: skip

VIEWS: list[tuple[Json, Json]] = [
    (modal(section("x"), title=plain("x" * 24)), modal(section("x"), title=plain("x" * 25))),
    (modal(*[section("x")] * 100), modal(*[section("x")] * 101)),
    (modal(section("x"), private_metadata="x" * 3000),
     modal(section("x"), private_metadata="x" * 3001)),
    (modal(asked("Reason", "r")),
     {name: part for name, part in modal(asked("Reason", "r")).items() if name != "submit"}),
    (modal(asked("Reason", "r", max_length=3000)), modal(asked("Reason", "r", max_length=3001))),
    (modal(section("x")), modal({"type": "table", "rows": [[plain("x")]]})),
    (modal({"type": "alert", "text": plain("x" * 200)}),
     modal({"type": "alert", "text": plain("x" * 201)})),
]  # fmt: skip


@pytest.mark.parametrize(("most", "too_much"), MESSAGES)
def test_messages_have_limits(most: list[Json], too_much: list[Json]) -> None:
    check_blocks(most, "message")
    with pytest.raises(SlackError, match="invalid_blocks"):
        check_blocks(too_much, "message")


@pytest.mark.parametrize(("most", "too_much"), VIEWS)
def test_views_have_limits(most: Json, too_much: Json) -> None:
    check_view(most, "modal")
    with pytest.raises(SlackError, match="invalid_arguments"):
        check_view(too_much, "modal")


def test_all_problems_are_told_with_their_places() -> None:
    with pytest.raises(SlackError) as refused:
        check_blocks([header(151), {"type": "banner"}], "message")
    assert refused.value.extra == {
        "response_metadata": {
            "messages": [
                "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]",
                "[ERROR] unsupported type: banner [json-pointer:/blocks/1/type]",
            ]
        }
    }


@pytest.mark.parametrize("junk", ["text", 7, {"type": "section"}, [7], [{"type": ["x"]}], [None]])
def test_junk_is_refused_like_everything_else(junk: object) -> None:
    with pytest.raises(SlackError, match="invalid_blocks"):
        check_blocks(junk, "message")


def test_rich_text_may_say_everything_that_it_can() -> None:
    inline: list[Json] = [
        {"type": "text", "text": "a <b> & c"},
        {"type": "link", "url": "http://localhost"},
        {"type": "user", "user_id": "U0ANA"},
        {"type": "emoji", "name": "tada"},
        {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"},
    ]
    part = {"type": "rich_text_section", "elements": inline}
    bullets = {"type": "rich_text_list", "style": "bullet", "elements": [part]}
    check_blocks([{"type": "rich_text", "elements": [part, bullets]}], "message")
    broken = {"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}
    with pytest.raises(SlackError, match="invalid_blocks"):
        check_blocks([{"type": "rich_text", "elements": [broken]}], "message")
