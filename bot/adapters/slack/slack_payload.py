"""Payload: the body of a signed request of Slack, as an object of a kind that we know."""

import json
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

DEEPEST = 64
MOST_FIELDS = 100
Object = dict[str, Any]
Name = Annotated[str, Field(min_length=1, max_length=3000)]


class Malformed(ValueError):
    """The body is no payload of Slack."""


class _Part(BaseModel):
    """What Bolt and the handlers look at is checked; Slack may add to it."""

    model_config = ConfigDict(extra="allow", strict=True)


class _Ref(_Part):
    id: Name


class _Action(_Part):
    type: Name
    action_id: Name
    block_id: str | None = None


class _View(_Part):
    id: Name
    type: Name
    callback_id: str
    private_metadata: str = ""
    state: Object | None = None
    team_id: str | None = None
    app_installed_team_id: str | None = None


class _Payload(_Part):
    """What every kind may have, and Bolt reads without looking at its type."""

    api_app_id: str | None = None
    team_id: str | None = None
    enterprise_id: str | None = None
    enterprise: _Ref | None = None
    is_enterprise_install: bool | Literal["true", "false"] | None = None
    authorizations: list[Object] | None = None
    channel_id: str | None = None
    user_id: str | None = None
    thread_ts: str | None = None
    item: Object | None = None
    assistant_thread: Object | None = None
    function_execution_id: str | None = None
    function_data: Object | None = None
    bot_access_token: str | None = None


class _Command(_Payload):
    command: Annotated[str, Field(pattern=r"^/[^\s]{1,31}$")]
    text: str
    user_id: Name
    channel_id: Name
    trigger_id: Name
    response_url: str | None = None


class _Interaction(_Payload):
    user: _Ref
    team: _Ref | None = None
    channel: _Ref | None = None
    message: Object | None = None
    container: Object | None = None
    view: _View | None = None
    trigger_id: str | None = None
    response_url: str | None = None
    response_urls: list[Object] = []


class _BlockActions(_Interaction):
    type: Literal["block_actions"]
    actions: Annotated[list[_Action], Field(min_length=1)]
    state: Object | None = None


class _Submission(_Interaction):
    type: Literal["view_submission", "view_closed"]
    view: _View


class _Suggestion(_Interaction):
    type: Literal["block_suggestion"]
    action_id: Name
    block_id: Name
    value: str


class _Shortcut(_Interaction):
    type: Literal["shortcut", "message_action"]
    callback_id: Name


class _Event(_Part):
    type: Name
    user: str | _Ref | None = None
    channel: str | _Ref | None = None
    team: str | None = None


class _EventCallback(_Payload):
    type: Literal["event_callback"]
    event: _Event
    event_id: Name
    is_ext_shared_channel: bool = False


class _UrlVerification(_Part):
    type: Literal["url_verification"]
    challenge: Name


class _SslCheck(_Part):
    ssl_check: Literal["1"]


_INTERACTION: TypeAdapter[object] = TypeAdapter(
    Annotated[_BlockActions | _Submission | _Suggestion | _Shortcut, Field(discriminator="type")]
)
_EVENT: TypeAdapter[object] = TypeAdapter(
    Annotated[_EventCallback | _UrlVerification, Field(discriminator="type")]
)
_COMMAND: TypeAdapter[object] = TypeAdapter(_Command | _SslCheck)


def parse(raw: bytes, content_type: str) -> Object:
    """The payload in a body: of a command, an interaction or an event. Raises Malformed."""
    try:
        text = raw.decode("utf-8")
        match content_type:
            case "application/json":
                kind, body = _EVENT, _json(text)
            case "application/x-www-form-urlencoded":
                fields = _fields(text)
                if "payload" in fields:
                    kind, body = _INTERACTION, _json(fields["payload"])
                else:
                    kind, body = _COMMAND, fields
            case _:
                raise Malformed(f"content type {content_type!r}")
        _check_values(body)
        kind.validate_python(body)
    except (ValidationError, UnicodeError, RecursionError) as error:
        raise Malformed(type(error).__name__) from error
    return body


def _fields(text: str) -> Object:
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise Malformed("no form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("a field comes twice")
    return fields


def _json(text: str) -> Object:
    try:
        body = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise Malformed("no JSON") from error
    if not isinstance(body, dict):
        raise Malformed("no JSON object")
    return body


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _check_values(body: Object) -> None:
    """Refuse nesting too deep, and text that no database takes: half characters and NUL."""
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        for value in level:
            if isinstance(value, str):
                value.encode("utf-8")
                if "\0" in value:
                    raise Malformed("a NUL")
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value if isinstance(value, list) else (*value, *value.values()))
        ]
        if not level:
            return
    raise Malformed(f"deeper than {DEEPEST}")
