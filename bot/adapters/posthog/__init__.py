"""PostHog: the error rate, asked for in HogQL."""

from bot.adapters.posthog.monitor import PostHogMonitor, connect

__all__ = ["PostHogMonitor", "connect"]
