"""files.*: an upload is announced, sent to its own address, and completed."""

from __future__ import annotations

from sandbox.slack.call import Answer, Call
from sandbox.slack.errors import SlackError

LONGEST_ALT = 1000
LARGEST = 1024**3


async def get_upload_url(call: Call) -> Answer:
    call.require("files:write")
    name, length = call.required("filename"), call.number("length", 0)
    if length <= 0:
        raise SlackError("missing_argument")
    if length > LARGEST:
        raise SlackError("file_upload_size_restricted")
    if len(call.text("alt_txt")) > LONGEST_ALT:
        raise SlackError("alt_txt_too_large")
    file = call.slack.files.begin(name, length, call.text("alt_txt"))
    return {
        "upload_url": f"{call.world.base_url}/slack/files/upload/{file.key}",
        "file_id": file.id,
    }


async def complete_upload(call: Call) -> Answer:
    """Without a channel the files are shared with nobody; sharing them itself is not played."""
    call.require("files:write")
    wanted = call.structure("files")
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments")
    if call.text("channel_id") or call.text("channels"):
        raise SlackError("posting_to_channel_denied")
    done = []
    for one in wanted:
        file = call.slack.files.get(str(one.get("id"))) if isinstance(one, dict) else None
        if file is None or file.content is None:
            raise SlackError("file_not_found")
        call.slack.files.complete(file)
        done.append({"id": file.id, "title": str(one.get("title") or file.name)})
    return {"files": done}
