"""Pager webhook: alarms to any address that takes signed webhooks."""

from bot.adapters.pager_webhook.pager import PagerWebhook, connect

__all__ = ["PagerWebhook", "connect"]
