"""Listening: between Bolt and the handlers; each request is answered once, last, and never
raises.
"""

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Histogram
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.config import Config
from bot.domain.errors import Fault, Refusal
from bot.messages.blocks import Message, refused
from bot.ports import Chat, Post, Stale, Store, Tx
from handlers import BUTTONS, COMMANDS, FORMS, OPTIONS, usages
from handlers.payloads import (
    Answer,
    Choices,
    Command,
    FormErrors,
    Office,
    OpenForm,
    click_from,
    command_from,
    options_from,
    submission_from,
)

log = structlog.get_logger()
STORE_TIMEOUT = 2.0
"""Seconds to record a request in; Slack gives up after three."""

MOST_TRIES = 5
_FOREIGN = Message("This command came from another workspace, so nothing was done.")
_REPEATED = Message("I have that already.")
_LATE = Message(
    "I could not confirm in time that this was recorded. Look at /deployments before you try again."
)


class _NotRecorded(Exception):
    """Takes an answer out of a transaction of which nothing is kept."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Listener:
    """Turns Slack's requests into handler calls inside one transaction, and answers into acks.

    `is_foreign` tells requests of other workspaces. Nothing here but `views.open` uses the network.
    """

    def __init__(
        self,
        *,
        store: Store,
        config: Config,
        chat: Chat,
        wake: Callable[[], None],
        is_foreign: Callable[[Mapping[str, Any]], bool],
        registry: CollectorRegistry,
    ) -> None:
        self._store = store
        self._config = config
        self._chat = chat
        self._wake = wake
        self._is_foreign = is_foreign
        self._usages = usages(config.commands)
        self._commands = {
            getattr(config.commands, entry.setting): entry.handler for entry in COMMANDS
        }
        self._seconds = Histogram(
            "gonogo_answer_seconds", "Time to answer Slack", ["kind"], registry=registry
        )

    def register(self, app: AsyncApp) -> None:
        """Take every request of the app; what is known is decided by the tables in `handlers`."""
        anything = re.compile(".*", re.DOTALL)
        app.command(anything)(self.command)
        app.action(anything)(self.click)
        app.view(anything)(self.submission)
        app.options(anything)(self.options)
        app.shortcut(anything)(self.ignore)
        app.event(anything)(self.ignore)

    async def command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A slash command: the ack carries the answer."""
        with self._seconds.labels("command").time():
            command = command_from(body)
            answer = _FOREIGN if self._is_foreign(body) else await self._command(command)
            if isinstance(answer, OpenForm):
                opened = await self._open(command.trigger_id, answer)
                answer = Message("") if opened else answer.otherwise
            if isinstance(answer, Message) and answer.text:
                await ack(text=answer.text, blocks=list(answer.blocks) or None)
            else:
                await ack()

    async def _command(self, command: Command) -> Answer:
        handler = self._commands.get(command.name)
        if handler is None:
            known = ", ".join(f"`{name}`" for name in self._commands)
            return Message(
                f"I do not know this command. I answer {known}; try `/deployments help`."
            )
        return await self._answer(
            command.key, "command", command.user, lambda office: handler(command, office)
        )

    async def click(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A button: Slack drops what its ack says, so the answer is a message to that person."""
        with self._seconds.labels("click").time():
            click = click_from(body)
            handler = BUTTONS.get(click.action)
            if handler is not None and not self._is_foreign(body):
                whisper = {
                    "channel": click.channel,
                    "user": click.user,
                    "response_url": click.response_url,
                }
                answer = await self._answer(
                    click.key, "click", click.user, lambda office: handler(click, office), whisper
                )
                if isinstance(answer, OpenForm) and not await self._open(click.trigger_id, answer):
                    await self._say_later(f"{click.key}:form", answer.otherwise, whisper)
            await ack()

    async def submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A form: mistakes keep it open, anything else closes it and is said to that person."""
        with self._seconds.labels("form").time():
            form = submission_from(body)
            handler = FORMS.get(form.form)
            if handler is None or self._is_foreign(body):
                await ack()
                return
            whisper = {
                "channel": form.memory.get("channel") or form.user,
                "user": form.user,
                "response_url": None,
            }
            answer = await self._answer(
                form.key, "form", form.user, lambda office: handler(form, office), whisper
            )
            if isinstance(answer, FormErrors):
                await ack(response_action="errors", errors=answer.errors)
            else:
                await ack()

    async def options(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A select that asks for its options."""
        query = options_from(body)
        handler = OPTIONS.get(query.action)
        choices = Choices()
        if handler is not None and not self._is_foreign(body):
            answer = await self._guarded(lambda tx: handler(query, self._office(tx)))
            choices = answer if isinstance(answer, Choices) else choices
        await ack(options=choices.options)

    async def ignore(self, ack: AsyncAck) -> None:
        """What we do not listen to is acknowledged, so that Slack shows no error."""
        await ack()

    async def _answer(
        self,
        key: str,
        source: str,
        user: str,
        handle: Callable[[Office], Answer],
        whisper: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Handle a request once; with `whisper` its answer leaves through the outbox."""

        def operation(tx: Tx) -> Answer:
            if not tx.first_time(key, source, user):
                return _REPEATED
            try:
                answer = handle(self._office(tx))
            except Refusal as refusal:
                tx.audit(user, "refused_to", source, code=refusal.code, text=str(refusal))
                answer = refused(refusal)
            if isinstance(answer, FormErrors):
                raise _NotRecorded(answer)
            if whisper is not None and isinstance(answer, Message):
                tx.post(Post(key=f"answer:{key}", message=answer, **whisper))
            return answer

        answer = await self._guarded(operation)
        self._wake()
        return answer

    async def _guarded(self, operation: Callable[[Tx], Answer]) -> Answer:
        """Run it in one transaction, again if somebody else was first; whatever breaks becomes an
        answer.
        """
        try:
            async with asyncio.timeout(STORE_TIMEOUT):
                for _ in range(MOST_TRIES):
                    try:
                        return await self._store.run(operation)
                    except Stale:
                        continue
        except _NotRecorded as kept_nothing:
            return kept_nothing.answer
        except TimeoutError:
            log.exception("store_too_slow")
            return _LATE
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("handler_broke", reference=reference)
            return Message(
                f"Something broke on my side, and nothing was changed. Reference: {reference}"
            )
        return Message("Too many people acted at the same time. Nothing was changed; try again.")

    def _office(self, tx: Tx) -> Office:
        return Office(tx=tx, config=self._config, usages=self._usages)

    async def _open(self, trigger_id: str, form: OpenForm) -> bool:
        try:
            await self._chat.open_view(trigger_id, form.view)
        except Fault as fault:
            log.warning("form_not_opened", error=fault.text)
            return False
        return True

    async def _say_later(self, key: str, message: Message, whisper: Mapping[str, Any]) -> None:
        def operation(tx: Tx) -> Answer:
            tx.post(Post(key=f"answer:{key}", message=message, **whisper))
            return message

        await self._guarded(operation)
        self._wake()
