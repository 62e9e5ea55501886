"""Files of the local Slack: three steps, each refused as Slack does, and a pause before the end."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack_stage import Stage

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


async def refusal(call: Any) -> str:
    """The word with which Slack refuses, and what it says besides."""
    with pytest.raises(SlackApiError) as refused:
        await call
    answer = refused.value.response.data
    assert isinstance(answer, dict)
    return " ".join([answer["error"], *answer.get("response_metadata", {}).get("messages", ())])


async def announced(stage: Stage, length: int = len(PNG)) -> tuple[str, str]:
    """Where to send a file, and its id."""
    told = await stage.client.files_getUploadURLExternal(filename="a.png", length=length)
    return str(told["upload_url"]), str(told["file_id"])


async def sent(stage: Stage, url: str, content: bytes = PNG) -> int:
    async with stage.control.post(url, data=content) as answer:
        return answer.status


def image(file: str) -> list[dict[str, Any]]:
    return [{"type": "image", "slack_file": {"id": file}, "alt_text": "a chart"}]


async def shows(stage: Stage, file: str) -> Any:
    return await stage.client.chat_postMessage(channel="C0DEPLOY", text="x", blocks=image(file))


async def test_a_picture_is_shown_once_it_was_worked_on(stage: Stage) -> None:
    url, file = await announced(stage)
    assert await sent(stage, url) == 200
    wrong = "invalid_blocks [ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"
    assert await refusal(shows(stage, file)) == wrong
    done = await stage.client.files_completeUploadExternal(files=[{"id": file, "title": "A"}])
    assert done["files"] == [{"id": file, "title": "A"}]
    assert await refusal(shows(stage, file)) == wrong

    await stage.post("/clock", advance="PT2S")
    await shows(stage, file)
    async with stage.control.get(f"/slack/files/{file}") as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", PNG)


async def test_what_arrives_is_what_was_announced(stage: Stage) -> None:
    url, file = await announced(stage, length=3)
    assert await sent(stage, url) == 400
    assert await refusal(stage.client.files_completeUploadExternal(files=[{"id": file}])) == (
        "file_not_found"
    )


async def test_other_files_are_no_pictures(stage: Stage) -> None:
    url, file = await announced(stage, length=4)
    assert await sent(stage, url, b"text") == 200
    await stage.client.files_completeUploadExternal(files=[{"id": file}])
    await stage.post("/clock", advance="PT2S")
    assert "invalid slack file" in await refusal(shows(stage, file))
    assert "must match regex" in await refusal(shows(stage, "text"))


async def test_each_no_has_slacks_word(stage: Stage) -> None:
    client = stage.client
    begin, complete = client.files_getUploadURLExternal, client.files_completeUploadExternal
    assert "filename" in await refusal(begin(filename="", length=3))
    assert await refusal(begin(filename="a", length=0)) == "missing_argument"
    assert await refusal(begin(filename="a", length=2**40)) == "file_upload_size_restricted"
    assert await refusal(begin(filename="a", length=1, alt_txt="x" * 1001)) == "alt_txt_too_large"
    assert await refusal(complete(files=[])) == "invalid_arguments"
    assert await refusal(complete(files=[{"id": "F1"}])) == "file_not_found"
