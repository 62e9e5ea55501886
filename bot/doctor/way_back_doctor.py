"""Way-back doctor: whether the workflows of a rollback are there, and what would hold them up."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.config import Config
from bot.config.targets import GithubWorkflowTarget
from bot.doctor.preflight import Finding, failed
from bot.domain.errors import Fault, NotFound
from bot.ports import GitHub, Workflow
from bot.services.rollbacks import environments


@dataclass(frozen=True, slots=True)
class Way:
    """What it is called, its repository, and the workflow files of which the first one counts;
    `job` is the one that has to be in it, by that `setting`.
    """

    subject: str
    repo: str
    files: tuple[str, ...]
    job: str = ""
    setting: str = ""


SHIPPED = "copy one from examples/workflows, or name yours in gonogo.yaml"
EMPTY = "which does not exist, so a run would have none of its secrets and variables"
MAKE = "make it at GitHub under Settings, Environments, with what its jobs need (docs/install.md)"
FREE = "give {file} an environment of its own without reviewers and wait timers, as the examples do"


def ways(config: Config) -> Iterator[Way]:
    """The workflows that a rollback of production starts: for the code where there are no targets,
    or where one of them is a workflow, and for the database.
    """
    for name, service in config.services.items():
        production = config.environment(name, "production")
        if production is None:
            continue
        if not production.targets:
            files = (service.rollback_workflow, service.workflow)
            yield Way(f"way back of {name}", service.repo, files)
        for target in production.targets:
            if isinstance(target, GithubWorkflowTarget):
                subject = f"way back of {name} at {target.name}"
                yield Way(subject, service.repo, (target.workflow,), target.job, "its job")
        if (asked := service.migrations) and asked.workflow:
            subject = f"database of {name}"
            yield Way(subject, service.repo, (asked.workflow,), asked.job, "migrations.job")


async def look(github: GitHub, way: Way) -> list[Finding]:
    """Whether it could be started at once; nobody should have to find that out in an outage."""
    subject = way.subject
    try:
        workflow = await _first(github, way)
        if workflow is None:
            text = f"{way.repo} has no {' or '.join(way.files)}"
            return [_bad(subject, text, SHIPPED)]
        places = await environments.of(github, way.repo, workflow)
    except Fault as fault:
        return [failed(subject, fault, "let the token read workflows and environments")]
    if not workflow.active:
        return [_bad(subject, f"{workflow.file} is disabled", "enable it at GitHub")]
    if way.job and workflow.lacks(way.job):
        action = f"correct {way.setting}; its jobs are {', '.join(workflow.jobs)}"
        return [_bad(subject, f"{workflow.file} has no job “{way.job}”", action)]
    action = FREE.format(file=workflow.file)
    found = [
        _bad(subject, f"{workflow.file} waits at {one.environment} for {one.holds_up}", action)
        for one in places.held
    ]
    found += [
        _bad(subject, f"{workflow.file} names the environment {name}, {EMPTY}", MAKE)
        for name in places.missing
    ]
    free = Finding(subject=subject, ok=True, text=f"{workflow.file} waits for nobody")
    return found or [free]


async def _first(github: GitHub, way: Way) -> Workflow | None:
    for file in way.files:
        try:
            return await github.workflow(way.repo, file)
        except NotFound:
            continue
    return None


def _bad(subject: str, text: str, action: str) -> Finding:
    return Finding(subject=subject, ok=False, text=text, action=action)
