"""Statuspage: incidents and components of a page at Atlassian Statuspage."""

from bot.adapters.statuspage.page import Statuspage, connect

__all__ = ["Statuspage", "connect"]
