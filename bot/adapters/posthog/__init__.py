"""PostHog: the error rate, asked for in HogQL, and annotations."""

from bot.adapters.posthog.annotator import PostHogAnnotator, annotator
from bot.adapters.posthog.monitor import PostHogMonitor, connect

__all__ = ["PostHogAnnotator", "PostHogMonitor", "annotator", "connect"]
