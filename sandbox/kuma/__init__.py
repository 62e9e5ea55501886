"""A local Uptime Kuma 2.5.3: a monitor for each service, one status page, and its notifications."""

from sandbox.kuma.host import Kuma
from sandbox.kuma.routes import routes

__all__ = ["Kuma", "routes"]
