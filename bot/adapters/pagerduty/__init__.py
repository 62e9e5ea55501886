"""PagerDuty: alarms and change events by its Events API, and by its REST API who acknowledged."""

from bot.adapters.pagerduty.annotator import PagerDutyAnnotator, annotator
from bot.adapters.pagerduty.pager import PagerDuty, connect

__all__ = ["PagerDuty", "PagerDutyAnnotator", "annotator", "connect"]
