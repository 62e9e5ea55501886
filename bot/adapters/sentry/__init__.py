"""Sentry: the issues that came with a release."""

from bot.adapters.sentry.monitor import SentryMonitor, connect

__all__ = ["SentryMonitor", "connect"]
