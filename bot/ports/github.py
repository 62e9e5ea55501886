"""The GitHub port: what we read there, and the few things we ask it to do."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.approvals.protection import Guarding, Review, Timer
from bot.domain.deployments.changes import ChangeList
from bot.domain.deployments.runs import Progress, RunSummary
from bot.domain.gates import Check, Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """By what right the bot asks: the login that runs are started as, and the account where our
    App is installed; None with a plain token, whose rights GitHub does not tell.

    Without the rights in `missing` ("actions: write") nothing can be deployed; those in `forgone`
    are for things that are not needed for it. `left` is (requests left, of how many, until when),
    None where GitHub sets no limit.
    """

    login: str
    installed_at: str | None = None
    missing: tuple[str, ...] = ()
    forgone: tuple[str, ...] = ()
    left: tuple[int, int, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag: `object_sha` is the tag object (the commit itself when lightweight), `commit` what
    it peels to.
    """

    name: str
    object_sha: str
    commit: str
    dated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow file as it stands on the default branch; `blob` is the file's git sha.

    `inputs` maps each declared dispatch input to whether it is required without a default.
    `carries_id`: run-name shows the request id; `guarded`: every other job begins only
    on the word of its job `guard`, which looks whether an older run carries the same one.
    `actions` is the address of the repository's Actions page.
    `environments` are those that jobs name, by job; `waits_for` are, for each job, the environments
    that it or a job it needs belongs to. Of `unrecorded` jobs GitHub makes no deployment
    (`deployment: false`).
    `jobs` and `steps` are the names that a run shows; those that are made only in the run are as
    written, with `${{`.
    """

    file: str
    blob: str
    branch: str
    active: bool
    inputs: dict[str, bool]
    carries_id: bool
    guarded: bool
    actions: str = ""
    jobs: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    environments: Mapping[str, str] = field(default_factory=dict)
    waits_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unrecorded: frozenset[str] = frozenset()

    def environment_of(self, job: str) -> str:
        """The environment that the job which a run shows so names; empty without one."""
        return self.environments.get(self._job(job), "")

    def waits_of(self, job: str) -> tuple[str, ...]:
        """The environments that such a job, or one that it needs, names."""
        return self.waits_for.get(self._job(job), ())

    def lacks(self, job: str) -> bool:
        """Whether no run shows a job of that name, letter case aside; one that is made only in the
        run may have it.
        """
        names = {name.casefold() for name in self.jobs}
        return job.casefold() not in names and not any("${{" in name for name in names)

    def _job(self, shown: str) -> str:
        """The job that a run shows so, letter case aside; one of a matrix has its values in
        brackets there, "deploy (eu)". Empty where it is none of the file's.
        """
        wanted = shown.casefold()
        known = (*self.jobs, *self.environments, *self.waits_for)
        names = {name.casefold(): name for name in known}
        found = (key for key in names if wanted == key or wanted.startswith(f"{key} ("))
        return names.get(max(found, key=len, default=""), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An environment that a run waits for, and whether the reviewer's account may let it in. With a
    `timer` it waits for that as well, whatever is answered. `jobs` are those that stand there, as
    far as that is known.
    """

    id: int
    environment: str
    may_answer: bool
    timer: Timer | None = None
    jobs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The answer to an accepted dispatch; `run_id` is None where GitHub did not tell it (204)."""

    run_id: int | None
    url: str | None = None


class GitHub(Protocol):
    """GitHub as the bot uses it. Reads raise Fault (NotFound when absent) and may be repeated.

    The writes are sent at most once per call: Declined means nothing happened, Unanswered that
    nobody knows.
    """

    async def login(self) -> str:
        """The login that runs are started as."""

    def urgently(self) -> AbstractContextManager[None]:
        """What is read inside cannot wait: it may use the part of the hourly limit that is kept
        for rollbacks and effects, below which any other reading is a Fault.
        """

    def slowness(self) -> float:
        """How many times longer than usual to wait between two looks, to spare the limit."""

    async def access(self) -> Access:
        """By what right the bot asks, read afresh."""

    async def tags(self, repo: str) -> tuple[Tag, ...]:
        """The newest tags that are versions, at most 100, newest version first."""

    async def tag(self, repo: str, name: str) -> Tag:
        """One tag, read afresh. NotFound when there is none."""

    async def release_notes(self, repo: str, tag: str) -> str | None:
        """The text of the tag's published GitHub release; None when there is none."""

    async def approved(self, repo: str, pulls: Sequence[int]) -> frozenset[int]:
        """Which of these pull requests are approved, and nobody still asks for changes."""

    async def open_issues(self, repo: str, label: str) -> tuple[Issue, ...] | None:
        """The open issues with that label, no pull requests; None where issues are switched off."""

    async def changes(self, repo: str, base: str | None, head: str) -> ChangeList:
        """What lies between two commits or tags: pull request titles, else commit subjects."""

    async def compared(self, repo: str, base: str, head: str) -> ChangeList:
        """The same, with the commits and the files alone; nobody is asked what they are called."""

    async def distance(self, repo: str, base: str, head: str) -> tuple[int, int]:
        """How many commits `head` is ahead of `base`, and how many behind it."""

    async def is_on_branch(self, repo: str, commit: str, branch: str) -> bool:
        """Whether the commit is reachable from the branch."""

    async def checks(self, repo: str, commit: str) -> tuple[Check, ...]:
        """Check runs (latest of each) and commit statuses of a commit."""

    async def workflow(self, repo: str, file: str) -> Workflow:
        """The workflow file of the default branch. NotFound when it is not there."""

    async def workflow_blob(self, repo: str, file: str, ref: str) -> str:
        """The git sha of a workflow file on a branch or in a commit. NotFound when it is not
        there.
        """

    async def runs(
        self,
        repo: str,
        file: str,
        *,
        after: int = 0,
        dispatched_only: bool = True,
        branch: str = "",
    ) -> tuple[RunSummary, ...]:
        """The runs of a workflow with an id above `after`, newest first, and without `after` the
        newest 50; those of one branch where it is named.
        """

    async def files_of(self, repo: str, commit: str, runs: Collection[int]) -> Mapping[int, str]:
        """The workflow file of each of these runs, which are on that commit."""

    async def run(self, repo: str, run_id: int) -> tuple[RunSummary, Progress]:
        """One run with its jobs and steps. NotFound when it was deleted."""

    async def dispatch(
        self,
        repo: str,
        file: str,
        ref: str,
        inputs: dict[str, str],
        *,
        is_fresh: Callable[[], bool] = lambda: True,
    ) -> Started:
        """Start a run: one POST, never repeated, and none (a Fault) when `is_fresh` says no right
        before it. Raises Declined or Unanswered; any other Fault means that nothing was sent.
        """

    async def find_issue(self, repo: str, mark: str, since: datetime) -> Issue | None:
        """The issue with that word in its text, of those that changed since then."""

    async def create_issue(
        self, repo: str, title: str, body: str, assignees: Sequence[str] = ()
    ) -> Issue:
        """Open an issue: one POST, never repeated. Raises Declined or Unanswered."""

    async def assign(self, repo: str, number: int, login: str) -> Issue:
        """Assign an issue to one more account; GitHub leaves out who has no access, and says so
        only by the assignees of the answer. Raises Declined or another Fault.
        """

    async def unassign(self, repo: str, number: int, login: str) -> Issue:
        """Take an account off an issue; also where it was not assigned."""

    async def cancel(self, repo: str, run_id: int, *, force: bool = False) -> None:
        """Ask for a run's cancellation; a run that has ended already is no error."""

    async def reviewer(self) -> str | None:
        """The login that answers gates in the place of people; None where there is none."""

    async def guarding(self, repo: str, environment: str) -> Guarding:
        """How an environment is guarded. NotFound when it is not there."""

    async def held(self, repo: str, run_id: int) -> tuple[Held, ...]:
        """The environments that a run waits for."""

    async def reviews(self, repo: str, run_id: int) -> tuple[Review, ...]:
        """What people answered at the gates of a run, oldest first."""

    async def review(
        self, repo: str, run_id: int, held: Sequence[Held], *, approve: bool, comment: str
    ) -> None:
        """Answer these gates as the reviewer."""

    async def answer_rule(
        self, repo: str, run_id: int, environment: str, *, approve: bool, comment: str
    ) -> None:
        """Answer for our App's own rule of an environment."""

    async def team(self, name: str) -> tuple[str, ...]:
        """The logins of a team, by organisation/team. NotFound when there is none."""
