"""Detection: what a monitor reports by itself, and what that means for the open incidents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from bot.domain.incidents.incidents import UNRESTORED, Incident, Severity, State
from bot.domain.metrics.history import Closure

KUMA = "Uptime Kuma"

FLAPPING = timedelta(minutes=10)
"""DOWN so soon after UP, or after Restored, is still the same outage."""

JUDGED = timedelta(days=1)
"""So long what people closed as nothing to be restored is not opened anew by what its monitor
repeats. No longer: it may have been up and down again while nobody listened.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a monitor saw: the same report has the same monitor, status and time. `repeats` says
    that it goes on, and was reported before; `heard_at` is when the bot was told.
    """

    monitor: str
    name: str
    status: Literal["down", "up"]
    text: str
    at: datetime
    repeats: bool = False
    heard_at: datetime | None = None

    @property
    def source(self) -> str:
        """What an open incident is known by that this monitor reported."""
        return f"kuma:{self.monitor}"

    @property
    def key(self) -> str:
        """What this very report is known by."""
        return f"{self.source}:{self.status}:{self.at.isoformat()}"


class Means(StrEnum):
    """What a report does to the incident that it is about."""

    NOTHING = "nothing"
    OPENS = "opens"  # a new one
    JOINS = "joins"  # a person has opened it before; from now on the monitor's reports are its own
    COUNTS = "counts"  # a number on its message
    IS_MILD = "is mild"  # the same, and people judged it milder than the monitor would
    RINGS = "rings"  # it was up, and nobody said restored: people are woken again
    REOPENS = "reopens"  # it was said to be restored: the same again
    IS_LATE = "is late"  # seen before the end of what it reports
    IS_JUDGED = "is judged"  # repeated of what people closed as nothing to be restored
    PROPOSES = "proposes"  # the monitor is well; whether users are served, people judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a report means. `incident` is what it is about; of one that it opens, the restored one
    of the same monitor, if there is one. `others` are open about the same service. `is_up` is what
    ended while its monitor was down: from now on DOWN is about something else.
    """

    means: Means
    incident: Incident | None = None
    others: tuple[Incident, ...] = ()
    is_up: Incident | None = None


def meaning(
    beat: Beat,
    known: Sequence[Incident],
    bad: Severity,
    changed_at: datetime | None,
    over: Incident | None = None,
    original: Incident | None = None,
) -> Meaning:
    """What a report means, where these incidents of its service are open, and `over` is the one of
    its monitor that ended last, if it is resolved or closed, and `original` what people said that
    this is a duplicate of. `bad` is the severity of what a monitor opens, `changed_at` when
    something new went live last.
    """
    ours, was_ours = going_on(known, beat.source), _restored(known, beat.source)
    about = ours or was_ours
    if beat.status == "up":
        means = Means.PROPOSES if about else Means.NOTHING
        is_up = over if ours is None and over is not None and _is_first_up(over, beat) else None
        return Meaning(means=means, incident=about, is_up=is_up)
    if ours is not None:
        means = _while_it_goes_on(ours, beat, bad)
        return Meaning(means=means, incident=ours, others=_beside(known, ours))
    ended = (one for one in (was_ours, over) if one is not None)
    if late := next((one for one in ended if _is_older(beat, one)), None):
        return Meaning(means=Means.IS_LATE, incident=late)
    as_bad = (one for one in known if _is_as_bad(one, bad))
    if persons := next((one for one in as_bad if not one.source), None):
        return Meaning(means=Means.JOINS, incident=persons)
    if over is not None and _is_judged(over, beat, was_ours, original):
        others = () if original is None else (original,)
        return Meaning(means=Means.IS_JUDGED, incident=over, others=others)
    is_same = was_ours is not None and _is_the_same(was_ours, beat, changed_at)
    means = Means.REOPENS if is_same else Means.OPENS
    return Meaning(means=means, incident=was_ours, others=_beside(known, was_ours))


def going_on(known: Iterable[Incident], source: str) -> Incident | None:
    """The one that a monitor's reports belong to while users are not served; there is one at most,
    whoever opens or reopens it.
    """
    found = (one for one in known if source and one.source == source)
    return next((one for one in found if one.state in UNRESTORED), None)


def _restored(known: Sequence[Incident], source: str) -> Incident | None:
    found = [one for one in known if one.source == source and one.state is State.RESTORED]
    return max(found, key=_end, default=None)


def _end(incident: Incident) -> datetime:
    return incident.restored_at or incident.closed_at or incident.declared_at


def _is_older(beat: Beat, ended: Incident) -> bool:
    """Whether it was seen before the end of what it reports. What was seen after UP is news: people
    said Restored because of that UP, and it broke again meanwhile. So is it where the end is still
    to come: our clock was set back since.
    """
    end = _end(ended)
    is_news = ended.up_at is not None and beat.at > ended.up_at
    is_to_come = beat.heard_at is not None and end > beat.heard_at
    return beat.at <= end and not (is_news or is_to_come)


def _is_first_up(over: Incident, beat: Beat) -> bool:
    """Whether its monitor was not known to be up since it broke. Of what was closed as resolved
    that goes without saying. What broke at a time that is still to come did so before our clock was
    set back.
    """
    is_settled = over.state is State.CLOSED and over.closure is Closure.RESOLVED
    if over.up_at is not None or is_settled:
        return False
    is_to_come = beat.heard_at is not None and over.broke_at > beat.heard_at
    return beat.at > over.broke_at or is_to_come


def _is_judged(
    over: Incident, beat: Beat, was_ours: Incident | None, original: Incident | None
) -> bool:
    """Whether it is no more than what people have closed already: a false alarm, another's, or a
    duplicate while what they said it is one of goes on. It is more where its monitor had an outage
    since then that people have restored.
    """
    if over.closed_at is None or over.closure is Closure.RESOLVED:
        return False
    if over.up_at is not None and beat.at > over.up_at:
        return False
    was_real_since = was_ours is not None and _end(was_ours) > _end(over)
    goes_on = original is not None and original.state in UNRESTORED
    is_all_left = over.closure is Closure.DUPLICATE and not goes_on
    if was_real_since or is_all_left:
        return False
    return beat.repeats and beat.at - over.closed_at <= JUDGED


def _while_it_goes_on(ours: Incident, beat: Beat, bad: Severity) -> Means:
    """While it flaps it is counted. What comes after it was up for longer is another outage, that
    nobody heard of; so is whatever comes after UP where people judged only what was before it.
    """
    is_milder = bad.is_worse_than(ours.severity)
    spared = timedelta(0) if is_milder else FLAPPING
    if ours.up_at is not None and beat.at - ours.up_at > spared:
        return Means.RINGS
    return Means.IS_MILD if is_milder else Means.COUNTS


def _is_as_bad(incident: Incident, bad: Severity) -> bool:
    """Whether it is as bad as what a monitor opens, so that people were called for it, and users
    are not served yet. What a person opened takes such a report in.
    """
    return incident.state in UNRESTORED and not bad.is_worse_than(incident.severity)


def _is_the_same(restored: Incident, beat: Beat, changed_at: datetime | None) -> bool:
    """Whether what was restored did not hold. After a while, or where something new went live since
    it began, it is an outage of its own, with a cause and a time to recovery of its own.
    """
    is_soon = beat.at - _end(restored) <= FLAPPING
    return is_soon and (changed_at is None or changed_at <= restored.broke_at)


def _beside(known: Sequence[Incident], about: Incident | None) -> tuple[Incident, ...]:
    return tuple(one for one in known if one != about)
