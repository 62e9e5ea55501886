"""Protection: what holds a run back at GitHub until it is answered, and who may answer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from bot.domain.approvals.waiting_time import Asked
from bot.domain.gates import Level, Verdict
from bot.domain.words import listing

ANSWER_SHOWS = timedelta(seconds=30)
"""How long GitHub may show an environment as waiting after it took the answer."""


class Mode(StrEnum):
    """Where the approval holds a deployment back: before the run is started, or at its gate."""

    SLACK = "slack"
    GITHUB_ENVIRONMENT = "github_environment"
    GITHUB_PROTECTION_RULE = "github_protection_rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """The wait timer of an environment that a run waits for: how long it lasts, and since when, as
    far as GitHub says.
    """

    lasts: timedelta
    began: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What somebody answered at the gate of a run; `approved` is False for a rejection."""

    login: str
    approved: bool
    environments: tuple[str, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A job that stands at the gate of an environment; a name that is not known is empty. GitHub
    asks once more for each job that comes there. `is_sure`: the workflow or GitHub tells that it is
    this environment; else it may as well be one that is not ours.
    """

    environment: str
    job: str = ""
    is_sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What holds the run of one deployment back, and what became of it.

    `environments` are the ones at GitHub that this deployment is about; no other is ever answered.
    `announced` are those whose webhook has come. `answering` are those to which an answer is on
    its way or was lost, since `answering_at`; `answered` is what GitHub took, and `let_in` are the
    jobs that stood there then. `passed`: the run went past, and who let it was read. `earlier` are
    the reviews of the attempts of its run before this one, None where they were not read in time;
    `listed` those of all its attempts, as GitHub listed them when it went past. `unread` is why
    GitHub did not tell any of them when it stood at its gate; empty where it did. `asked` is the
    gate that approvers were asked about last, None where they were about none yet, and where a bot
    of before did not keep it.
    """

    mode: Mode
    environments: tuple[str, ...]
    announced: tuple[str, ...] = ()
    answering: tuple[str, ...] = ()
    answering_at: datetime | None = None
    answered: tuple[str, ...] = ()
    let_in: tuple[str, ...] = ()
    passed: bool = False
    earlier: tuple[Review, ...] | None = None
    listed: tuple[Review, ...] | None = None
    unread: str = ""
    asked: Asked | None = None

    @property
    def is_rule(self) -> bool:
        """Whether it is our App's own rule that is answered, not a required reviewer's."""
        return self.mode is Mode.GITHUB_PROTECTION_RULE

    def ours(self, name: str) -> str:
        """The environment of this deployment that GitHub or a workflow calls so, as it is
        configured; empty where it is none of them. GitHub does not tell letter case apart.
        """
        return next((n for n in self.environments if n.casefold() == name.casefold()), "")

    def answers(self, names: tuple[str, ...], now: datetime) -> Self:
        """With the intent to answer these."""
        return replace(self, answering=names, answering_at=now)

    def took(self, names: tuple[str, ...], jobs: Iterable[str] = ()) -> Self:
        """With what GitHub took, and for which jobs; nothing is on its way any more."""
        done = tuple(dict.fromkeys((*self.answered, *names)))
        let_in = tuple(dict.fromkeys((*self.let_in, *jobs)))
        return replace(self, answering=(), answered=done, let_in=let_in)

    def is_settling(self, now: datetime) -> bool:
        """Whether GitHub may still show what it let in as waiting."""
        return self.answering_at is not None and now - self.answering_at < ANSWER_SHOWS

    def opens_at(self, name: str, timer: Timer, let_in: Iterable[str] = ()) -> datetime | None:
        """When its wait timer opens an environment that was answered, by us or by those who `let
        in` there; None where it was not, and where the timer is one of a re-run since.
        """
        ours = self.answering_at if name in self.answered else None
        if ours is None:
            return timer.began + timer.lasts if timer.began and name in let_in else None
        if timer.began is not None and timer.began - ours > ANSWER_SHOWS:
            return None
        return (timer.began or ours) + timer.lasts

    def unanswered(
        self,
        standing: Collection[Standing],
        now: datetime,
        opens: Mapping[str, datetime] | None = None,
    ) -> tuple[Standing, ...]:
        """Of the jobs that stand at a gate, those to let in, in the order of the environments;
        `opens` says when a wait timer opens one that was answered.

        A rule is answered once for a job, whatever else holds it; a reviewer's gate at which GitHub
        shows it for long is answered again. Where one was answered, only a job that surely stands
        there is another.
        """
        timed = {name for name, at in (opens or {}).items() if now - at < ANSWER_SHOWS}

        def is_done(one: Standing) -> bool:
            if one.environment not in self.answered:
                return one.environment in timed
            is_new = one.is_sure and one.job and one.job not in self.let_in
            settled = self.is_rule or self.is_settling(now) or one.environment in timed
            return settled and not is_new

        at = [(name, one) for name in self.environments for one in standing]
        return tuple(one for name, one in at if one.environment == name and not is_done(one))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarding:
    """How an environment is guarded at GitHub: logins and teams who review, Apps whose rules it
    has. `no_self_review`: who started a run may not approve it. `waits` are the minutes that every
    run waits there.
    """

    environment: str
    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    no_self_review: bool = False
    waits: int = 0

    @property
    def holds_up(self) -> str:
        """What a run waits for there, in words; empty where it does not."""
        people = listing([*self.users, *self.teams, *self.rules])
        timer = f"its wait timer of {self.waits} min" if self.waits else ""
        return " and ".join(filter(None, (people, timer)))


def judge(
    protection: Protection,
    found: Sequence[Guarding],
    waits_for: Iterable[str],
    *,
    job: str,
    account: str,
    reviewer: str | None,
    unrecorded: Mapping[str, str] = MappingProxyType({}),
) -> Verdict:
    """Whether a run would wait for the approval, and whether we could answer then.

    `waits_for` are the environments without whose leave the job that deploys does not begin,
    `account` starts runs, `reviewer` answers in the place of people. `unrecorded` are the jobs of
    which GitHub makes no deployment, by environment: no rule is asked about those. A run that would
    not wait, or never go on, must not be started: nobody would be asked.
    """
    waited_for = set(map(protection.ours, waits_for))
    held = tuple(name for name in protection.environments if name in waited_for)
    if not held:
        names = ", ".join(protection.environments)
        return _block(
            f"The job {job} does not wait for GitHub's environment {names}",
            f"Give it, or a job that it needs, environment: {names} in the workflow file.",
        )
    for place, unheard in unrecorded.items():
        if protection.is_rule and (name := protection.ours(place)):
            return _block(*not_asked(unheard, name))
    guards = {protection.ours(one.environment): one for one in found}
    for name in held:
        if name not in guards:
            return _block(
                f"GitHub does not tell how its environment {name} is guarded",
                "Look at its settings there, then try again.",
            )
        if problem := _problem(protection, guards[name], account, reviewer):
            return _block(*problem)
    text = f"The run waits at GitHub's environment {' and '.join(held)}"
    if timer := max(guards[name].waits for name in held):
        text += f", also for its wait timer of {timer} min"
    return Verdict(gate="protection", level=Level.PASS, text=text)


def _problem(
    protection: Protection, found: Guarding, account: str, reviewer: str | None
) -> tuple[str, str] | None:
    """What is wrong with one environment, and what to do; None when it can be answered."""
    where = f"GitHub's environment {found.environment}"
    if protection.is_rule:
        if account.removesuffix("[bot]") in found.rules:
            return None
        return (
            f"{where} has no deployment protection rule of {account}",
            "Enable the App's rule in the environment's settings.",
        )
    if not (found.users or found.teams):
        return (
            f"{where} has no required reviewers, so a run would not wait for anybody",
            "Add them in the environment's settings.",
        )
    if reviewer is None:
        return ("Nobody can answer for you at GitHub", "Set GITHUB_REVIEWER_TOKEN.")
    if reviewer.lower() == account.lower():
        return (
            f"{reviewer} both starts the runs and reviews them",
            "Give GITHUB_REVIEWER_TOKEN another account.",
        )
    if not found.teams and reviewer.lower() not in map(str.lower, found.users):
        return (
            f"{reviewer} is no required reviewer of {where}",
            "Add that account in the environment's settings.",
        )
    return None


def not_asked(job: str, environment: str) -> tuple[str, str]:
    """Why a run would wait for good, and what to do."""
    return (
        f"GitHub asks no deployment protection rule about the job {job}: it names the environment "
        f"{environment} with deployment: false",
        "Take that out of the workflow file, or move the App's rule to an environment that the job "
        "does not name (production-approval in the release.yml of gonogo).",
    )


def _block(text: str, action: str) -> Verdict:
    return Verdict(gate="protection", level=Level.BLOCK, text=text, action=action)
