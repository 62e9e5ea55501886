"""Expecting: how long going back takes at each place of a service, as far as the store tells."""

from collections.abc import Sequence

from bot.config import Config
from bot.config.targets import stated
from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks import expectations
from bot.domain.rollbacks.expectations import Expected
from bot.ports import Tx

LOOK_BACK = 50
"""How many earlier deployments are looked through."""


def expected(tx: Tx, config: Config, service: str, environment: str) -> tuple[Expected, ...]:
    """Each place in the order of a way back."""
    earlier = tx.history(service, environment, limit=LOOK_BACK)
    return after(earlier, config, service, environment)


def after(
    earlier: Sequence[Deployment], config: Config, service: str, environment: str
) -> tuple[Expected, ...]:
    """The same after these deployments, newest first."""
    settings, place = config.services[service], config.environment(service, environment)
    if place and place.targets:
        return tuple(expectations.at_target(earlier, t.name, stated(t)) for t in place.targets)
    workflow = settings.rollback_workflow
    takes, job = settings.rollback_takes, settings.deploy_job
    return (expectations.by_workflow(earlier, workflow, takes, job=job),)
