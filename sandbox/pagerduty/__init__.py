"""A local PagerDuty: the Events API, and the incidents of the REST API."""

from sandbox.pagerduty.host import PagerDuty
from sandbox.pagerduty.routes import routes

__all__ = ["PagerDuty", "routes"]
