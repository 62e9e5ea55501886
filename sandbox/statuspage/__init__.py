"""A local Atlassian Statuspage: the incidents and components of one page."""

from sandbox.statuspage.host import Statuspage
from sandbox.statuspage.routes import routes

__all__ = ["Statuspage", "routes"]
