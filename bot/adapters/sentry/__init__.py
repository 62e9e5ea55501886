"""Sentry: the issues that came with a release, and releases with their deploys."""

from bot.adapters.sentry.annotator import SentryAnnotator, annotator
from bot.adapters.sentry.monitor import SentryMonitor, connect

__all__ = ["SentryAnnotator", "SentryMonitor", "annotator", "connect"]
