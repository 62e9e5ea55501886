"""The desk of the matrix: everybody who may press something, and the bot between Slack's requests
and a real store.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from prometheus_client import CollectorRegistry
from slack_bolt.async_app import AsyncAck
from sqlalchemy import text

from bot import config
from bot.adapters.slack.slack import SlackChat
from bot.adapters.store import SqlStore
from bot.domain.people import Actor, Role, Standing
from bot.ports import Tx
from handlers.listening import Listener
from tests.domain.samples import member

EVERY_ROLE = frozenset(Role)
PEOPLE = {
    "nobody": member("U0NOBODY"),
    "deployer": member("U0DEP", Role.DEPLOYER),
    "approver": member("U0APP", Role.APPROVER),
    "lead": member("U0LEAD", Role.LEAD),
    "qa": member("U0QA", Role.QA),
    "admin": member("U0ADMIN", Role.ADMIN),
    "requester": member("U0ANA", Role.DEPLOYER, github="ana-acme"),
    "second account": member("U0ANA2", Role.APPROVER, github="Ana-acme"),
    "has approved": member("U0BO", Role.APPROVER),
    "guest": Actor(slack_id="U0EVE", standing=Standing.GUEST, roles=EVERY_ROLE),
    "bot": Actor(slack_id="U0OTHER", standing=Standing.BOT, roles=EVERY_ROLE),
    "deactivated": Actor(slack_id="U0GONE", standing=Standing.DEACTIVATED, roles=EVERY_ROLE),
    "stranger": Actor(slack_id="U0NEW"),
}
MEMBERS = {who for who, actor in PEOPLE.items() if actor.standing is Standing.MEMBER}
WITH_A_ROLE = MEMBERS - {"nobody"}
APPROVERS = {"approver", "second account", "has approved"}
DEPLOYERS = {"deployer", "requester"}
DECIDERS = APPROVERS | DEPLOYERS | {"admin"}
GO_BACK = DECIDERS | {"lead"}

SERVICES = 600
NUMBERS = count(1)
CONFIG = config.parse(
    "status_page: {kind: uptime_kuma, page: acme}\nservices:\n"
    + "".join(
        f"  s{number}: {{repo: acme/app, environments: {{production: {{}}, staging: {{}}}}}}\n"
        for number in range(SERVICES)
    )
)


@dataclass(frozen=True)
class Case:
    """Something that a person does: what it is about, and how that is read again."""

    what: str
    who: str
    value: str
    look: Callable[[Tx], object]
    is_allowed: bool
    about: str = ""


@dataclass
class Desk:
    """The bot between Slack's requests and a real store; nobody else is there."""

    store: SqlStore
    chat: SlackChat
    acks: list[Mapping[str, Any]] = field(default_factory=list)

    def listener(self) -> Listener:
        """A new one each time: who is refused often has to wait."""
        return Listener(
            store=self.store,
            config=CONFIG,
            chat=self.chat,
            wake=lambda: None,
            is_foreign=lambda _: False,
            registry=CollectorRegistry(),
        )

    async def looks(self, look: Callable[[Tx], object]) -> tuple[int, object]:
        """How many refusals stand in the audit trail, each with its reason; and what it sees."""
        counting = "SELECT count(*) FROM audit WHERE action = 'refused_to' AND detail LIKE '%code%'"

        def both(tx: Tx) -> tuple[int, object]:
            return int(tx.connection.scalar(text(counting))), look(tx)  # type: ignore[attr-defined]

        return await self.store.read(both)

    async def does(self, what: str, who: str, value: str) -> None:
        """One request of Slack's, as it comes in; what is typed says its subject itself."""
        ack: AsyncAck = AsyncAck()  # type: ignore[no-untyped-call]
        user = PEOPLE[who].slack_id
        trigger = f"{next(NUMBERS)}.matrix"
        if what.startswith("/"):
            name, _, rest = what.partition(" ")
            place = {"channel_id": "C0DEPLOY", "trigger_id": trigger}
            line = f"{rest} {value}".strip()
            await self.listener().command(
                ack, {"command": name, "text": line, "user_id": user, **place}
            )
        elif what == "reject, the form":
            values = {"reason": {"text": {"type": "plain_text_input", "value": "not today"}}}
            memory = f'{{"deployment": {value}, "channel": "C0DEPLOY"}}'
            view = {"callback_id": "reject", "id": trigger, "hash": trigger}
            shown = view | {"state": {"values": values}, "private_metadata": memory}
            await self.listener().submission(ack, {"view": shown, "user": {"id": user}})
        else:
            button = {"action_id": what, "value": value}
            at = {"channel": {"id": "C0DEPLOY"}, "message": {"ts": "1.0"}}
            pressed = {"actions": [button], "user": {"id": user}, "trigger_id": trigger}
            await self.listener().click(ack, pressed | at)

    async def wrong(self, cases: Iterable[Case]) -> list[str]:
        """Who was let and should not have been, or the other way round; and what a refusal left."""
        found = []
        for case in cases:
            refused, before = await self.looks(case.look)
            await self.does(case.what, case.who, case.value)
            refused_now, after = await self.looks(case.look)
            was_refused = refused_now > refused
            if was_refused is case.is_allowed:
                deed = "refused" if was_refused else "let"
                found.append(f"{case.who} was {deed}: {case.what} {case.about}".rstrip())
            if was_refused and after != before:
                found.append(f"{case.who} was refused and changed it: {case.what} {case.about}")
        return found
