"""A local Vercel: projects, their production deployments, instant rollback and promotion."""

from sandbox.vercel.host import Vercel
from sandbox.vercel.routes import routes

__all__ = ["Vercel", "routes"]
