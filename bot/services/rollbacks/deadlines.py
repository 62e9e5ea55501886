"""Deadlines: how long a step of a rollback is awaited before a person has to decide."""

from datetime import timedelta

from bot.config.targets import longest_step
from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks.target_steps import TargetStep
from bot.services.desk import Desk

LATER = timedelta(minutes=5)
"""What asks the database gives up by itself, at `migrations.deadline`, where it can be looked at;
this much later it is given up in any case.
"""

LOOKS = 6
"""So many looks or tries in a row, which take a minute, have to fail before a step is given up for
it: after a pause of ours the network may come later than we do.
"""


def timed(desk: Desk, deployment: Deployment, before: TargetStep, step: TargetStep) -> TargetStep:
    """The step after a change, with by when it has to have ended."""
    return step.timed(before, desk.now(), _longest(desk, deployment, step))


def _longest(desk: Desk, deployment: Deployment, step: TargetStep) -> timedelta:
    service = desk.config.services.get(deployment.service)
    if step.command and service and service.migrations:
        return service.migrations.deadline + LATER
    settings = desk.config.environment(deployment.service, deployment.environment)
    targets = settings.targets if settings else ()
    return longest_step(next((one for one in targets if one.name == step.target), None))
