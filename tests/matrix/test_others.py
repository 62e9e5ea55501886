"""Who may do what that is about no deployment's state: locks, drafts, letters, incidents, and every
other command; and that the matrix has a row for every button and command that there is.
"""

from collections.abc import Callable
from itertools import product

import pytest

from bot.domain.closures.locks import Lock, LockKind
from bot.domain.grammar import REPORTS
from bot.domain.incidents.incidents import Incident, Postmortem
from bot.domain.incidents.incidents import State as Phase
from bot.domain.metrics.history import CauseState
from bot.domain.releases.release_drafts import ReleaseDraft, ReleaseDraftState
from bot.ports import Tx
from handlers import BUTTONS, COMMANDS, incident_buttons, signatures
from handlers.deployments import ACTS
from tests.domain.samples import NOON, an_incident
from tests.matrix.desk import (
    APPROVERS,
    DECIDERS,
    DEPLOYERS,
    GO_BACK,
    MEMBERS,
    PEOPLE,
    WITH_A_ROLE,
    Case,
    Desk,
)
from tests.matrix.test_deployments import ALLOWED, PREPARED, ran_well
from tests.messages.samples import in_state

May = dict[str, set[str]]
"""Who may, by how it stands."""


async def table(
    desk: Desk,
    what: str,
    may: May,
    stands: tuple[str, ...],
    put: Callable[[Tx, str, int], tuple[str, Callable[[Tx], object]]],
) -> list[str]:
    """Everybody, however it stands; each finds it untouched."""

    def cases(tx: Tx) -> list[Case]:
        made = []
        for number, (how, who) in enumerate(product(stands, PEOPLE)):
            value, look = put(tx, how, number)
            made.append(Case(what, who, value, look, who in may.get(how, set()), how))
        return made

    return await desk.wrong(await desk.store.run(cases))


# Locks: of a person without a role, of an incident, of a rollback, and one that is open.

LOCKS: dict[str, May] = {
    "unlock": {"person": DECIDERS | {"nobody"}, "hold": DECIDERS},
    "unlock_anyway": {"person": DECIDERS | {"nobody"}, "hold": DECIDERS},
    "lift_hold": {"hold": APPROVERS | {"admin"}},
}


@pytest.mark.parametrize("what", LOCKS)
async def test_locks(desk: Desk, what: str) -> None:
    def put(tx: Tx, how: str, number: int) -> tuple[str, Callable[[Tx], object]]:
        is_open = how == "opened"
        kind = LockKind.PERSON if is_open else LockKind(how)
        lock = Lock(
            kind=kind,
            subject="" if kind is LockKind.PERSON else "INC-7",
            service=f"s{number}",
            owner=PEOPLE["nobody"].slack_id if kind is LockKind.PERSON else "",
            reason="maintenance",
            set_at=NOON,
        )
        stored = tx.add_lock(lock)
        stored = tx.save_lock(stored, stored.opened(NOON, "")) if is_open else stored
        return str(stored.id), lambda tx: tx.lock(stored.id)

    stands = (*map(str, LockKind), "opened")
    assert await table(desk, what, LOCKS[what], stands, put) == []


async def test_the_form_of_a_release(desk: Desk) -> None:
    def put(tx: Tx, how: str, number: int) -> tuple[str, Callable[[Tx], object]]:
        draft = ReleaseDraft(
            state=ReleaseDraftState(how),
            service=f"s{number}",
            environment="production",
            repo="acme/app",
            version="v1.3.0",
            asked_by="U0ANA",
            asked_at=NOON,
        )
        stored = tx.add_release_draft(draft)
        return str(stored.id), lambda tx: tx.release_draft(stored.id)

    stands = tuple(map(str, ReleaseDraftState))
    assert await table(desk, "release", {"ready": DEPLOYERS}, stands, put) == []


LETTERS = ("home_letters", "letters_off")


@pytest.mark.parametrize("what", LETTERS)
async def test_letters(desk: Desk, what: str) -> None:
    def put(tx: Tx, how: str, number: int) -> tuple[str, Callable[[Tx], object]]:
        return "on", lambda tx: None

    assert await table(desk, what, {"": MEMBERS}, ("",), put) == []


# Incidents, each with a suspect, and a post-mortem once it is over.

UNRESTORED = {"investigating", "identified", "monitoring"}
OPEN = UNRESTORED | {"restored"}
NOT_CLOSED = OPEN | {"resolved"}


def of(people: set[str], states: set[str]) -> May:
    return dict.fromkeys(states, people)


INCIDENTS: dict[str, May] = {
    "incident_update": of(MEMBERS, OPEN),
    "incident_restored": of(WITH_A_ROLE, UNRESTORED),
    "incident_resolve": of(WITH_A_ROLE, OPEN),
    "incident_snooze": of(MEMBERS, OPEN),
    "incident_lead": of(MEMBERS, set(Phase)),
    "incident_edit": of(MEMBERS, NOT_CLOSED),
    "incident_roll_back": of(GO_BACK, OPEN),
    "incident_published": of(WITH_A_ROLE, {"resolved"}),
    "incident_confirm": of(WITH_A_ROLE, NOT_CLOSED),
    "incident_not_this": of(WITH_A_ROLE, NOT_CLOSED),
    "incident_refute": of(WITH_A_ROLE, NOT_CLOSED),
    "incident_reopen": of(MEMBERS, NOT_CLOSED - {"investigating"}),
    "incident_close": of(MEMBERS, NOT_CLOSED),
    "incident_publish": of(WITH_A_ROLE, OPEN),
    "incident_playbook": of(set(PEOPLE), set(Phase)),
}
"""What opens a form is for every member, and judged once more when that is sent."""


@pytest.mark.parametrize("what", INCIDENTS)
async def test_incidents(desk: Desk, what: str) -> None:
    judges = ("confirm", "not_this", "refute")

    def put(tx: Tx, how: str, number: int) -> tuple[str, Callable[[Tx], object]]:
        service = f"s{number}"
        for version, hours in (("v1.1.0", 6), ("v1.2.0", 5)):
            last = tx.add(ran_well(in_state("succeeded", service=service), version, hours=hours))  # type: ignore[arg-type]
        facts = {"cause": last.name, "cause_state": CauseState.SUSPECTED}
        over = {"postmortem": Postmortem()} if how in ("resolved", "closed") else {}
        made: Incident = an_incident(id=0, revision=0, service=service, state=Phase(how), **facts)
        stored = tx.add_incident(made.with_(**over))
        value = str(stored.id)
        if what.removeprefix("incident_") in judges:
            value += f":{last.name}"
        return value, lambda tx: tx.incident(stored.id)

    assert await table(desk, what, INCIDENTS[what], tuple(map(str, Phase)), put) == []


# Commands that are about no deployment.

TYPED: dict[str, set[str]] = {
    "/deployments lock s0 for 1h because of maintenance": {"deployer"},
    "/deployments unlock L99": set(),
    "/deployments freeze sale from 2030-01-01 to 2030-01-02": {"admin"},
    "/deployments notify on": MEMBERS,
    "/deployments notes v1.2.1 s0": DEPLOYERS,
    "/deployments metrics s0": MEMBERS,
    "/deployments audit": APPROVERS | {"admin"},
    "/deployments validate s0": set(),
    "/incident list": MEMBERS,
    "/incident playbook": set(PEOPLE),
    "/incident update INC-1 it is better": MEMBERS,
    "/incident drill s0 outage nobody is served": MEMBERS,
}
"""Who may. L99 is no lock and nobody knows what runs on staging; a lock that stands is another's to
everybody but the first."""


@pytest.mark.parametrize("what", TYPED)
async def test_commands(desk: Desk, what: str) -> None:
    await desk.store.run(lambda tx: tx.add_incident(an_incident(id=0, revision=0, service="s1")))

    def put(tx: Tx, how: str, number: int) -> tuple[str, Callable[[Tx], object]]:
        return "", lambda tx: [(one.id, one.owner) for one in tx.locks()]

    assert await table(desk, what, {"": TYPED[what]}, ("",), put) == []


def test_every_button_has_its_row() -> None:
    rows = [*ALLOWED, *PREPARED, *signatures.SIGN_OFFS, *LOCKS, "release", *LETTERS, *INCIDENTS]
    buttons = [what for what in rows if what in BUTTONS]
    assert sorted(buttons) == sorted(BUTTONS)
    assert set(INCIDENTS) == {*incident_buttons.BUTTONS, "incident_publish"}


def test_every_command_has_its_row() -> None:
    typed = [what[1:].split() for what in (*ALLOWED, *PREPARED, *TYPED) if what[0] == "/"]
    assert {words[0] for words in typed} == {entry.setting for entry in COMMANDS}
    reports = {words[1] for words in typed if words[0] == "deployments"}
    assert reports == {*ACTS, *REPORTS, "history"}
    assert {"minor", "list", "update", "drill", "playbook"} == {
        w[1] for w in typed if w[0] == "incident"
    }
