"""Doctor: everything that a deployment will need, looked at before somebody needs it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

from bot.adapters.slack.slack import SlackChat
from bot.adapters.store import AWAY, Unusable
from bot.config import AdoptConfig, Config
from bot.config.approval import is_team
from bot.config.people import is_group
from bot.doctor import rights_doctor, way_back_doctor
from bot.doctor.gate_doctor import gate, gates
from bot.doctor.preflight import Finding, failed
from bot.domain.errors import Fault
from bot.domain.people import Standing
from bot.ports import GitHub, Mirrors, Probes, Rights, Workflow

SENT = frozenset({"version", "sha", "request_id", "requested_by"})
"""The inputs that the bot can give to a workflow."""

SHIPPED = "see examples/workflows/release.yml"


async def examine(
    config: Config,
    *,
    chat: SlackChat,
    github: GitHub,
    rights: Rights,
    mirrors: Mirrors,
    probes: Probes,
    database: Callable[[], Awaitable[str]],
) -> tuple[Finding, ...]:
    """Look at the channel, the people, our rights, the workflows, the health URLs and the database.

    `database` says what is wrong with it, nothing when it is up to date.
    """
    found = await asyncio.gather(
        _database(database),
        _channel(chat, config.slack.channel),
        *(_person(chat, name, one.slack) for name, one in config.people.items()),
        *(_group(chat, group) for group in _groups(config) if is_group(group)),
        *(_team(config, github, team) for team in _groups(config) if is_team(team)),
        *(rights_doctor.look(rights, *place) for place in rights_doctor.repositories(config)),
        *(gate(config, github, *place) for place in gates(config)),
        *(way_back_doctor.look(github, way) for way in way_back_doctor.ways(config)),
        *(_workflow(github, repo, file, *names) for repo, file, *names in _workflows(config)),
        *(_merges(github, service.repo, adopt) for _, _, service, adopt in config.merges()),
        *(_started_by_records(mirrors, repo) for repo in _recorded(config)),
        *(_health(probes, subject, url) for subject, url in _health_urls(config)),
    )
    return tuple(finding for findings in found for finding in findings)


def _groups(config: Config) -> tuple[str, ...]:
    names = (name for members in config.roles.values() for name in members)
    return tuple(dict.fromkeys(name for name in names if is_group(name) or is_team(name)))


def _workflows(config: Config) -> Iterator[tuple[str, str, set[str], set[str]]]:
    """(repository, file, jobs that deploy, smoke tests) of each workflow that is used."""
    used: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for _, _, service, settings, file in config.pipelines():
        jobs, smokes = used.setdefault((service.repo, file), (set(), set()))
        jobs.add(service.deploy_job)
        if settings.smoke:
            smokes.add(settings.smoke)
    return ((repo, file, jobs, smokes) for (repo, file), (jobs, smokes) in used.items())


def _recorded(config: Config) -> tuple[str, ...]:
    """The repositories in which GitHub's own page is kept true."""
    repos = (service.repo for service in config.services.values() if service.github_deployments)
    return tuple(dict.fromkeys(repos))


def _health_urls(config: Config) -> Iterator[tuple[str, str]]:
    for name, service in config.services.items():
        for environment, settings in service.environments.items():
            if settings.health:
                yield f"{name} {environment}", settings.health


async def _database(problem: Callable[[], Awaitable[str]]) -> Sequence[Finding]:
    subject, check = "database", "check DATABASE_URL"
    try:
        text = await problem()
    except Unusable as error:
        return [Finding(subject=subject, ok=False, text=str(error), action=check)]
    except AWAY as error:
        text = f"does not answer ({str(error) or type(error).__name__})"
        return [Finding(subject=subject, ok=None, text=text, action=check)]
    if text:
        action = "run gonogo db upgrade"
        return [Finding(subject=subject, ok=False, text=text, action=action)]
    return [Finding(subject=subject, ok=True, text="up to date")]


async def _channel(chat: SlackChat, name: str) -> Sequence[Finding]:
    subject = f"channel {name}"
    try:
        is_in_it = await chat.is_member(await chat.channel_id(name))
    except Fault as fault:
        return [failed(subject, fault, "")]
    if is_in_it:
        return [Finding(subject=subject, ok=True, text="gonogo is in it")]
    action = "type /invite @gonogo there"
    return [Finding(subject=subject, ok=False, text="gonogo is not in it", action=action)]


async def _person(chat: SlackChat, name: str, slack_id: str) -> Sequence[Finding]:
    subject = f"person {name}"
    try:
        account = await chat.account(slack_id)
    except Fault as fault:
        return [failed(subject, fault, f"correct people.{name}.slack in the configuration")]
    if account.standing is Standing.MEMBER:
        return [Finding(subject=subject, ok=True, text=f"{account.name} ({slack_id})")]
    text = f"{slack_id} is a {account.standing} account and may do nothing"
    return [Finding(subject=subject, ok=False, text=text, action="name a member, or leave it out")]


async def _group(chat: SlackChat, group: str) -> Sequence[Finding]:
    subject = f"user group {group}"
    try:
        members = await chat.group_members(group)
    except Fault as fault:
        return [failed(subject, fault, "correct the role that names it in the configuration")]
    return [Finding(subject=subject, ok=True, text=f"{len(members)} members")]


async def _team(config: Config, github: GitHub, team: str) -> Sequence[Finding]:
    try:
        members = await github.team(team.removeprefix("team:"))
    except Fault as fault:
        action = "correct the role that names it, or let the token read the organisation's members"
        return [failed(team, fault, action)]
    logins = {(person.github or "").lower() for person in config.people.values()}
    unknown = sorted(login for login in members if login.lower() not in logins)
    text = f"{len(members)} members"
    if unknown:
        text += f", of whom nobody under people has the login {', '.join(unknown)}"
    return [Finding(subject=team, ok=True, text=text)]


async def _workflow(
    github: GitHub, repo: str, file: str, jobs: set[str], smokes: set[str]
) -> Sequence[Finding]:
    subject = f"{repo} {file}"
    try:
        workflow = await github.workflow(repo, file)
    except Fault as fault:
        action = f"add .github/workflows/{file} to the default branch, or let the token read it"
        return [failed(subject, fault, action)]
    return [*workflow_findings(subject, workflow), *name_findings(subject, workflow, jobs, smokes)]


async def _merges(github: GitHub, repo: str, adopt: AdoptConfig) -> Sequence[Finding]:
    """Whether what merges start is there, with the job that deploys."""
    subject = f"merges to {repo} {adopt.branch}"
    try:
        workflow = await github.workflow(repo, adopt.workflow)
    except Fault as fault:
        return [failed(subject, fault, "correct adopt.workflow in the configuration")]
    if workflow.branch != adopt.branch:
        text = f"the default branch is {workflow.branch}"
        action = f"correct adopt.branch, unless {adopt.branch} is meant"
        return [Finding(subject=subject, ok=True, text=text, action=action)]
    smokes = [adopt.smoke] if adopt.smoke else []
    found = list(name_findings(subject, workflow, [adopt.deploy_job], smokes))
    return found or [Finding(subject=subject, ok=True, text=f"deployed by {adopt.workflow}")]


async def _started_by_records(mirrors: Mirrors, repo: str) -> Sequence[Finding]:
    """Whether what is written to GitHub's page of deployments would start a workflow."""
    subject = f"GitHub deployments of {repo}"
    try:
        started = await mirrors.started_by(repo)
    except Fault as fault:
        return [failed(subject, fault, "let the token read actions and contents")]
    if not started:
        return [Finding(subject=subject, ok=True, text="start no workflow")]
    found = []
    for event, file in started:
        text = f"each one starts {file} (on: {event})"
        action = "set github_deployments to false for the service, or take the event out"
        if event == "deployment_status":
            text = f"each status of one starts {file} (on: {event})"
            action = "see that it does no harm there, or set github_deployments to false"
        ok = event == "deployment_status"
        found.append(Finding(subject=subject, ok=ok, text=text, action=action))
    return found


def name_findings(
    subject: str, workflow: Workflow, jobs: Iterable[str], smokes: Iterable[str]
) -> Iterator[Finding]:
    """Whether a run can show the jobs that deploy and the smoke tests by their configured names."""
    if any("${{" in name for name in (*workflow.jobs, *workflow.steps)):
        return  # only a run tells what these are called
    shown = {name.casefold() for name in workflow.jobs}
    for name in sorted(name for name in jobs if name.casefold() not in shown):
        action = f"correct deploy_job; its jobs are {', '.join(workflow.jobs)}"
        yield Finding(subject=subject, ok=False, text=f"has no job “{name}”", action=action)
    shown |= {name.casefold() for name in workflow.steps}
    for name in sorted(name for name in smokes if name.casefold() not in shown):
        action = "correct smoke, or leave it out"
        yield Finding(subject=subject, ok=False, text=f"has no job or step “{name}”", action=action)


def workflow_findings(subject: str, workflow: Workflow) -> Iterator[Finding]:
    """What a workflow file can do, judged by what it declares."""
    if not workflow.active:
        action = "enable it under Actions"
        yield Finding(subject=subject, ok=False, text="the workflow is disabled", action=action)
    if "version" not in workflow.inputs:
        text = "workflow_dispatch has no input “version”"
        yield Finding(subject=subject, ok=False, text=text, action=SHIPPED)
    unknown = sorted(name for name, must in workflow.inputs.items() if must and name not in SENT)
    if unknown:
        text = f"requires inputs that gonogo cannot fill: {', '.join(unknown)}"
        action = "give them a default"
        yield Finding(subject=subject, ok=False, text=text, action=action)
    if not (workflow.guarded and workflow.carries_id and "request_id" in workflow.inputs):
        text = "no request id with a guard that stops a second run: "
        text += "after a lost answer a person has to look"
        yield Finding(subject=subject, ok=True, text=text, action=SHIPPED)
    else:
        text = "the same request is carried out once"
        yield Finding(subject=subject, ok=True, text=text)


async def _health(probes: Probes, subject: str, url: str) -> Sequence[Finding]:
    subject = f"health of {subject}"
    probe = await probes.health(url)
    if probe.problem:
        action = f"check {url}, and network.allow if it is a private address"
        return [Finding(subject=subject, ok=False, text=probe.problem, action=action)]
    version = f", version {probe.version}" if probe.version else ", tells no version"
    return [Finding(subject=subject, ok=True, text=f"answers{version}")]
