"""Way-back doctor: whether the workflows of a rollback are there, and what would hold them up."""

import asyncio
from collections.abc import Iterator, Sequence

from bot.config import Config
from bot.doctor.preflight import Finding, failed
from bot.domain.approvals.protection import Guarding
from bot.domain.errors import Fault, NotFound
from bot.ports import GitHub, Workflow

Way = tuple[str, str, tuple[str, ...]]
"""What it is called, its repository, and the workflow files of which the first one counts."""

SHIPPED = "copy one from examples/workflows, or name yours in gonogo.yaml"
FREE = "give {file} an environment of its own without reviewers and wait timers, as the examples do"


def ways(config: Config) -> Iterator[Way]:
    """The workflows that a rollback of production starts: for the code where there are no targets,
    and for the database.
    """
    for name, service in config.services.items():
        production = config.environment(name, "production")
        if production is None:
            continue
        if not production.targets:
            yield f"way back of {name}", service.repo, (service.rollback_workflow, service.workflow)
        if service.migrations and service.migrations.workflow:
            yield f"database of {name}", service.repo, (service.migrations.workflow,)


async def way(github: GitHub, subject: str, repo: str, files: Sequence[str]) -> Sequence[Finding]:
    """Whether it could be started at once; nobody should have to find that out in an outage."""
    try:
        workflow = await _first(github, repo, files)
        if workflow is None:
            text = f"{repo} has no {' or '.join(files)}"
            return [_bad(subject, text, SHIPPED)]
        held = await _held(github, repo, workflow)
    except Fault as fault:
        return [failed(subject, fault, "let the token read workflows and environments")]
    if not workflow.active:
        return [_bad(subject, f"{workflow.file} is disabled", "enable it at GitHub")]
    action = FREE.format(file=workflow.file)
    gates = [
        _bad(subject, f"{workflow.file} waits at {one.environment} for {one.holds_up}", action)
        for one in held
    ]
    free = Finding(subject=subject, ok=True, text=f"{workflow.file} waits for nobody")
    return gates or [free]


async def _first(github: GitHub, repo: str, files: Sequence[str]) -> Workflow | None:
    for file in files:
        try:
            return await github.workflow(repo, file)
        except NotFound:
            continue
    return None


async def _held(github: GitHub, repo: str, workflow: Workflow) -> list[Guarding]:
    names = sorted({name for job in workflow.waits_for.values() for name in job})

    async def look(name: str) -> Guarding | None:
        try:
            return await github.guarding(repo, name)
        except NotFound:  # it is made by the first run, and guards nothing
            return None

    found = await asyncio.gather(*map(look, names))
    return [one for one in found if one is not None and one.holds_up]


def _bad(subject: str, text: str, action: str) -> Finding:
    return Finding(subject=subject, ok=False, text=text, action=action)
