"""Listening: between Bolt and the handlers; each request is answered once, last, never raises."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Histogram
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.config import Config
from bot.messages import apologies
from bot.messages.blocks import Message
from bot.messages.views import notice
from bot.ports import Chat, Post, Stale, Store, Tx, Unreachable
from handlers import BUTTONS, COMMANDS, FORMS, OPTIONS, SHORTCUTS, approvals, in_time, usages
from handlers.allowance import Allowance
from handlers.payloads import (
    Answer,
    Choices,
    Click,
    Command,
    FormErrors,
    Office,
    OpenForm,
    click_from,
    command_from,
    options_from,
    submission_from,
)
from handlers.people_messages import Shortcut, shortcut_from
from handlers.refusing import Undone, handled, keep

log = structlog.get_logger()
STORE_TIMEOUT = 2.0
"""Seconds to record a request in; Slack gives up after three."""

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class _NotDone:
    """Nothing was recorded, so nothing but this request's own answer can say why."""

    why: Message


class Listener:
    """Turns Slack's requests into handler calls inside one transaction, and answers into acks.

    `is_foreign` tells requests of other workspaces, and is None while nobody knows. Only
    `views.open` uses the network here, and a click's answer when it cannot be stored.
    """

    def __init__(
        self,
        *,
        store: Store,
        config: Config,
        chat: Chat,
        wake: Callable[[], None],
        is_foreign: Callable[[Mapping[str, Any]], bool | None],
        registry: CollectorRegistry,
    ) -> None:
        self._store = store
        self._config = config
        self._chat = chat
        self._wake = wake
        self._is_foreign = is_foreign
        self._allowance = Allowance()
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
        app.shortcut(anything)(self.shortcut)

    async def command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A slash command: the ack carries the answer."""
        with self._seconds.labels("command").time():
            end = in_time.end()
            command = command_from(body)
            answer: Answer | _NotDone
            match self._is_foreign(body):
                case None:
                    answer = apologies.CONNECTING
                case True:
                    answer = apologies.FOREIGN
                case False:
                    answer = await self._command(command)
            if isinstance(answer, _NotDone):
                answer = answer.why
            if isinstance(answer, OpenForm):
                answer = await in_time.open_form(
                    self._chat, command.trigger_id, answer, end
                ) or Message("")
            if isinstance(answer, Message) and answer.text:
                await ack(text=answer.text, blocks=list(answer.blocks) or None)
            else:
                await ack()

    async def _command(self, command: Command) -> Answer | _NotDone:
        handler = self._commands.get(command.name)
        if handler is None:
            return apologies.unknown_command(self._commands, self._config.commands.deployments)
        return await self._answer(
            command.key, "command", command.user, lambda office: handler(command, office)
        )

    async def click(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A button."""
        click = click_from(body)
        handler = BUTTONS.get(click.action, approvals.unknown)
        await self._press(ack, body, "click", click, partial(handler, click))

    async def shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A shortcut, on a message or not, which is answered like a button."""
        used = shortcut_from(body)
        handler = SHORTCUTS.get(used.name)
        await self._press(ack, body, "shortcut", used, handler and partial(handler, used))

    async def _press(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        source: str,
        click: Click | Shortcut,
        handler: Callable[[Office], Answer] | None,
    ) -> None:
        """Slack drops what the ack of these says, so the answer is a message to that person."""
        with self._seconds.labels(source).time():
            end = in_time.end()
            foreign = self._is_foreign(body)
            if foreign:
                await in_time.say(self._chat, click, apologies.FOREIGN_PRESS, end)
            elif handler is not None:
                whisper = {
                    "channel": click.channel or click.user,  # the App Home is in no channel
                    "user": click.user,
                    "thread_ts": click.answered_in,
                    "response_url": click.response_url,
                }
                answer: Answer | _NotDone = _NotDone(apologies.CONNECTING)
                if foreign is False:
                    answer = await self._answer(click.key, source, click.user, handler, whisper)
                if isinstance(answer, OpenForm):
                    otherwise = await in_time.open_form(self._chat, click.trigger_id, answer, end)
                    if otherwise is not None:
                        answer = await self._say_later(f"{click.key}:form", otherwise, whisper)
                if isinstance(answer, _NotDone):
                    await in_time.say(self._chat, click, answer.why, end)
            await ack()

    async def submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A form: mistakes keep it open, another takes its place, or it closes, answered."""
        with self._seconds.labels("form").time():
            form = submission_from(body)
            handler = FORMS.get(form.form)
            foreign = self._is_foreign(body)
            if handler is None or foreign:
                await ack()
                return
            place = form.memory.get("channel") or form.user
            whisper = {"channel": place, "user": form.user, "response_url": None}
            answer: Answer | _NotDone = _NotDone(apologies.CONNECTING)
            if foreign is False:
                answer = await self._answer(
                    form.key, "form", form.user, lambda office: handler(form, office), whisper
                )
            if isinstance(answer, _NotDone) and form.values:
                # The form stays open, with what was typed, below its last field.
                answer = FormErrors({list(form.values)[-1]: answer.why.text})
            if isinstance(answer, FormErrors):
                errors = {form.blocks.get(name, name): it for name, it in answer.errors.items()}
                await ack(response_action="errors", errors=errors)
            elif isinstance(answer, OpenForm):
                await ack(response_action="update", view=answer.view)
            elif isinstance(answer, _NotDone):  # without a field to say it at, on top of the form
                await ack(response_action="push", view=notice(answer.why.text))
            else:
                await ack()

    async def options(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A select that asks for its options."""
        query = options_from(body)
        handler = OPTIONS.get(query.action)
        choices = Choices()
        if handler is not None and self._is_foreign(body) is False:
            read = partial(self._store.read, lambda tx: handler(query, self._office(tx)))
            answer = await self._guarded(read)
            choices = answer if isinstance(answer, Choices) else choices
        await ack(options=choices.options)

    async def _answer(
        self,
        key: str,
        source: str,
        user: str,
        handle: Callable[[Office], Answer],
        whisper: Mapping[str, Any] | None = None,
    ) -> Answer | _NotDone:
        """Handle a request once; with `whisper` its answer leaves through the outbox."""
        if not self._allowance.has(user):
            return _NotDone(apologies.SLOW_DOWN)
        no: Undone | None = None

        def operation(tx: Tx) -> Answer:
            if no is not None:
                answer: Answer = keep(tx, no, key, source, user)
            elif tx.first_time(key, source, user):
                answer = handled(handle, self._office(tx))
            else:
                return apologies.REPEATED
            said = answer.done if isinstance(answer, OpenForm) else answer
            if whisper is not None and isinstance(said, Message):
                tx.post(Post(key=f"answer:{key}", message=said, **whisper))
            return answer

        async def work() -> Answer:
            nonlocal no
            try:
                return await self._store.run(operation)
            except Undone as undone:
                no = undone
                return await self._store.run(operation)

        answer = await self._guarded(work)
        if no is not None:
            self._allowance.take(user)
        self._wake()
        return answer

    async def _guarded(self, work: Callable[[], Awaitable[Answer]]) -> Answer | _NotDone:
        """Do it in the store, again if somebody else was first; whatever breaks is told."""
        try:
            async with asyncio.timeout(STORE_TIMEOUT):
                for _ in range(MOST_TRIES):
                    try:
                        return await work()
                    except Stale:
                        continue
        except TimeoutError:
            log.exception("store_unconfirmed")
            return _NotDone(apologies.late(self._config.commands.deployments))
        except Unreachable as away:
            log.warning("database_unreachable", error=str(away))
            return _NotDone(apologies.AWAY)
        except Exception:  # Bolt would erase the ack; the person gets a reference instead
            reference = secrets.token_hex(4)
            log.exception("handler_broke", reference=reference)
            return _NotDone(apologies.broken(reference))
        return _NotDone(apologies.CROWDED)

    def _office(self, tx: Tx) -> Office:
        return Office(tx=tx, config=self._config, usages=self._usages)

    async def _say_later(
        self, key: str, message: Message, whisper: Mapping[str, Any]
    ) -> Answer | _NotDone:
        def operation(tx: Tx) -> Answer:
            tx.post(Post(key=f"answer:{key}", message=message, **whisper))
            return message

        answer = await self._guarded(lambda: self._store.run(operation))
        self._wake()
        return answer
