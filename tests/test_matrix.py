"""Who may do what, and when: every button and command, by everybody, in every state; whatever is
not listed here is refused, changes nothing, and stands in the audit trail.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from slack_bolt.async_app import AsyncAck
from sqlalchemy import text

from bot import config
from bot.adapters.slack.slack import SlackChat
from bot.adapters.store import SqlStore, open_store, upgrade
from bot.domain.approvals.protection import Mode, Protection
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Dispatch
from bot.domain.deployments.states import TERMINAL, S, State
from bot.domain.people import Actor, Role, Standing
from bot.ports import Tx
from handlers import BUTTONS, COMMANDS, incident_buttons, signatures
from handlers.listening import Listener
from tests.domain.samples import NOON, member
from tests.messages.samples import in_state

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
APPROVERS = {"approver", "second account", "has approved"}
DECIDERS = APPROVERS | {"deployer", "requester", "admin"}
OVER = set(TERMINAL)

ALLOWED: dict[str, tuple[set[str], set[State]]] = {
    "approve": ({"approver"}, {S.AWAITING_APPROVAL}),
    "reject": (APPROVERS, {S.AWAITING_APPROVAL}),
    "reject, the form": (APPROVERS, {S.AWAITING_APPROVAL}),
    "cancel": (
        APPROVERS | {"requester", "admin"},
        {S.REQUESTED, S.CHECKING, S.AWAITING_APPROVAL, S.APPROVED, S.RUNNING},
    ),
    "mark_good": (APPROVERS | {"admin"}, {S.DEGRADED}),
    "close_failed": (DECIDERS, {S.DEGRADED, S.NEEDS_ATTENTION, S.ABORTING}),
    "send_again": (DECIDERS, {S.NEEDS_ATTENTION}),
    "choose_run_0": (DECIDERS, {S.NEEDS_ATTENTION}),
    "choose_run_1": (DECIDERS, {S.NEEDS_ATTENTION}),
    "choose_run_2": (DECIDERS, {S.NEEDS_ATTENTION}),
    "/incident minor it is slow": (MEMBERS, set(State)),
    "a button that nobody made": (set(), set()),
    "/deploy v1.2.1": ({"deployer", "requester"}, OVER),
    "/deployments status s0": (MEMBERS, set(State)),
    "/deployments history": (MEMBERS, set(State)),
    "/deployments show D1": (MEMBERS, set(State)),
    "/deployments why D1": (MEMBERS, set(State)),
    "/deployments locks": (MEMBERS, set(State)),
    "/deployments help": (MEMBERS, set(State)),
}
"""What may be done, by whom, while a deployment is in which states."""

ELSEWHERE = {
    *("roll_back", "carry_out_rollback"),  # test_rollback.py in tests/scenarios
    "retry_targets",  # test_targets.py
    *("stop_waiting", "stop_run"),  # test_stops.py
    "undo_and_roll_back",  # test_undoing.py
    "lift_pin",  # test_pins.py
    "lift_hold",  # test_holds.py
    "undo_rollback",  # test_reversals.py
    "set_eta",  # test_aftercare.py
    *("revert", "hotfix", "findings"),  # test_remedies.py
    "take_watch",  # test_watches.py
    "announce",  # test_maintenance.py
    "home_letters",  # test_home.py
    *("override", *signatures.SIGN_OFFS),  # test_signatures.py
    *("unlock", "unlock_anyway"),  # test_locks.py
    "letters_off",  # test_letters.py
    "replace",  # test_replacing.py
    *("release", "notes"),  # test_releases.py
    *incident_buttons.BUTTONS,  # test_incidents.py
}
"""Buttons that depend on more than the state of a deployment; their own scenarios have them."""

SERVICES = 600
NUMBERS = count(1)


@dataclass
class Desk:
    """The bot between Slack's requests and a real store; nobody else is there."""

    store: SqlStore
    config: config.Config
    chat: SlackChat
    acks: list[Mapping[str, Any]] = field(default_factory=list)

    def listener(self) -> Listener:
        """A new one each time: who is refused often has to wait."""
        return Listener(
            store=self.store,
            config=self.config,
            chat=self.chat,
            wake=lambda: None,
            is_foreign=lambda _: False,
            registry=CollectorRegistry(),
        )

    async def refusals(self) -> int:
        """How many refusals stand in the audit trail, each with its reason."""
        counting = "SELECT count(*) FROM audit WHERE action = 'refused_to' AND detail LIKE '%code%'"
        found = await self.store.read(lambda tx: tx.connection.scalar(text(counting)))  # type: ignore[attr-defined]
        return int(found)

    async def does(self, what: str, who: str, deployment: Deployment) -> None:
        """One request of Slack's, as it comes in."""
        ack: AsyncAck = AsyncAck()  # type: ignore[no-untyped-call]
        user = PEOPLE[who].slack_id
        trigger = f"{next(NUMBERS)}.matrix"
        value = f"{deployment.id}:7001" if "choose" in what else str(deployment.id)
        if what.startswith("/"):
            name, _, text = what.partition(" ")
            line = f"{text} {deployment.service}" if name == "/deploy" else text
            place = {"channel_id": "C0DEPLOY", "trigger_id": trigger}
            await self.listener().command(
                ack, {"command": name, "text": line, "user_id": user, **place}
            )
        elif what == "reject, the form":
            values = {"reason": {"text": {"type": "plain_text_input", "value": "not today"}}}
            memory = f'{{"deployment": {deployment.id}, "channel": "C0DEPLOY"}}'
            view = {"callback_id": "reject", "id": trigger, "hash": trigger}
            shown = view | {"state": {"values": values}, "private_metadata": memory}
            await self.listener().submission(ack, {"view": shown, "user": {"id": user}})
        else:
            button = {"action_id": what, "value": value}
            at = {"channel": {"id": "C0DEPLOY"}, "message": {"ts": "1.0"}}
            pressed = {"actions": [button], "user": {"id": user}, "trigger_id": trigger}
            await self.listener().click(ack, pressed | at)


@dataclass
class _Noon:
    def now(self) -> Any:
        return NOON


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("matrix") / "gonogo.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture
async def desk(migrated: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    shutil.copy(migrated, tmp_path / "gonogo.db")
    store = open_store(f"sqlite:///{tmp_path / 'gonogo.db'}", _Noon())
    known = [(actor, who) for who, actor in PEOPLE.items() if who != "stranger"]
    await store.run(lambda tx: tx.keep_people(known))
    services = "\n".join(f"  s{number}: {{repo: acme/app}}" for number in range(SERVICES))
    chat = SlackChat("xoxb-nobody", api_url="http://127.0.0.1:9/api/")
    yield Desk(store, config.parse(f"services:\n{services}\n"), chat)
    await chat.close()
    await store.close()


def standing(state: State, number: int, *, at_github: bool) -> Deployment:
    """A deployment in that state, in a place of its own, with everything that is known there."""
    found = replace(in_state(state), id=0, service=f"s{number}", run_id=None)
    found = found.with_(approvers=2) if state is S.AWAITING_APPROVAL else found
    if state is S.AWAITING_APPROVAL:
        found = found.with_(approvals=in_state(S.APPROVED).approvals)
    if state is S.NEEDS_ATTENTION:
        sent = Dispatch(before_run_id=1, attempt=1, sent_at=NOON, carries_id=True, guarded=True)
        found = found.with_(dispatch=replace(sent, candidates=(7001,)))
    if at_github:
        if state in (S.AWAITING_APPROVAL, S.APPROVED):
            found = found.with_(run_id=7000 + number)
        held = Protection(mode=Mode.GITHUB_ENVIRONMENT, environments=("production",))
        found = found.with_(protection=held)
    return found


CASES = [(what, False) for what in ALLOWED] + [(what, True) for what in ALLOWED if what[0] != "/"]


@pytest.mark.parametrize(("what", "at_github"), CASES)
async def test_what_is_not_listed_is_refused_and_audited(
    desk: Desk, what: str, at_github: bool
) -> None:
    people, states = ALLOWED[what]
    cases = [*product(State, PEOPLE)]

    def put(tx: Tx) -> list[Deployment]:
        made = (standing(state, n, at_github=at_github) for n, (state, _) in enumerate(cases))
        return [tx.add(one) for one in made]

    wrong = []
    stored = await desk.store.run(put)
    before = 0
    for deployment, (state, who) in zip(stored, cases, strict=True):
        await desk.does(what, who, deployment)
        after = await desk.refusals()
        was_refused, before = after > before, after
        if was_refused is (who in people and state in states):
            wrong.append(f"{who} in {state} was {'refused' if was_refused else 'let'}")
        now = await desk.store.read(lambda tx, i=deployment.id: tx.deployment(i))  # type: ignore[misc]
        if was_refused and now != deployment:
            wrong.append(f"{who} in {state} was refused and changed it")
    assert wrong == []


def test_the_table_has_every_button_and_command() -> None:
    buttons = {what for what in ALLOWED if what in BUTTONS}
    assert buttons | ELSEWHERE == set(BUTTONS)
    assert not buttons & ELSEWHERE
    typed = {what.split()[0].strip("/") for what in ALLOWED if what[0] == "/"}
    assert typed | {"rollback"} == {entry.setting for entry in COMMANDS}
