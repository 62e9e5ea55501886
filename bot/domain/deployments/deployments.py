"""Deployment: one attempt to bring one version to one environment; its parts and what moves it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from bot.domain.approvals.protection import Protection
from bot.domain.deployments.backups import Backup
from bot.domain.deployments.changes import ChangeList
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.outside import Outside
from bot.domain.deployments.risk import Risk
from bot.domain.deployments.runs import Dispatch, Progress
from bot.domain.deployments.states import MOVES, TERMINAL, TRANSITIONS, WAITING, Kind, State
from bot.domain.deployments.validation import Reading, Validation
from bot.domain.deployments.watches import Watch
from bot.domain.gates import Verdict
from bot.domain.gates.signatures import Override, SignOff
from bot.domain.rollbacks.rehearsal import Rehearsal
from bot.domain.rollbacks.rescue import Rescue
from bot.domain.rollbacks.target_steps import TargetStep
from bot.domain.rollbacks.undoing import Undoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What exactly an approval is for; when any part moves, the approval is void."""

    tag_object: str
    commit: str
    workflow_blob: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's yes to one commit.

    `who` is a Slack user id, empty where only the GitHub login is known. `fresh` is False while
    it rests on directory rows that were too old.
    """

    who: str
    at: datetime
    github: str | None = None
    fresh: bool = True
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why a deployment ended as it did: a stable reason word, a sentence, and who decided, if a
    person.
    """

    code: str
    text: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One deployment as stored; all times aware UTC, people as Slack user ids.

    `revision` counts the changes and makes every update a compare-and-set.
    `due_at` is when the tick has to look again; None leaves it to people.
    `version` is empty while nobody knows it, `outside` says how it began without the bot.
    `notice` explains a state that a person has to end; `waiting_for` names a passing trouble.
    `protection` is what holds its run back at GitHub, None where approval comes before the run.
    `abort_since` is when its run was to be stopped, `abort_asked_at` when GitHub last took that.
    `ends_as` is what an `ending` makes of it once GitHub has stopped that run. `four_eyes` says
    why the rule of four eyes did not hold.
    `unread` is why the `migrations` that a rollback goes back over could not be listed.
    `backup` is the newest of the database, where the version brings migrations.
    `rehearsal` is the way back from it, as it was found before the approval.
    `approvers` is how many different people the configuration asked for when it was checked.
    `known_as` is the id that it was imported under, if that is no number of ours.
    `bad` is a person's mark, `hold` keeps the slot shut after a rollback, `rolls_back` names
    the deployment that a rollback takes back, `for_incident` the incident that a hotfix mends,
    `follow_ups` the minor incidents that were left for the next deployment, which this one is.
    `reverses` names the rollback that it undoes, `reversed_by` what undid this rollback;
    one that `stays` cannot be undone, or not any more.
    `undoing` is what a rollback takes back of the database before the code.
    `eta` is when people expect the fix of what a rollback took back, `mending` what was begun
    towards it.
    `watch` is who was asked to watch its bake, None before that.
    `rescue` is the rollback that begins when a stopped deployment has ended.
    `steps` are those of a rollback over targets; `ran` is what each target ran when it was good.
    """

    id: int = 0
    revision: int = 0
    known_as: str | None = None
    service: str
    environment: str
    version: str
    kind: Kind = Kind.RELEASE
    state: State = State.REQUESTED
    dry_run: bool = False
    adopted: bool = False

    repo: str
    workflow: str
    requested_by: str
    requested_by_github: str | None = None
    requested_at: datetime
    reason: str = ""
    asked_in: str | None = None
    outside: Outside | None = None

    binding: Binding | None = None
    changes: ChangeList | None = None
    verdicts: tuple[Verdict, ...] = ()
    overrides: tuple[Override, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    migrations: tuple[Migration, ...] = ()
    unread: str = ""
    backup: Backup | None = None
    risk: Risk | None = None
    rehearsal: Rehearsal | None = None
    before: tuple[Reading, ...] = ()

    expires_at: datetime | None = None
    nudged_at: datetime | None = None
    approvers: int = 1
    approvals: tuple[Approval, ...] = ()
    protection: Protection | None = None
    four_eyes: str = ""

    request_id: str | None = None
    dispatch: Dispatch | None = None
    run_id: int | None = None
    run_attempt: int = 1
    run_url: str | None = None
    progress: Progress | None = None
    abort_since: datetime | None = None
    abort_asked_at: datetime | None = None
    rescue: Rescue | None = None
    steps: tuple[TargetStep, ...] = ()
    ran: dict[str, str] = field(default_factory=dict)

    validation: Validation | None = None
    watch: Watch | None = None
    live_at: datetime | None = None
    healthy_at: datetime | None = None
    settled_at: datetime | None = None
    ending: Ending | None = None
    ends_as: State | None = None

    bad: bool = False
    hold: bool = False
    rolls_back: str | None = None
    reverses: str | None = None
    reversed_by: str | None = None
    stays: bool = False
    undoing: Undoing | None = None
    for_incident: str | None = None
    follow_ups: tuple[str, ...] = ()
    eta: str = ""
    mending: str = ""

    due_at: datetime | None = None
    notice: str = ""
    waiting_for: str = ""
    failures: int = 0

    def __post_init__(self) -> None:
        for moment in (self.requested_at, self.due_at, self.settled_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("a deployment takes aware datetimes only")

    @property
    def name(self) -> str:
        """The id as people read it: D12."""
        return f"D{self.id}"

    @property
    def in_history(self) -> str:
        """The id by which the history names it; for all that was made here, its name."""
        return self.known_as or self.name

    @property
    def label(self) -> str:
        """The version as it is shown, also where nobody knows it."""
        return self.version or "version not known"

    @property
    def is_merge(self) -> bool:
        """Whether a merge deployed it by itself: no card, and no person decides about it."""
        return self.outside is not None and self.outside.is_merge

    @property
    def is_unproven(self) -> bool:
        """Whether nothing shows that its run takes the commit that is known of it: the workflow
        does not compare it, or was started outside on another one.
        """
        if self.binding is None:
            return False
        if self.outside is not None:
            return self.outside.ran != self.binding.commit
        return self.dispatch is not None and not self.dispatch.carries_sha

    @property
    def is_unasked(self) -> bool:
        """Whether it is a rollback that no person asked for, but the configuration."""
        is_ours = self.kind is Kind.ROLLBACK and self.outside is None and not self.adopted
        return is_ours and not self.requested_by

    @property
    def is_waiting(self) -> bool:
        """Whether nothing has been sent to GitHub yet."""
        return self.state in WAITING and self.run_id is None

    @property
    def is_terminal(self) -> bool:
        """Whether nothing can change any more."""
        return self.state in TERMINAL

    @property
    def pinned(self) -> tuple[TargetStep, ...]:
        """Its targets that stay on this version, whatever is deployed later."""
        return tuple(step for step in self.steps if step.pinned)

    @property
    def is_way_back(self) -> bool:
        """Whether it goes to where production has been: a rollback, or what undoes one."""
        return self.kind is Kind.ROLLBACK or self.reverses is not None

    @property
    def is_half_back(self) -> bool:
        """Whether the database was touched and the code was not: nobody may call that good."""
        return self.undoing is not None and self.undoing.is_half_back

    @property
    def short_sha(self) -> str:
        """The first seven characters of the commit, or an empty string before it is known."""
        return self.binding.commit[:7] if self.binding else ""

    @property
    def judged_at(self) -> datetime | None:
        """When what the gates say was read; of several times the oldest."""
        return min((verdict.at for verdict in self.verdicts if verdict.at), default=None)

    @property
    def approved_by(self) -> tuple[str, ...]:
        """The people who approved it, in order."""
        return tuple(approval.who for approval in self.approvals if approval.who)

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed; the state only moves by `to`."""
        if "state" in changes:
            raise ValueError("use to() to move a deployment")
        return replace(self, **changes)

    def to(self, state: State, at: datetime, **changes: Any) -> Self:
        """A copy moved to `state`, due at once unless it is terminal.

        Raises ValueError when the transition table has no such move.
        """
        if state not in (TRANSITIONS if self.protection else MOVES)[self.state]:
            raise ValueError(f"{self.name} cannot go from {self.state} to {state}")
        moved: dict[str, Any] = {
            "state": state,
            "notice": "",
            "waiting_for": "",
            "failures": 0,
            "due_at": at,
        }
        if state is State.ABORTING:
            moved |= {"abort_since": at, "abort_asked_at": None}
        if state in TERMINAL:
            moved |= {"settled_at": at, "due_at": None}
        return replace(self, **(moved | changes))

    def follow(self, run_id: int, at: datetime, **changes: Any) -> Self:
        """A copy whose run was found; where a rollback waits for its end, it is to be stopped."""
        if self.rescue is None:
            return self.to(State.RUNNING, at, run_id=run_id, **changes)
        return self.to(State.ABORTING, at, run_id=run_id, **changes)

    def end(
        self,
        state: State,
        at: datetime,
        code: str,
        text: str,
        by: str | None = None,
        **changes: Any,
    ) -> Self:
        """A copy moved to `state` with the reason why."""
        ending = Ending(code=code, text=text, by=by)
        return self.to(state, at, ending=ending, ends_as=None, **changes)

    def close(
        self, state: State, at: datetime, code: str, text: str, by: str | None = None
    ) -> Self:
        """Like `end`; but a run that waits at a gate has to be stopped by GitHub before."""
        if self.run_id is None or self.state not in (State.AWAITING_APPROVAL, State.APPROVED):
            return self.end(state, at, code, text, by)
        ending = Ending(code=code, text=text, by=by)
        return self.to(State.ABORTING, at, ending=ending, ends_as=state)
