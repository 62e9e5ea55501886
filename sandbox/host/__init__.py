"""A host to log in to by SSH, with a Docker engine of the sandbox's own."""

from sandbox.host.engine import Engine, Image, digest_of
from sandbox.host.server import RUNS, SERVICE, Host

__all__ = ["RUNS", "SERVICE", "Engine", "Host", "Image", "digest_of"]
