"""Outside: runs that somebody started without the bot, and what becomes of each of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.deployments.runs import Progress, RunSummary, failure_of
from bot.domain.versions import Version

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TRIALS = frozenset({"pull_request", "pull_request_target"})
"""The events of runs that try what somebody proposes, and bring nothing anywhere."""

Place = tuple[str, str]
"""A service and one of its environments."""


class Did(StrEnum):
    """What a run that is over did to its place.

    `nothing`: its deploying job was never begun, `deployed`: that ended well, `touched`: it did
    not, so its place may be half-way.
    """

    NOTHING = "nothing"
    TOUCHED = "touched"
    DEPLOYED = "deployed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """How a deployment began outside Slack: by which GitHub login, and by which event there.

    `older_than` is the version that was live and is newer; empty when this goes forward. `late_for`
    names the deployment of ours that was over before GitHub began its run.
    `ran` is the commit of the branch or tag that it ran on, which is not always what it deploys.
    `is_merge`: it is the workflow that deploys what is merged, by itself.
    """

    login: str
    event: str
    older_than: str = ""
    late_for: str = ""
    ran: str = ""
    is_merge: bool = False


class Way(StrEnum):
    """What becomes of a run that was found outside.

    `follow`: it takes the slot, `record`: it is over and something later counts, `wait`: it is
    followed when the slot is free, if it counts then.
    """

    FOLLOW = "follow"
    RECORD = "record"
    WAIT = "wait"


def is_new(run: RunSummary, since: datetime | None, known: int) -> bool:
    """Whether an attempt of a run is not known, and is under way or began after `since`; `known` is
    the last attempt of it that is.

    Before the first look (`since` is None) only what is still under way is new.
    """
    if run.event in TRIALS or run.attempt <= known:
        return False
    return not run.is_over or (since is not None and run.began_at > since)


def since(listed: Iterable[RunSummary], undone: Iterable[RunSummary] = ()) -> datetime:
    """After a look: the time, by GitHub's clock, after which what is over by the next one is new.

    What is `undone` stays new until it is known.
    """
    newest, waiting = EPOCH, {run.id for run in undone}
    for run in sorted(listed, key=lambda run: run.began_at):
        if run.id in waiting:
            break
        newest = run.began_at
    return newest


def did(progress: Progress, deploy_job: str | None) -> Did:
    """What a run that is over did to its place, as its jobs tell."""
    job = progress.stage(deploy_job or "")
    ended = job.conclusion if job else None
    if ended == "success" or failure_of(progress, deploy_job) is None:
        return Did.DEPLOYED
    begun = progress.has_begun(deploy_job or "") and ended != "skipped"
    return Did.TOUCHED if begun else Did.NOTHING


def sort(
    new: Iterable[RunSummary],
    did: Mapping[int, Did],
    *,
    is_free: bool,
    is_held: bool,
    live_at: datetime | None,
) -> tuple[tuple[RunSummary, Way], ...]:
    """What becomes of the new runs of one slot, oldest first; only one of them is followed. `did`
    tells of those that are over. The slot is free for them also where it `is_held` by what gives
    way.

    A run that has ended counts for nothing any more when a later one deployed, when something else
    went live after its end, or when it did nothing itself and is not the last, or not alone. What a
    later one does that is under way is not known yet: that one is followed, and the other waits for
    it.
    """
    runs = sorted(new, key=lambda run: (run.began_at, run.id))
    ways: list[tuple[RunSummary, Way]] = []
    for number, run in enumerate(runs, 1):
        later = runs[number:]
        is_idle = run.is_over and is_held and did[run.id] is Did.NOTHING
        if is_idle or (run.is_over and _is_past(run, later, did, live_at)):
            ways.append((run, Way.RECORD))
        elif is_free and not (run.is_over and any(not one.is_over for one in later)):
            ways.append((run, Way.FOLLOW))
            is_free = False
        else:
            ways.append((run, Way.WAIT))
    return tuple(ways)


def _is_past(
    run: RunSummary,
    later: Sequence[RunSummary],
    did: Mapping[int, Did],
    live_at: datetime | None,
) -> bool:
    if live_at is not None and run.updated_at <= live_at:
        return True
    if any(did.get(one.id) is Did.DEPLOYED for one in later):
        return True
    return bool(later) and did[run.id] is Did.NOTHING


def version_of(run: RunSummary) -> str:
    """The version that a run's title names, else the tag it runs on; empty when neither tells."""
    found = Version.find(run.title) or Version.parse(run.branch)
    return str(found) if found else ""


def is_older(version: str, live: str, ancestry: str | None) -> bool:
    """Whether a version lies behind the live one: by its commits, else by its number."""
    if ancestry in ("behind", "ahead", "diverged", "identical"):
        return ancestry == "behind"
    ours, theirs = Version.parse(version), Version.parse(live)
    return bool(ours and theirs and ours < theirs)


def place_of(run: RunSummary, sharing: Iterable[Place]) -> Place | None:
    """Whose run it is of the places that share its workflow: the only one whose names stand in the
    title. None where that is not to be told, so it is nobody's; a trial is nobody's either.
    """
    if run.event in TRIALS:
        return None
    places = list(sharing)
    words = set(re.split(r"[\s,;:()\[\]\"']+", run.title.casefold()))
    fitting = [one for one in places if one[0].casefold() in words] or places
    fitting = [one for one in fitting if one[1].casefold() in words] or fitting
    return fitting[0] if len(fitting) == 1 else None
