"""GitHub Actions: starts runs, plays their scripts, and brings versions to environments."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import Clock
from sandbox.github.deployments import Deployment, DeploymentStatus
from sandbox.github.environments import Approval, Environment
from sandbox.github.errors import Refused
from sandbox.github.repository import Repository
from sandbox.github.runs import Job, Run
from sandbox.github.scripts import Player, Script
from sandbox.github.workflows import JobPlan, Workflow

Notify = Callable[..., None]  # (event, action, repo, **subjects), see webhooks.py
_STATES = {"waiting": "queued", "in_progress": "in_progress"}


class Actions:
    """All runs of the host by id, and the players that move them."""

    def __init__(self, clock: Clock, ids: itertools.count[int], notify: Notify) -> None:
        self._clock = clock
        self._ids = ids
        self._run_ids = itertools.count(11_400_000_001, 7)
        self._notify = notify
        self._players: dict[int, Player] = {}
        self.runs: dict[int, Run] = {}
        self.scripts: dict[str, Script] = {}
        self.live: dict[tuple[str, str], str] = {}  # (repository, place) → version

    def of(self, repo: Repository) -> list[Run]:
        """The runs of a repository, newest first."""
        return [run for run in reversed(self.runs.values()) if run.repo is repo]

    def preset(self, repos: Iterable[Repository], file: str, script: Script) -> None:
        """Set what future runs of this workflow file do; a gate needs somebody who guards it."""
        self.scripts[file] = script
        for repo in repos:
            workflow = repo.workflow(file)
            for plan in workflow.jobs if workflow else ():
                if plan.environment is not None:
                    place = repo.environment(plan.environment, self._clock.now())
                    if script.gated or place.name in repo.guarded:
                        repo.guard(place)
                    else:
                        place.reviewers, place.rules = (), ()

    def create(
        self,
        repo: Repository,
        workflow: Workflow,
        *,
        event: str,
        branch: str,
        sha: str,
        actor: str,
        inputs: Mapping[str, str] | None = None,
        at: datetime | None = None,
        lag: timedelta = timedelta(0),
    ) -> Run:
        """A new run, queued; lists show it only after `lag`."""
        given = dict(inputs or {})
        request = given.get("request_id")
        mates = [run for run in self.of(repo) if run.workflow.path == workflow.path]
        now = (at or self._clock.now()).replace(microsecond=0)
        default = repo.git.commits[sha].title if event == "push" else workflow.name
        run = Run(
            id=next(self._run_ids),
            repo=repo,
            number=len(mates) + 1,
            workflow=workflow,
            event=event,
            branch=branch,
            sha=sha,
            actor=actor,
            inputs=given,
            title=workflow.title(given, actor, default),
            created_at=now,
            listed_from=(at or self._clock.now()) + lag,
            jobs=self._jobs(workflow, now),
            announce=self._changed,
            copy=bool(request) and any(m.inputs.get("request_id") == request for m in mates),
            updated_at=now,
        )
        self.runs[run.id] = run
        return run

    def start(self, repo: Repository, workflow: Workflow, **details: Any) -> Run:
        """A new run that does what its script says; the details are those of `create`."""
        run = self.create(repo, workflow, **details)
        self._changed(run, None, "requested")
        for job in run.shown:
            self._changed(run, job, "queued")
        self._play(run)
        return run

    def rerun(self, run: Run, by: str) -> None:
        """Run it again with the same commit and inputs, as a new attempt."""
        if not run.done:
            raise Refused(403, "This workflow is already running")
        run.earlier.append(copy.copy(run))
        now = self._clock.now()
        run.attempt += 1
        run.jobs = self._jobs(run.workflow, now)
        run.triggered_by, run.status, run.conclusion = by, "queued", None
        run.started_at, run.approvals, run.answered = None, [], {}
        run.attempted_at = run.updated_at = now.replace(microsecond=0)
        self._changed(run, None, "requested")
        self._play(run)

    def cancel(self, run: Run) -> None:
        if run.done:
            raise Refused(409, "Cannot cancel a workflow run that is completed.")
        self._take_over(run)
        run.cancel(self._clock.now())

    def gates(self, run: Run) -> list[tuple[Job, Environment]]:
        """The jobs that wait, each with the environment that it waits for."""
        return [
            (job, run.repo.environments[job.environment.casefold()])
            for job in run.jobs
            if job.status == "waiting" and job.environment is not None
        ]

    def review(
        self, run: Run, places: Iterable[Environment], by: str, state: str, comment: str
    ) -> list[Deployment]:
        """Answer the gates of these environments: `approved` or `rejected`."""
        answered: list[Deployment] = []
        wanted = {place.id for place in places}
        for job, place in self.gates(run):
            if place.id in wanted:
                run.approvals.append(Approval(place.name, by, state, comment, self._clock.now()))
                if job.records:
                    answered.append(self._deployment(run, job))
                self._answer(run, job, place, "reviewers" if place.reviewers else None, state)
        return answered

    def answer_rule(self, run: Run, place: Environment, app: str, state: str) -> None:
        """The App whose rule guards this environment lets the run pass, or ends it."""
        for job, gate in self.gates(run):
            if gate is place and job.records:
                self._answer(run, job, place, app, state)

    def _answer(
        self, run: Run, job: Job, place: Environment, whose: str | None, state: str
    ) -> None:
        """One answer at a gate; without `whose` an administrator passes all of it by."""
        now = self._clock.now()
        given = run.answered.setdefault(job.id, set())
        given |= {whose} if whose else place.wants
        if state == "rejected":
            run.finish_job(job, "failure", now)
        elif place.wants <= given:
            job.status = "queued"
            run.start(now)
        else:
            return
        if player := self._players.get(run.id):
            player.resume()

    def push_to(self, run: Run, to: str, name: str | None) -> None:
        """Move a run by hand: jobs before the one that is meant pass. Its script plays no further.

        Raises LookupError where there is no such open job.
        """
        now = self._clock.now()
        job = run.job(name)
        if job is None or job.done:
            raise LookupError(f"no open job {name or ''}".rstrip())
        self._take_over(run)
        if to == "cancelled":
            run.cancel(now)
            return
        last = job if name is not None or to != "success" else run.jobs[-1]
        for earlier in run.jobs[: run.jobs.index(last)]:
            self._pass(run, earlier, now)
        if last.done:
            return
        if to == "waiting":
            self._stand_at_gate(run, last, now)
        elif to == "in_progress":
            run.start_job(last, now)
        elif to == "success":
            self._pass(run, last, now)
        else:
            run.start_job(last, now)
            run.finish_job(last, to, now)

    def _pass(self, run: Run, job: Job, now: datetime) -> None:
        if not job.done:
            if not job.reached:
                run.start_job(job, now)
            run.finish_job(job, "success", now)

    def _stand_at_gate(self, run: Run, job: Job, now: datetime) -> None:
        """At the next gate: jobs before the one with an environment have passed."""
        gate = next((j for j in run.open_jobs if j.environment is not None), job)
        for earlier in run.jobs[: run.jobs.index(gate)]:
            self._pass(run, earlier, now)
        if gate.done:
            return
        place = run.repo.environment(gate.environment or gate.name, now)
        if not place.wants:
            run.repo.guard(place)
        gate.environment = place.name
        run.wait(gate, now)

    def _take_over(self, run: Run) -> None:
        if player := self._players.pop(run.id, None):
            player.stop()

    def _play(self, run: Run) -> None:
        script = self.scripts.get(run.workflow.file, Script())

        def is_gated(name: str) -> bool:
            place = run.repo.place(name)
            return place is not None and bool(place.wants)

        self._players[run.id] = Player(self._clock, run, script, is_gated)
        self._players[run.id].resume()

    def _jobs(self, workflow: Workflow, at: datetime) -> list[Job]:
        names = self.scripts.get(workflow.file, Script()).jobs
        known = {plan.name: plan for plan in workflow.jobs}
        plans = [known.get(name, JobPlan(name, ("Set up job", "Run"))) for name in names]
        return [Job.of(plan, next(self._ids), at) for plan in plans or workflow.jobs]

    def _changed(self, run: Run, job: Job | None, action: str) -> None:
        if job is None:
            self._notify("workflow_run", action, run.repo, run=run)
            return
        self._notify("workflow_job", action, run.repo, run=run, job=job)
        begun = job.reached or action == "waiting" or self._found(run, job) is not None
        if job.environment is None or not begun:
            return
        state = _STATES.get(action) or job.conclusion
        if state == "success" and job is run.deploying_job:
            self._bring(run, job.environment)
        if not job.records:
            return  # what works on GitHub's deployments hears nothing of it, and Apps' rules do so
        if state is not None:
            self._record(run, job, state)
        if action == "waiting":
            for app in run.repo.environments[job.environment.casefold()].rules:
                facts = {"run": run, "deployment": self._deployment(run, job), "sender": app}
                self._notify("deployment_protection_rule", "requested", run.repo, **facts)

    def _record(self, run: Run, job: Job, state: str) -> None:
        """Actions keeps a GitHub deployment for each job that deploys."""
        at = run.updated_at or self._clock.now()
        deployment = self._deployment(run, job)
        state = "failure" if state in ("cancelled", "skipped") else state
        status = DeploymentStatus(next(self._ids), state, run.actor, at)
        deployment.statuses.append(status)
        self._notify(
            "deployment_status", "created", run.repo, deployment=deployment, status=status, run=run
        )

    def _bring(self, run: Run, environment: str) -> None:
        """The version of a run is live now where its environment leads."""
        version = run.inputs.get("version") or run.repo.git.tag_of(run.sha) or run.sha[:7]
        name = environment.casefold()
        self.live[run.repo.name, run.repo.places.get(name, name)] = version

    def _found(self, run: Run, job: Job) -> Deployment | None:
        return next((d for d in run.repo.deployments.values() if d.job == job.id), None)

    def _deployment(self, run: Run, job: Job) -> Deployment:
        if found := self._found(run, job):
            return found
        name = job.environment or ""
        place = run.repo.place(name)
        deployment = Deployment(
            id=next(self._ids),
            ref=run.branch,
            sha=run.sha,
            environment=place.name if place else name,
            creator=run.actor,
            created_at=run.updated_at or run.created_at,
            production=place is not None and place.is_production,
            run=run.id,
            attempt=run.attempt,
            job=job.id,
        )
        run.repo.deployments[deployment.id] = deployment
        return deployment
