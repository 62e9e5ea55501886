"""Uptime Kuma: its status page, by the Socket.IO interface of its own dashboard."""

from bot.adapters.uptime_kuma.page import KumaPage, connect

__all__ = ["KumaPage", "connect"]
