"""PagerDuty: alarms by its Events API, and who acknowledged them by its REST API."""

from bot.adapters.pagerduty.pager import PagerDuty, connect

__all__ = ["PagerDuty", "connect"]
