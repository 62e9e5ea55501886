"""Rollback target: which version a rollback goes to when nobody names one.

The rules are those of the design (§17.3, §17.4): known-good is what succeeded, is not tainted and
is not live; what failed half-way is answered by installing again what was live. What carries the
cause of an open incident is not gone back to either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import Record, Result


class Refused(StrEnum):
    """Why there is no target."""

    IN_PROGRESS = "in_progress"
    NOTHING_LIVE = "nothing_live"
    NO_KNOWN_GOOD = "no_known_good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a rollback would do: `live` is the version to leave, `target` the one to go to, None
    when `refuse` says why. `restores_live`: a half-failed change is answered by the live version.
    `takes_back` is the record that a rollback would undo: the half-failed one, else the one that
    made `live` live.
    """

    live: str | None
    target: str | None = None
    refuse: Refused | None = None
    tainted: tuple[str, ...] = ()
    restores_live: bool = False
    takes_back: str | None = None


_HALF_WAY = frozenset({Result.FAILURE, Result.ABORTED})
"""Ends that may leave the environment half changed; the others changed nothing there."""


def choose(history: Sequence[Record]) -> Choice:
    """The target after the history of one service and environment, oldest first."""
    good = [record for record in history if record.result is Result.SUCCESS]
    live = good[-1].version if good else None
    tainted = taint(history)
    takes_back = good[-1].id if good else None
    known = Choice(live=live, tainted=tuple(sorted(tainted)), takes_back=takes_back)
    if any(record.result is None for record in history):
        return replace(known, refuse=Refused.IN_PROGRESS)
    if live is None:
        return replace(known, refuse=Refused.NOTHING_LIVE)
    others = (r.version for r in reversed(good) if r.version)  # not one that nobody could name
    below = [version for version in others if version != live and version not in tainted]
    half = _half_way(history)
    if half is not None and _goes_back_to_live(half, live) and live not in blamed(history):
        return replace(known, target=live, restores_live=True, takes_back=half.id)
    if half is not None and half.kind is Kind.ROLLBACK and half.version in below:
        return replace(known, target=half.version)
    if not below:
        return replace(known, refuse=Refused.NO_KNOWN_GOOD)
    return replace(known, target=below[0])


def taint(history: Sequence[Record]) -> frozenset[str]:
    """The versions that nobody should go back to: left by a rollback and not deployed well since,
    marked bad by a person, or with the cause of an open incident.
    """
    left: set[str] = set()
    live: str | None = None
    for record in history:
        if record.result is not Result.SUCCESS:
            continue
        if record.kind is not Kind.ROLLBACK:
            left.discard(record.version)
        elif live is not None and live != record.version:
            left.add(live)
        live = record.version
    marked = {record.version for record in history if record.bad}
    return frozenset(left | marked | blamed(history).keys())


def blamed(history: Sequence[Record]) -> Mapping[str, str]:
    """The versions that carry the cause of an open incident, each with the incident's name."""
    return {
        carrier.version: record.blamed
        for record in history
        if record.blamed
        for carrier in carriers(history, record.id, record.blamed)
    }


def carriers(history: Sequence[Record], cause: str, incident: str = "") -> tuple[Record, ...]:
    """What runs the change that this record brought: itself and what was deployed on top of it,
    until production ran again what it had run before, or the hotfix of that incident.
    """
    place = next((place for place, one in enumerate(history) if one.id == cause), len(history))
    before = {one.version for one in history[:place] if one.result is Result.SUCCESS}
    found = list(history[place : place + 1])
    for record in history[place + 1 :]:
        goes_below = record.version in before or record.kind is Kind.ROLLBACK
        goes_below = goes_below and record.version not in {one.version for one in found}
        mends = incident != "" and record.for_incident == incident
        if record.result is Result.SUCCESS and (goes_below or mends):
            break
        if record.result is Result.SUCCESS or (record.result in _HALF_WAY and not goes_below):
            found.append(record)
    return tuple(found)


def taken_back_by(history: Sequence[Record], cause: str, live: str | None) -> bool:
    """Whether `live` runs because a rollback went back below this record."""
    runs_it = carriers(history, cause)
    left = {record.id for record in runs_it}
    return live not in {record.version for record in runs_it} and any(
        one.rolls_back in left and one.version == live
        for one in history
        if one.kind is Kind.ROLLBACK and one.result is Result.SUCCESS
    )


def _half_way(history: Sequence[Record]) -> Record | None:
    """The newest change since the last success that stopped half-way; what was merely cancelled
    or refused is passed over.
    """
    for record in reversed(history):
        if record.result is Result.SUCCESS:
            return None
        if record.result in _HALF_WAY:
            return record
    return None


def _goes_back_to_live(half: Record, live: str) -> bool:
    """An ordinary change away from live, or a restore of it, that failed."""
    return (half.version == live) is (half.kind is Kind.ROLLBACK)
