"""Gate doctor: whether approvals that are given at GitHub can be, and whom GitHub would let."""

import asyncio
from collections.abc import Iterator, Sequence

from bot.config import Config
from bot.doctor.preflight import Finding, failed
from bot.domain.approvals.protection import Guarding, Protection, not_asked
from bot.domain.errors import Fault
from bot.domain.gates import Level
from bot.domain.people import Role
from bot.ports import GitHub, Workflow
from bot.services.runs import protecting

Place = tuple[str, str, str, str, Protection]
"""Service, environment, repository, workflow file, and what is to hold its runs back."""


def gates(config: Config) -> Iterator[tuple[str, str, str, str, Protection]]:
    """Where the approval is given at GitHub."""
    for service, environment, settings, _, file in config.pipelines():
        if protection := protecting.configured(config, service, environment):
            yield service, environment, settings.repo, file, protection


async def gate(
    config: Config,
    github: GitHub,
    service: str,
    environment: str,
    repo: str,
    file: str,
    protection: Protection,
) -> Sequence[Finding]:
    """Whether a run would wait there, for somebody whom we can answer for; and who else may."""
    subject = f"gate of {service} {environment}"
    job = config.services[service].deploy_job
    try:
        workflow, found = await asyncio.gather(
            github.workflow(repo, file), protecting.guarding(github, repo, protection)
        )
        verdict = await protecting.judge(github, repo, protection, workflow, job)
        unheard = await _unheard(github, repo, subject, workflow, protection)
        account, reviewer = await asyncio.gather(github.login(), github.reviewer())
        members = await _members(github, repo, found)
    except Fault as fault:
        return [failed(subject, fault, "let the tokens read environments, and members of teams")]
    ok = verdict.level is Level.PASS
    first = Finding(subject=subject, ok=ok, text=verdict.text, action=verdict.action)
    others = _reviewers(config, subject, found, members, account, reviewer)
    return [first, *unheard, *others]


async def _unheard(
    github: GitHub, repo: str, subject: str, workflow: Workflow, protection: Protection
) -> list[Finding]:
    """Which jobs would wait for good for an App's rule of an environment that is not this gate's:
    of those that it makes no deployment of, GitHub asks none.
    """
    at = {name: workflow.environments.get(name, "") for name in sorted(workflow.unrecorded)}
    jobs = {name: place for name, place in at.items() if not protection.ours(place)}
    found = await asyncio.gather(*(protecting.guarded(github, repo, n) for n in jobs.values()))
    return [
        Finding(subject=subject, ok=False, text=text, action=action)
        for job, one in zip(jobs, found, strict=True)
        if one.rules
        for text, action in [not_asked(job, one.environment)]
    ]


async def _members(github: GitHub, repo: str, found: tuple[Guarding, ...]) -> frozenset[str]:
    """Everybody whom GitHub would let answer, in small letters."""
    org = repo.partition("/")[0]
    teams = sorted({team for one in found for team in one.teams})
    listed = await asyncio.gather(*(github.team(f"{org}/{team}") for team in teams))
    users = (login for one in found for login in one.users)
    return frozenset(login.lower() for login in (*users, *(m for team in listed for m in team)))


def _reviewers(
    config: Config,
    subject: str,
    found: tuple[Guarding, ...],
    members: frozenset[str],
    account: str,
    reviewer: str | None,
) -> Iterator[Finding]:
    """What GitHub allows and four eyes do not."""
    has_teams = any(one.teams for one in found)
    if has_teams and reviewer is not None and reviewer.lower() not in members:
        text = f"{reviewer} is in none of the teams that review"
        yield Finding(subject=subject, ok=False, text=text, action="add that account to one")
    if any(one.no_self_review for one in found):
        text = f"“prevent self-review” stops {account} alone, which starts the runs"
        yield Finding(subject=subject, ok=True, text=text)
    names = set(config.roles.get(Role.DEPLOYER, ()))
    logins = {p.github for name, p in config.people.items() if name in names and p.github}
    if both := sorted(login for login in logins if login.lower() in members):
        text = f"{', '.join(both)} may deploy and could approve that at GitHub; gonogo tells on it"
        yield Finding(subject=subject, ok=True, text=text)
