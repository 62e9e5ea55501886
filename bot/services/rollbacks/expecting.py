"""Expecting: what is known of each way back before anybody takes it, as far as the store tells."""

from collections.abc import Iterable, Sequence

from bot.config import Config
from bot.config.targets import stated
from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks import expectations, prospects
from bot.domain.rollbacks.expectations import Expected
from bot.domain.rollbacks.prospects import Outlook
from bot.ports import Tx

LOOK_BACK = 50
"""How many earlier deployments are looked through."""


def outlook(
    tx: Tx,
    config: Config,
    where: tuple[str, str],
    taken: Deployment | None,
    versions: Iterable[str],
) -> Outlook:
    """What goes away with `taken` on the way back to each of these versions, and how long each
    place takes.
    """
    earlier = tx.history(*where, limit=LOOK_BACK)
    found = {one: prospects.since(taken, earlier, one) for one in versions} if taken else {}
    return Outlook(
        since={version: prospect for version, prospect in found.items() if prospect},
        expected=after(earlier, config, *where),
        asks_database=config.services[where[0]].migrations is not None,
    )


def after(
    earlier: Sequence[Deployment], config: Config, service: str, environment: str
) -> tuple[Expected, ...]:
    """How long each place takes, in the order of a way back, after these deployments, the newest
    first.
    """
    settings, place = config.services[service], config.environment(service, environment)
    if place and place.targets:
        return tuple(expectations.at_target(earlier, t.name, stated(t)) for t in place.targets)
    workflow = settings.rollback_workflow
    takes, job = settings.rollback_takes, settings.deploy_job
    return (expectations.by_workflow(earlier, workflow, takes, job=job),)
