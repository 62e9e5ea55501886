"""The control API: what people, tests and the page do to the sandbox."""

from sandbox.api.application import application

__all__ = ["application"]
