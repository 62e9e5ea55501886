"""Evidence: what the gates judge, read from GitHub, production and staging at one time."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from bot.config.gates import gate_rules
from bot.domain import gates
from bot.domain.deployments import migrations
from bot.domain.deployments.backups import Backups
from bot.domain.deployments.changes import ChangeList
from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Fault, NotFound
from bot.domain.gates import Check, Evidence, Gate, Issue, Level, Policy, Rules, Verdict, hotfix
from bot.ports import Tag, Workflow
from bot.services.closures import closures
from bot.services.desk import Desk
from bot.services.gates import readiness
from bot.services.rollbacks import holding
from bot.services.runs import inputs, protecting

T = TypeVar("T")


async def gather(
    desk: Desk, deployment: Deployment, tag: Tag, workflow: Workflow, live: Deployment | None
) -> Evidence:
    """Read everything the gates need, side by side.

    A source that does not answer is noted as unread. Raises Fault when GitHub as a whole does not
    answer, or tells us to wait.
    """
    repo, rules = deployment.repo, _rules(desk, deployment)
    sources = _Sources(rules)
    (changes, approved), (on_branch, checks), (notes, bugs), ready = await asyncio.gather(
        _changes_with_reviews(desk, deployment, tag, live, sources),
        _commit(desk, repo, tag, workflow, sources),
        asyncio.gather(
            sources.ask(Gate.NOTES, desk.github.release_notes(repo, tag.name), None),
            sources.ask(Gate.BUGS, _bugs(desk, repo, rules.labels), ()),
        ),
        readiness.look(desk, deployment, tag.commit, sources.ask),
    )
    held = await sources.ask(Gate.HOLD, holding.look(desk, deployment, tag, changes), ())
    settings = desk.config.services.get(deployment.service)
    rule = settings.migrations.rule() if settings and settings.migrations else None
    brings = migrations.find(changes.touched, rule) if rule else None
    backups = await sources.ask(Gate.BACKUP, _backups(desk, deployment), None) if brings else None
    return Evidence(
        version=deployment.version,
        commit=tag.commit,
        live=(live.version or None) if live else None,
        on_branch=on_branch,
        branch=workflow.branch,
        checks=checks,
        changes=changes.kept,
        workflow_active=workflow.active,
        carries_sha=inputs.carries_sha(workflow),
        missing_inputs=inputs.missing(workflow),
        approved=approved,
        notes=notes,
        bugs=bugs,
        staged=ready.staged,
        on_qa=ready.on_qa,
        migrations=brings,
        backups=backups,
        health=ready.health,
        pace=ready.pace,
        monitors=ready.monitors,
        watchers=ready.watchers,
        watchers_beyond=ready.watchers_beyond,
        on_call=ready.on_call,
        way_back=ready.way_back,
        holds=held,
        unread=sources.unread,
    )


async def judge(
    desk: Desk, deployment: Deployment, workflow: Workflow, found: Evidence
) -> tuple[Verdict, ...]:
    """Every gate's verdict on what was gathered; locks and calendar at this very moment."""
    judged = gates.judge(found, _rules(desk, deployment))
    if deployment.environment != "production":
        judged = tuple(map(_may_go_back, judged))
    now = desk.now()
    return (
        *(replace(one, at=now) for one in hotfix.softened(judged, deployment.kind)),
        *await protecting.verdicts(desk, deployment, workflow),
        *await closures.now(desk, deployment),
    )


async def looked_at(
    desk: Desk, deployment: Deployment, workflow: Workflow, found: Evidence
) -> Deployment:
    """The deployment with what was gathered of it just now, and with the verdicts on that."""
    return deployment.with_(
        verdicts=await judge(desk, deployment, workflow, found),
        rehearsal=found.way_back,
        backup=found.backups.newest if found.backups else deployment.backup,
    )


def _may_go_back(verdict: Verdict) -> Verdict:
    """Staging is often ahead of what is tried there; going back is no rollback of anything."""
    if verdict.gate == "live" and verdict.level is Level.BLOCK:
        return replace(verdict, level=Level.WARN, action="")
    return verdict


def _rules(desk: Desk, deployment: Deployment) -> Rules:
    return gate_rules(desk.config, deployment.service, deployment.environment)


class _Sources:
    """Asks for what one gate needs; what goes wrong with that is noted, and stops nothing else."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.unread: dict[str, Fault] = {}

    async def ask(self, gate: Gate, answer: Coroutine[Any, Any, T], otherwise: T) -> T:
        """The answer; `otherwise` where the gate is off, or its source does not answer.

        Raises Fault when GitHub tells everybody to wait: nothing can be sent before then anyway.
        """
        if self._rules.policy(gate) is Policy.OFF:
            answer.close()
            return otherwise
        try:
            return await answer
        except Fault as fault:
            if fault.system == "github" and fault.retry_after is not None:
                raise
            self.unread[gate] = fault
            return otherwise


async def _changes_with_reviews(
    desk: Desk, deployment: Deployment, tag: Tag, live: Deployment | None, sources: _Sources
) -> tuple[ChangeList, frozenset[int]]:
    """What the version brings, and which of its pull requests are approved."""
    repo = deployment.repo
    base = (live.binding.commit if live.binding else live.version or None) if live else None
    changes = await change_list(desk, repo, base, tag.commit)
    if live and live.version and changes.base is not None:
        changes = replace(changes, base=live.version)
    pulls = tuple(c.pull_request for c in changes.changes if c.pull_request is not None)
    nobody: frozenset[int] = frozenset()
    approved = await sources.ask(Gate.REVIEWED, desk.github.approved(repo, pulls), nobody)
    return changes, approved


async def change_list(desk: Desk, repo: str, base: str | None, head: str) -> ChangeList:
    """What the version brings; alone where GitHub no longer has what is live."""
    try:
        return await desk.github.changes(repo, base, head)
    except NotFound:
        return await desk.github.changes(repo, None, head)


async def _bugs(desk: Desk, repo: str, labels: tuple[str, ...]) -> tuple[Issue, ...] | None:
    found = await asyncio.gather(*(desk.github.open_issues(repo, label) for label in labels))
    if not labels or None in found:
        return None
    issues = {issue.number: issue for some in found for issue in some or ()}
    return tuple(issues[number] for number in sorted(issues))


async def _backups(desk: Desk, deployment: Deployment) -> Backups | None:
    settings = desk.config.services.get(deployment.service)
    if settings is None or settings.backups is None or desk.backups is None:
        return None
    newest = await desk.backups.newest(settings.backups.database)
    return Backups(at=desk.now(), newest=newest)


async def _commit(
    desk: Desk, repo: str, tag: Tag, workflow: Workflow, sources: _Sources
) -> tuple[bool, tuple[Check, ...]]:
    """Whether the commit is on the branch, and its checks."""
    return await asyncio.gather(
        desk.github.is_on_branch(repo, tag.commit, workflow.branch),
        sources.ask(Gate.CI, _checks(desk, repo, tag.commit), ()),
    )


async def _checks(desk: Desk, repo: str, commit: str) -> tuple[Check, ...]:
    """The checks of a commit without those that our own workflows left there.

    What deploys, goes back or asks the database runs on the branch's newest commit, and each of
    its jobs is a check of it; they say nothing about the commit itself. In what merges start, the
    jobs that deploy are marked.
    """
    checks = await desk.github.checks(repo, commit)
    ran_in = {check.run_id for check in checks if check.run_id}
    files = await desk.github.files_of(repo, commit, ran_in)
    own, merging = desk.config.workflows_of(repo), desk.config.merge_jobs_of(repo)
    named = [(check, files.get(check.run_id or 0)) for check in checks]
    return tuple(
        replace(check, deploys=(file, check.name.casefold()) in merging)
        for check, file in named
        if file not in own
    )
