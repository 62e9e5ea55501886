"""Payloads: what Slack sends, as typed values, and what a handler may answer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.config import Config
from bot.domain.errors import Refusal
from bot.messages.blocks import Message
from bot.messages.deployments import forms
from bot.ports import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command as typed."""

    name: str
    text: str
    user: str
    channel: str
    trigger_id: str
    response_url: str | None = None

    @property
    def key(self) -> str:
        """What makes this request itself, however often it is delivered."""
        return f"command:{self.trigger_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A press of a button in a message."""

    action: str
    value: str
    user: str
    channel: str
    message_ts: str
    thread_ts: str | None
    trigger_id: str
    response_url: str | None = None

    @property
    def answered_in(self) -> str | None:
        """The thread in which the button stands, if it stands in one."""
        return self.thread_ts if self.thread_ts != self.message_ts else None

    @property
    def key(self) -> str:
        """What makes this click itself."""
        return f"click:{self.trigger_id}:{self.action}:{self.value}:{self.user}"

    @property
    def number(self) -> int:
        """The row that the button is about; 0 when its value is not ours."""
        return _number(self.value.partition(":")[0], digits=9)

    @property
    def deployment(self) -> int:
        """The deployment, where the button is about one."""
        return self.number

    @property
    def rest(self) -> str:
        """What else the button's value says, after a colon."""
        return self.value.partition(":")[2]

    @property
    def choice(self) -> int:
        """What else the button's value names, after a colon; 0 when there is nothing."""
        return _number(self.rest, digits=18)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form that was sent off; `values` by the names of its fields, `memory` is what the form was
    opened with, `blocks` are the ids of those fields that are called otherwise than their names.

    What was ticked is joined by commas.
    """

    form: str
    user: str
    view_id: str
    view_hash: str
    values: Mapping[str, str]
    memory: Mapping[str, Any]
    blocks: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What makes this submission itself."""
        content = hashlib.sha256(
            json.dumps(dict(self.values), sort_keys=True).encode()
        ).hexdigest()[:16]
        return f"form:{self.view_id}:{self.view_hash}:{content}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsQuery:
    """What was typed into a select that asks us for its options; `chosen` are the form's other
    values.
    """

    action: str
    typed: str
    user: str
    chosen: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What a handler works with: the open transaction, the configuration, the list of commands."""

    tx: Tx
    config: Config
    usages: list[tuple[str, str]]

    def mistake(self, field: str, refusal: Refusal) -> "FormErrors":
        """A refusal under a field of the form that was sent."""
        names = self.config.commands.model_dump()
        text = forms.mistake(refusal, self.tx.name_of, names)
        return FormErrors({field: text}, refusal.code)


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Open this modal, after a form in its place; `otherwise` is said when Slack does not open it
    in time, and `done` in any case, where the form before it did something.
    """

    view: dict[str, Any]
    otherwise: Message
    done: Message | None = None


@dataclass(frozen=True, slots=True)
class FormErrors:
    """Keep the form open with these sentences under its fields, by their names.

    `code` is the reason as one stable word, for the audit trail.
    """

    errors: dict[str, str]
    code: str = "incomplete"


@dataclass(frozen=True, slots=True)
class Choices:
    """The options of a select."""

    options: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shown:
    """What was done is seen where it was asked for, so there is nothing to say."""


Answer = Message | OpenForm | FormErrors | Choices | Shown


def command_from(body: Mapping[str, Any]) -> Command:
    """A slash command from Slack's payload."""
    return Command(
        name=text_in(body, "command"),
        text=text_in(body, "text"),
        user=text_in(body, "user_id"),
        channel=text_in(body, "channel_id"),
        trigger_id=text_in(body, "trigger_id"),
        response_url=text_in(body, "response_url") or None,
    )


def click_from(body: Mapping[str, Any]) -> Click:
    """A click from a block_actions payload; only its first action counts."""
    actions = body.get("actions")
    action = (
        actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    )
    message, container = object_in(body, "message"), object_in(body, "container")
    return Click(
        action=text_in(action, "action_id"),
        value=text_in(action, "value"),
        user=text_in(object_in(body, "user"), "id"),
        channel=text_in(object_in(body, "channel"), "id"),
        message_ts=text_in(message, "ts") or text_in(container, "message_ts"),
        # What only one person sees comes without the message.
        thread_ts=text_in(message, "thread_ts") or text_in(container, "thread_ts") or None,
        trigger_id=text_in(body, "trigger_id"),
        response_url=text_in(body, "response_url") or None,
    )


def submission_from(body: Mapping[str, Any]) -> Submission:
    """A form from a view_submission payload."""
    view = object_in(body, "view")
    return Submission(
        form=text_in(view, "callback_id"),
        user=text_in(object_in(body, "user"), "id"),
        view_id=text_in(view, "id"),
        view_hash=text_in(view, "hash"),
        values=_values(view),
        memory=_memory(view),
        blocks={_name(block): block for block in _states(view) if _name(block) != block},
    )


def options_from(body: Mapping[str, Any]) -> OptionsQuery:
    """A query for options from a block_suggestion payload."""
    return OptionsQuery(
        action=text_in(body, "action_id"),
        typed=text_in(body, "value"),
        user=text_in(object_in(body, "user"), "id"),
        chosen=_values(object_in(body, "view")),
    )


def _values(view: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for block_id, elements in _states(view).items():
        for element in elements.values() if isinstance(elements, dict) else ():
            if isinstance(element, dict):
                found[_name(block_id)] = _value(element)
    return found


def _states(view: Mapping[str, Any]) -> dict[str, Any]:
    return object_in(object_in(view, "state"), "values")


def _name(block_id: str) -> str:
    """What a field is called; what follows the colon only sets it apart (`views.anew`)."""
    return block_id.partition(":")[0]


def _value(element: Mapping[str, Any]) -> str:
    """What was typed or chosen; several choices with a comma between them."""
    several, at = element.get("selected_options"), element.get("selected_date_time")
    if isinstance(several, list):
        return ",".join(text_in(one, "value") for one in several if isinstance(one, dict))
    chosen = text_in(object_in(element, "selected_option"), "value") or text_in(element, "value")
    return chosen or text_in(element, "selected_user") or (str(at) if type(at) is int else "")


def _memory(view: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(text_in(view, "private_metadata") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(text: str, *, digits: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else 0


def object_in(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object under that name, empty where there is none."""
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def text_in(body: Mapping[str, Any], name: str) -> str:
    """The text under that name, empty where there is none."""
    found = body.get(name)
    # What no database holds (NUL, lone surrogates) is nothing that a person typed.
    text = found.encode("utf-8", "replace").decode() if isinstance(found, str) else ""
    return text.replace("\0", "")
