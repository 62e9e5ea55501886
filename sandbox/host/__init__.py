"""A host to log in to by SSH, with a Docker engine of the sandbox's own."""

from sandbox.host.engine import Engine, Image, digest_of
from sandbox.host.server import Host

__all__ = ["Engine", "Host", "Image", "digest_of"]
