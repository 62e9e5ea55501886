"""Followers: what else changes in the transaction in which a deployment does."""

from functools import partial

from bot.config import Config
from bot.ports import Follower
from bot.services.deployments import annotating, inspecting
from bot.services.incidents import incident_following
from bot.services.rollbacks import half_back, holding, remedies, reversals
from bot.services.runs import mirroring, twins


def followers(config: Config) -> tuple[Follower, ...]:
    """All of them, in the order in which they are told."""
    parts = (
        *(incident_following, mirroring, twins),
        *(half_back, holding, reversals, remedies, inspecting, annotating),
    )
    return tuple(partial(part.follow, config) for part in parts)
