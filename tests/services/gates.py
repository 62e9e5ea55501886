"""A GitHub in memory that holds releases back at a gate: a reviewer's, or that of an App's rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.domain.approvals.protection import Guarding, Review, Timer
from bot.domain.deployments.runs import Progress, RunSummary
from bot.domain.errors import Declined, Unanswered
from bot.ports import Held, Workflow
from tests.services.github import BOT, Hub
from tests.services.runs import Run

REVIEWER = "gonogo-reviewer"
PLACE = "production"
Stands = tuple[tuple[str, str], ...]
"""Jobs, and the environments that they name."""

DEPLOY: Stands = (("deploy", PLACE),)
MIGRATE_FIRST: Stands = (("migrate", PLACE), *DEPLOY)


@dataclass
class GatedHub(Hub):
    """`gates` are the repositories whose releases wait, and for what; without `reviewers` nobody's
    gate holds anything. `on_answer` hears of each answer before it is taken; `replies` are the
    ways in which the next ones go: accepted, lost (taken, and 502), dropped (not taken, and 502),
    declined. `stands` are the jobs of a repository that come to a gate, one after the other or all
    `at_once`, and at which; GitHub asks for each. The workflow file does not tell where the jobs
    `untold` stand; where a rule is asked, GitHub lists the environments `listed`, and the bot asked
    `asked_for`. With a `timer` it lists a gate that was answered until that has run out, too. What
    it tells of an environment has the name that it `stored`, where that is another. A run that is
    in progress before its last gate works on the job that was let in last, and one that is queued
    has no runner for it yet. `elsewhere` are jobs
    beside, at somebody else's environment, with their status; while it `lags` GitHub lists those
    that stand at a gate as queued, and while it `loses` them it does not list them.
    """

    gates: dict[str, Literal["people", "rule"]] = field(default_factory=dict)
    reviewers: tuple[str, ...] = (REVIEWER, "bo-acme", "dee-acme")
    on_answer: Callable[[int, bool], Awaitable[None]] | None = None
    replies: list[str] = field(default_factory=list)
    reviewed: dict[int, list[Review]] = field(default_factory=dict)
    past: set[int] = field(default_factory=set)
    stands: dict[str, Stands] = field(default_factory=dict)
    at_once: bool = False
    untold: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    let_in: dict[int, list[str]] = field(default_factory=dict)
    let_in_at: dict[tuple[int, str], datetime] = field(default_factory=dict)
    ruled: dict[int, list[str]] = field(default_factory=dict)
    asked_for: list[str] = field(default_factory=list)
    timer: timedelta | None = None
    opens: dict[int, datetime] = field(default_factory=dict)
    told: dict[tuple[str, str], tuple[tuple[int, bool], ...]] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    lags: bool = False
    loses: bool = False

    def begins(self, repo: str, file: str, inputs: dict[str, str], actor: str) -> Run:
        run = super().begins(repo, file, inputs, actor)
        is_guarded = self.gates.get(repo) == "rule" or self.reviewers
        if self._holds(repo, file) and not run.twin:
            run.status = "waiting" if is_guarded else "queued"
        return run

    def has_news(self, repo: str, file: str) -> bool:
        """Whether it is worth while to look for new runs; most of the time it is not."""
        of = [run for run in self.started if (run.repo, run.file) == (repo, file)]
        now = tuple((run.id, run.listed_at <= self.clock.now()) for run in of)
        before, self.told[repo, file] = self.told.get((repo, file)), now
        return now != before or any(not run.is_over for run in of)

    def at_gate(self) -> list[Run]:
        """The runs that wait."""
        return [run for run in self.started if run.status == "waiting"]

    def reviews_it(self, run: Run, login: str, *, approve: bool) -> None:
        """Somebody answers, in the browser or by the bot."""
        place = self._named(self.standing(run)[1])
        answer = Review(login=login, approved=approve, environments=(place,))
        self.reviewed.setdefault(run.id, []).append(answer)
        self._lets(run, approve=approve)

    def drives(self, conclusion: str) -> None:
        """Every run that goes on ends so; one that waits never ends well."""
        for run in self.started:
            if not run.is_over and not (conclusion == "success" and run.status == "waiting"):
                run.ends(conclusion)

    def standing(self, run: Run) -> tuple[str, str]:
        """The job that stands at a gate, and at which."""
        return self.stands.get(run.repo, DEPLOY)[len(self.let_in.get(run.id, ()))]

    def _named(self, environment: str) -> str:
        return self.stored.get(environment, environment)

    def _lets(self, run: Run, *, approve: bool) -> None:
        job, _ = self.standing(run)
        if not approve:
            run.ends("failure")
        elif job != self.stands.get(run.repo, DEPLOY)[-1][0]:
            self.let_in.setdefault(run.id, []).append(job)
            self.let_in_at[run.id, job] = self.clock.now()
        elif self.timer is not None and run.id not in self.opens:
            self.opens[run.id] = (run.began_at or run.created_at) + self.timer
        else:
            run.status = "in_progress"
            self.past.add(run.id)

    def _runs_out(self, run: Run) -> None:
        """The wait timer of what was let in may be over."""
        opens = self.opens.get(run.id)
        if opens is not None and run.status == "waiting" and opens <= self.clock.now():
            self._lets(run, approve=True)

    def _holds(self, repo: str, file: str) -> bool:
        return repo in self.gates and file == "release.yml"

    # What the port promises

    async def workflow(self, repo: str, file: str) -> Workflow:
        found = await super().workflow(repo, file)
        if not self._holds(repo, file):
            return found
        stands = self.stands.get(repo, DEPLOY)
        others = ((job, "qa") for job in self.elsewhere)
        told = ((job, place) for job, place in (*stands, *others) if job not in self.untold)
        places = {
            job.partition(" (")[0]: place for job, place in told
        }  # a matrix has no values yet
        names = {job.casefold(): job for job in (*found.jobs, *places)}
        waits_for = {names["deploy"]: tuple(sorted(set(places.values())))}
        jobs = tuple(names.values())
        return replace(found, jobs=jobs, environments=places, waits_for=waits_for)

    async def run(self, repo: str, run_id: int) -> tuple[RunSummary, Progress]:
        run = self.run_of(run_id)
        self._runs_out(run)
        summary, progress = await super().run(repo, run_id)
        if not self._holds(repo, run.file) or run_id in self.past or run.twin:
            return summary, progress
        is_at_work = run.status in ("in_progress", "queued")
        is_queued = is_at_work or self.lags
        word = "completed" if run.is_over else "queued" if is_queued else "waiting"
        stage = replace(progress.stages[0], status=word, conclusion=run.conclusion, started_at=None)
        past = self.let_in.get(run_id, [])
        done = replace(stage, status="completed", conclusion="success")
        at = self.let_in_at
        before = [
            replace(done, name=job, started_at=at.get((run_id, job), run.created_at))
            for job in past
        ]
        if is_at_work:
            last = replace(before[-1], status=run.status, conclusion=None)
            began = last.started_at if run.status == "in_progress" else None
            before[-1] = replace(last, started_at=began)
        left = self.stands[repo][len(past) :] if self.at_once else (self.standing(run),)
        now = [replace(stage, name=job) for job, _ in left if not self.loses]
        beside = [
            replace(stage, name=job, status=status, started_at=self._begun(status))
            for job, status in self.elsewhere.items()
        ]
        return summary, replace(progress, stages=(*before, *now, *beside))

    def _begun(self, status: str) -> datetime | None:
        return self.clock.now() if status == "in_progress" else None

    async def reviewer(self) -> str | None:
        return REVIEWER

    async def guarding(self, repo: str, environment: str) -> Guarding:
        name = self._named(environment)
        if self.gates.get(repo) == "rule":
            return Guarding(environment=name, rules=(BOT,) if self.reviewers else ())
        return Guarding(environment=name, users=self.reviewers)

    async def held(self, repo: str, run_id: int) -> tuple[Held, ...]:
        await self._asked("held")
        run = self.run_of(run_id)
        if run.status != "waiting":
            return ()
        place = self.standing(run)[1]
        if self.gates.get(repo) != "people":
            is_listed = place in self.listed
            held = Held(id=1, environment=self._named(place), may_answer=False)
            return (held,) if is_listed else ()
        timer = (
            Timer(lasts=self.timer, began=run.began_at or run.created_at) if self.timer else None
        )
        may_answer = run_id not in self.opens
        name = self._named(place)
        return (Held(id=1, environment=name, may_answer=may_answer, timer=timer),)

    async def reviews(self, repo: str, run_id: int) -> tuple[Review, ...]:
        await self._asked("reviews")
        return tuple(self.reviewed.get(run_id, ()))

    async def review(
        self, repo: str, run_id: int, held: Sequence[Held], *, approve: bool, comment: str
    ) -> None:
        await self._answered(
            run_id, approve, lambda run: self.reviews_it(run, REVIEWER, approve=approve)
        )

    async def answer_rule(
        self, repo: str, run_id: int, environment: str, *, approve: bool, comment: str
    ) -> None:
        self.asked_for.append(environment)
        if environment != self.standing(self.run_of(run_id))[1]:
            raise Declined("github", "422 it waits for no rule there")

        def take(run: Run) -> None:
            self.ruled.setdefault(run_id, []).append(environment)
            self._lets(run, approve=approve)

        await self._answered(run_id, approve, take)

    async def _answered(self, run_id: int, approve: bool, take: Callable[[Run], None]) -> None:
        reply = self.replies.pop(0) if self.replies else "accepted"
        await self._asked("answer")
        if self.on_answer is not None:
            await self.on_answer(run_id, approve)
        run = self.run_of(run_id)
        if run.status != "waiting" or run_id in self.opens:
            raise Declined("github", "the run waits for nobody")
        if reply == "declined":
            raise Declined("github", "422 it waits for no rule there")
        if reply == "dropped":
            raise Unanswered("github", "502")
        take(run)
        await self._asked("answered")
        if reply == "lost":
            raise Unanswered("github", "502")
