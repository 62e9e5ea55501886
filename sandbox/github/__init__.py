"""A local GitHub: repositories, Actions, deployments and webhooks, with state."""

from sandbox.github.host import GitHub
from sandbox.github.routes import routes

__all__ = ["GitHub", "routes"]
