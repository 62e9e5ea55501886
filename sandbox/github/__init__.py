"""A local GitHub: repositories, Actions, deployments and webhooks, with state."""

from sandbox.github.host import GitHub
from sandbox.github.routes import graphql_beside, routes

__all__ = ["GitHub", "graphql_beside", "routes"]
