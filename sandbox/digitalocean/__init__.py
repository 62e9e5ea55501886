"""A local DigitalOcean: App Platform, the container registry and the backups of databases."""

from sandbox.digitalocean.host import DigitalOcean
from sandbox.digitalocean.routes import routes

__all__ = ["DigitalOcean", "routes"]
