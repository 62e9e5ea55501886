"""Followers: what else changes in the transaction in which a deployment does."""

from collections.abc import Callable

from bot.domain.deployments.deployments import Deployment
from bot.ports.store import Tx

Follower = Callable[[Tx, Deployment, Deployment], None]
"""Is told of a deployment as it was and as it is stored now, whoever changed it; and changes
nothing of that one.
"""
