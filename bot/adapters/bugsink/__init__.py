"""Bugsink: the issues that came since a deployment."""

from bot.adapters.bugsink.monitor import BugsinkMonitor, connect

__all__ = ["BugsinkMonitor", "connect"]
