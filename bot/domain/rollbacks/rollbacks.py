"""Rollbacks: who may go back, to what, for which reasons, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.steps import is_unsent
from bot.domain.errors import Refusal
from bot.domain.metrics.history import Record, Result
from bot.domain.people import Actor, Role, require
from bot.domain.rollbacks.rollback_target import Choice, Refused, blamed, taint

MAY_ROLL_BACK = (Role.DEPLOYER, Role.APPROVER, Role.LEAD, Role.ADMIN)
"""Any one of these suffices, alone: a rollback waits for nobody."""


class Reason(StrEnum):
    """The five reasons of the team's process."""

    FUNCTIONALITY = "Critical functionality broken"
    ERROR_RATE = "Significant increase in error rates"
    PERFORMANCE = "Performance degradation impacting users"
    SECURITY = "Security vulnerability introduced"
    DATA = "Data integrity issues"


class Way(Enum):
    """What becomes of the deployment that holds the slot when a rollback is asked for."""

    FREE = auto()
    SUPERSEDE = auto()
    CLOSE = auto()
    ABORT = auto()
    LOOK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One version of the past; `why_not` is empty when it is fit to go back to."""

    version: str
    record: Record
    why_not: str = ""

    @property
    def is_older_than_us(self) -> bool:
        """Whether only a run of that time tells of it, before gonogo was set up."""
        return self.record.id.startswith("run ")


def may_roll_back(actor: Actor) -> None:
    """Refuse unless the actor may roll back."""
    require(actor, Role.DEPLOYER, "roll back", *MAY_ROLL_BACK)


def way(holder: Deployment | None) -> Way:
    """A rollback pushes aside what only waits, closes what is degraded, stops what runs or was
    sent, and never runs beside something that is changing the environment. What cannot be stopped
    has to be looked at by a person, a rollback that is under way as well.
    """
    if holder is None:
        return Way.FREE
    match holder.state:
        case State.DEGRADED:
            return Way.CLOSE
        case State.RUNNING | State.VALIDATING if holder.kind is not Kind.ROLLBACK:
            return Way.ABORT
        case State.UNKNOWN if is_unsent(holder) and holder.rescue is None:
            return Way.SUPERSEDE
        case State.DISPATCHING | State.UNKNOWN if holder.kind is not Kind.ROLLBACK:
            return Way.ABORT if holder.rescue is None else Way.LOOK
        case State.REQUESTED | State.CHECKING | State.AWAITING_APPROVAL:
            return Way.SUPERSEDE if holder.run_id is None else Way.ABORT
        case State.APPROVED if holder.kind is not Kind.ROLLBACK:
            return Way.SUPERSEDE if holder.run_id is None else Way.ABORT
        case _:
            return Way.LOOK


def earlier(history: Sequence[Record], choice: Choice) -> tuple[Earlier, ...]:
    """Every version of the history, the newest first, with why not where it is not fit."""
    tainted = taint(history)
    ran_well = {record.version for record in history if record.result is Result.SUCCESS}
    marked = {record.version for record in history if record.bad}
    carrying = blamed(history)
    found: dict[str, Earlier] = {}
    for record in reversed(history):
        version = record.version
        if version in found:
            continue
        why_not = ""
        if version == choice.live and not choice.restores_live:
            why_not = "live now"
        elif version not in ran_well:
            why_not = "never ran well here"
        elif version in marked:
            why_not = "marked bad"
        elif version in carrying:
            why_not = f"has the cause of {carrying[version]}"
        elif version in tainted and version != choice.live:
            why_not = "left by a rollback"
        newest = next((r for r in reversed(history) if r.version == version and r.live_at), record)
        found[version] = Earlier(version=version, record=newest, why_not=why_not)
    return tuple(found.values())


def was_live(history: Sequence[Record], version: str) -> bool:
    """Whether the environment ever ran it, well or not."""
    of_it = (record for record in history if record.version == version)
    return any(one.live_at is not None or one.result is Result.SUCCESS for one in of_it)


def target_of(choice: Choice, wanted: str | None, known: Sequence[Earlier], *, force: bool) -> str:
    """The version to go to: the one that was named, else the choice. Refuses what is not fit."""
    if wanted is None:
        if choice.target is None:
            raise no_target(choice)
        return choice.target
    found = next((one for one in known if one.version == wanted), None)
    why_not = found.why_not if found else "never deployed here"
    if not why_not or (force and why_not != "live now"):
        return wanted
    fit = ", ".join(one.version for one in known if not one.why_not) or "none"
    insist = (
        ""
        if why_not == "live now"
        else (" To insist, add force: a second person then has to approve it.")
    )
    raise Refusal(
        "not_known_good",
        "I do not go back to {version}: {why_not}. Known to be good: {fit}." + insist,
        version=wanted,
        why_not=why_not,
        fit=fit,
    )


def no_target(choice: Choice) -> Refusal:
    """Why there is nothing to go back to, and what to do."""
    if choice.refuse is Refused.NOTHING_LIVE:
        return Refusal(
            Refused.NOTHING_LIVE,
            "I know of nothing that ever ran well here, so there is nothing to go back to. "
            "Name a version as well and add force: … to v1.2.0 force because …",
        )
    return Refusal(
        Refused.NO_KNOWN_GOOD,
        "{live} is live, and I know no earlier version that is good: each one failed, was left by "
        "a rollback, has the cause of an open incident or is marked bad. Name one as well and add "
        "force: … to v1.2.0 force because …",
        live=choice.live,
    )
