"""Letter: the direct message to everybody whose changes a deployment has brought to production."""

from collections.abc import Iterable

from bot.domain.deployments.changes import Change
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind
from bot.domain.people import Actor, Standing


def authors(deployment: Deployment) -> tuple[str, ...]:
    """The GitHub logins that a success is told to: of what ships, not of what goes back."""
    ships = deployment.environment == "production" and not deployment.dry_run
    if not ships or deployment.kind not in (Kind.RELEASE, Kind.HOTFIX):
        return ()
    return deployment.changes.authors if deployment.changes else ()


def addressed(
    deployment: Deployment, people: Iterable[Actor]
) -> tuple[tuple[Actor, tuple[Change, ...]], ...]:
    """Each member among these people with the changes that are theirs."""
    changes = deployment.changes.changes if deployment.changes else ()
    found = []
    for person in people:
        login = (person.github or "").lower()
        theirs = tuple(change for change in changes if login and change.author.lower() == login)
        if theirs and person.standing is Standing.MEMBER:
            found.append((person, theirs))
    return tuple(found)
