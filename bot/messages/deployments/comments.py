"""Comments: what the bot writes beside its answers at GitHub; plain text for people there."""

from bot.domain.deployments.deployments import Deployment

MOST = 900  # characters; GitHub takes 1024


def approved(deployment: Deployment) -> str:
    """Why a run was let into its environment."""
    people = ", ".join(one.github or one.who for one in deployment.approvals)
    return f"{deployment.name} {deployment.version}: approved in Slack by {people}"[:MOST]


def rejected(deployment: Deployment) -> str:
    """Why it was not: the reason that the approver gave."""
    reason = deployment.ending.text if deployment.ending else ""
    return f"{deployment.name} {deployment.version}: rejected in Slack. {reason}".rstrip()[:MOST]
