"""Exchanging: history taken in and given out, all of it or nothing."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.metrics.history import IncidentRecord, Record
from bot.ports import Tx

R = TypeVar("R", Record, IncidentRecord)
Numbered = Sequence[tuple[int, R]]


class Unfit(Exception):
    """History that does not fit itself or what is kept; one sentence for each mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Taken:
    """How much of a file was new, and how much had been there."""

    new: int
    known: int


def take_in(
    tx: Tx,
    deployments: Numbered[Record],
    incidents: Numbered[IncidentRecord],
    wrong: Sequence[tuple[int, str]] = (),
    unread: Set[str] = frozenset(),
) -> Taken:
    """Keep what is new; each record comes with its line. Raises Unfit, and nothing is kept.

    What is there already, the same in every field, is passed over. `wrong` is what was wrong with
    the lines themselves, `unread` the ids of those that could not be read.
    """
    kept, kept_incidents = tx.all_records()
    problems = list(wrong)
    new = _new(deployments, kept, problems)
    new_incidents = _new(incidents, kept_incidents, problems)
    to_come = tx.yet_to_be_records()
    for line, record in deployments:
        if record.id in to_come:
            problems.append((line, f"{record.id} is another deployment here, that is under way"))
    names = {record.id for record in (*kept, *new)} | unread
    incident_names = {incident.id for incident in (*kept_incidents, *new_incidents)} | unread
    for line, record in deployments:
        problems += ((line, why) for why in _dangling(record, names, incident_names))
    for line, incident in incidents:
        if incident.cause is not None and incident.cause not in names:
            problems.append((line, f"there is no deployment {incident.cause} to be its cause"))
    if problems:
        raise Unfit(
            [f"line {line}: {why}" for line, why in sorted(problems, key=lambda one: one[0])]
        )
    taken = Taken(
        new=len(new) + len(new_incidents),
        known=len(deployments) + len(incidents) - len(new) - len(new_incidents),
    )
    if taken.new:
        tx.bring_in(new, new_incidents)
        tx.audit("gonogo", "imported", "history", new=taken.new)
    return taken


def _new(numbered: Numbered[R], kept: Sequence[R], problems: list[tuple[int, str]]) -> list[R]:
    known: dict[str, R] = {record.id: record for record in kept}
    new = []
    for line, record in numbered:
        before = known.setdefault(record.id, record)
        if before is record:
            new.append(record)
        elif before != record:
            problems.append((line, f"{record.id} is known already, with other content"))
    return new


def _dangling(record: Record, names: Set[str], incident_names: Set[str]) -> Iterator[str]:
    if record.rolls_back is not None and record.rolls_back not in names:
        yield f"there is no deployment {record.rolls_back} to roll back"
    if record.for_incident is not None and record.for_incident not in incident_names:
        yield f"there is no incident {record.for_incident}"
    if record.rolls_back == record.id:
        yield "it rolls back itself"
