"""Checklist: the process's own list for a deployment; each item is read, or signed by a person."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.approvals.approvals import is_enough
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import S, State
from bot.domain.deployments.validation import UNREAD, Outcome
from bot.domain.errors import Refusal
from bot.domain.gates import Gate, Level, Verdict
from bot.domain.gates.items import (
    APPROVERS_CHECKS,
    ASKED_ONCE_MORE,
    BACKUP,
    ITEMS,
    READ_AS,
    SIGNABLE,
    Phase,
    title,
)
from bot.domain.gates.signatures import SignOff
from bot.domain.people import Actor, Role, is_same, require


class Mark(StrEnum):
    """How an item stands: read as done, signed by a person, read as not done, nothing known, or not
    called for.
    """

    DONE = "done"
    SIGNED = "signed"
    AGAINST = "against"
    OPEN = "open"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item with its mark, the evidence in words, and who signed it when."""

    item: str
    phase: Phase
    mark: Mark
    text: str = ""
    by: str | None = None
    at: datetime | None = None

    @property
    def takes_name(self) -> bool:
        """Whether a person's name counts: where nothing is known, and for an approver who looked at
        what stands against a deployment; what production says later, no name changes.
        """
        is_against = self.mark is Mark.AGAINST and self.phase is Phase.BEFORE
        return self.mark is Mark.OPEN or is_against


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What came after a deployment that went wrong, in words; empty what there is not."""

    rollback: str = ""
    cause: str = ""
    hotfix: str = ""
    post_mortem: str = ""


TROUBLED = frozenset({S.FAILED, S.DEGRADED, S.NEEDS_ATTENTION})
RAN = frozenset({S.VALIDATING, S.DEGRADED, S.SUCCEEDED})


def is_for(deployment: Deployment) -> bool:
    """Whether the list is for this deployment: a version on its way to production, not back."""
    return deployment.environment == "production" and not deployment.is_way_back


def entries(deployment: Deployment, aftermath: Aftermath | None = None) -> tuple[Entry, ...]:
    """The whole list as it stands; what a person signed counts where nothing was read as done."""
    read = {entry.item: entry for entry in _read(deployment, aftermath or Aftermath())}
    return tuple(_signed(read[item], deployment) for item in ITEMS)


def to_check(deployment: Deployment) -> tuple[Entry, ...]:
    """The approvers' four checks as they stand; none where nobody asks for them."""
    if not is_for(deployment):
        return ()
    found = (_of_gate(item, Phase.BEFORE, deployment, item) for item in APPROVERS_CHECKS)
    return tuple(_signed(entry, deployment) for entry in found)


def asked_of_approver(deployment: Deployment) -> tuple[Entry, ...]:
    """Which of the four have neither evidence nor a name, and the backup where the database
    changes and no recent one was read of. The name of whoever asked for the deployment does not
    count: approvers check.
    """
    lifted = {override.gate for override in deployment.overrides}
    unsettled = (Mark.OPEN, Mark.AGAINST)
    others = tuple(name for name in deployment.sign_offs if not _is_requesters(name, deployment))
    d = deployment.with_(sign_offs=others)
    asked = [e for e in to_check(d) if e.mark in unsettled and e.item not in lifted]
    if is_for(d) and d.migrations and BACKUP not in lifted:
        backup = _signed(_of_gate(BACKUP, Phase.BEFORE, d, BACKUP), d)
        asked += [backup] if backup.mark in unsettled else []
    return tuple(asked)


def _is_requesters(name: SignOff, deployment: Deployment) -> bool:
    requester = (deployment.requested_by, deployment.requested_by_github)
    return is_same((name.by, name.github), requester)


def to_sign(deployment: Deployment) -> tuple[str, ...]:
    """The items that a person could put their name to now."""
    phases = _signed_now(deployment)
    found = [e for e in (*entries(deployment), *_further(deployment)) if e.phase in phases]
    return tuple(e.item for e in found if e.takes_name and e.item not in ASKED_ONCE_MORE)


def _signed_now(deployment: Deployment) -> set[Phase]:
    match deployment.state:
        case State.AWAITING_APPROVAL:
            return {Phase.BEFORE}
        case State.VALIDATING:
            return {Phase.PRODUCTION}
        case State.SUCCEEDED:
            return {Phase.PRODUCTION, Phase.AFTER}
        case state if state in TROUBLED:
            ran = {Phase.PRODUCTION} if deployment.validation else set()
            return ran | {Phase.AFTER, Phase.ISSUES}
        case _:
            return set()


def sign(
    deployment: Deployment, item: str, actor: Actor, now: datetime, note: str = ""
) -> Deployment:
    """The deployment with the item signed. Refuses who may not, and what needs no name."""
    if item not in SIGNABLE and item != BACKUP:
        raise Refusal("no_such_item", "There is no item {item} to sign off.", item=item)
    if item == Gate.QA:
        require(actor, Role.QA, "sign QA off")
    require(actor, Role.DEPLOYER, "sign an item off", *Role)
    waits = deployment.state is State.AWAITING_APPROVAL
    asked = {BACKUP, *(e.item for e in asked_of_approver(deployment))} if waits else set()
    if item not in asked | set(to_sign(deployment)):
        raise Refusal(
            "nothing_to_sign",
            "“{item}” of {name} needs no name (any more).",
            item=title(item),
            name=deployment.name,
        )
    signed = SignOff(item=item, by=actor.slack_id, github=actor.github, at=now, note=note)
    return deployment.with_(sign_offs=(*deployment.sign_offs, signed))


def _signature(deployment: Deployment, item: str) -> SignOff | None:
    names = (item, ASKED_ONCE_MORE.get(item))
    return next((s for s in reversed(deployment.sign_offs) if s.item in names), None)


def _signed(entry: Entry, deployment: Deployment) -> Entry:
    name = _signature(deployment, entry.item)
    if name is None or not entry.takes_name:
        return entry
    text = name.note or entry.text
    return Entry(
        item=entry.item, phase=entry.phase, mark=Mark.SIGNED, text=text, by=name.by, at=name.at
    )


def _further(d: Deployment) -> Iterator[Entry]:
    """What is asked before a deployment, and stands on neither of the process's lists."""
    for gate in (Gate.QA, Gate.WATCH, Gate.ON_CALL):
        found = _of_gate(gate, Phase.BEFORE, d, gate)
        if found.mark is not Mark.NOT_NEEDED:
            yield _signed(found, d)


def _read(d: Deployment, after: Aftermath) -> Iterator[Entry]:
    before = (item for item, (phase, _) in ITEMS.items() if phase is Phase.BEFORE)
    for item in before:
        if item == "team":
            has_card = d.state is not State.REFUSED and not d.adopted
            yield _entry(item, has_card, "the card in the channel")
        else:
            yield _of_gate(item, Phase.BEFORE, d, *_gates_of(item))
    yield from _during(d)
    yield from (_in_production(item, d) for item in _production())
    yield from _after(d)
    yield from _issues(d, after)


def _gates_of(item: str) -> tuple[str, ...]:
    return (Gate.MERGED, Gate.REVIEWED) if item == Gate.REVIEWED else (item,)


def _verdict(d: Deployment, gate: str) -> Verdict | None:
    return next((v for v in d.verdicts if v.gate == gate), None)


def _of_gate(item: str, phase: Phase, d: Deployment, *gates: str) -> Entry:
    """An item whose evidence are verdicts; it is done when all of them passed."""
    found = [v for v in (_verdict(d, gate) for gate in gates) if v is not None]
    levels = {verdict.level for verdict in found}
    if not found or levels == {Level.NOT_SET_UP}:
        mark = Mark.OPEN
    else:
        mark = Mark.DONE if levels == {Level.PASS} else Mark.AGAINST
    if item == Gate.QA and mark is Mark.OPEN:
        mark = Mark.NOT_NEEDED
    worst = [v for v in found if v.level is not Level.PASS] or found
    text = "; ".join(verdict.text for verdict in worst)
    return Entry(item=item, phase=phase, mark=mark, text=text)


def _entry(item: str, done: bool, text: str, against: bool = False) -> Entry:
    mark = Mark.DONE if done else Mark.AGAINST if against else Mark.OPEN
    return Entry(item=item, phase=ITEMS[item][0], mark=mark, text=text if done or against else "")


def _during(d: Deployment) -> Iterator[Entry]:
    yield _entry("tag", d.binding is not None, f"{d.version} is {d.short_sha}")
    yield _entry("triggered", d.run_id is not None, f"run {d.run_id}")
    last = d.approvals[-1] if d.approvals else None
    approved = _entry("approval", last is not None and is_enough(d), "")
    yield replace(
        approved, by=last.who if last and last.who else None, at=last.at if last else None
    )
    went_well = d.run_id is not None and (d.state in RAN or d.validation is not None)
    ended_badly = d.state is State.FAILED and d.run_id is not None
    why = "the run ended well" if went_well or d.ending is None else d.ending.text
    yield _entry("completed", went_well, why, against=ended_badly)
    yield _of_reading("health", d, "health")


def _production() -> Iterator[str]:
    return (item for item, (phase, _) in ITEMS.items() if phase is Phase.PRODUCTION)


def _in_production(item: str, d: Deployment) -> Entry:
    """An item of production's validation; of several readings about it the worst one counts."""
    what = READ_AS.get(item, item)
    every = d.validation.readings if d.validation else ()
    found = [r for r in every if r.what == what or item in r.proves]
    bad = [r for r in found if r.outcome in (Outcome.BAD, Outcome.DEGRADED)]
    unread = [r for r in found if r.outcome in UNREAD]
    mark = Mark.AGAINST if bad else Mark.DONE if found and not unread else Mark.OPEN
    text = "; ".join(reading.text for reading in bad or unread or found)
    return Entry(item=item, phase=Phase.PRODUCTION, mark=mark, text=text)


def _after(d: Deployment) -> Iterator[Entry]:
    good = d.state is State.SUCCEEDED
    by = d.ending.by if good and d.ending else None
    was_judged = good and (by is not None or d.validation is not None)
    is_bad = d.state is State.DEGRADED
    validated = _entry("validated", was_judged, "validation passed", against=is_bad)
    text = "marked good" if by else validated.text
    yield Entry(item="validated", phase=Phase.AFTER, mark=validated.mark, text=text, by=by)
    errors = d.validation.errors if d.validation else None
    yield _of_reading("logs", d, errors.what if errors else "logs")
    yield _of_reading("performance", d, "response_times")
    yield _of_reading("uptime", d, "uptime_kuma")
    yield _entry("success", good and not d.adopted, "the ✅ message in the channel")
    yield _entry("documented", d.is_terminal, f"{d.name} is kept")


def _of_reading(item: str, d: Deployment, what: str) -> Entry:
    reading = d.validation.reading(what) if d.validation else None
    if reading is None:
        return _entry(item, False, "")
    is_bad = reading.outcome in (Outcome.BAD, Outcome.DEGRADED)
    return _entry(item, reading.outcome is Outcome.OK, reading.text, against=is_bad)


def _issues(d: Deployment, after: Aftermath) -> Iterator[Entry]:
    said = d.ending.text if d.ending and d.state is State.FAILED else d.notice
    found = {
        "issue": said,
        "rollback": after.rollback,
        "cause": after.cause,
        "hotfix": after.hotfix,
        "post_mortem": after.post_mortem,
    }
    is_needed = d.state in TROUBLED or any((after.rollback, after.cause, after.post_mortem))
    for item, text in found.items():
        if is_needed:
            yield _entry(item, bool(text), text)
        else:
            yield Entry(item=item, phase=Phase.ISSUES, mark=Mark.NOT_NEEDED)
