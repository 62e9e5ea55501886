"""Pagers and the status page: those that settings and configuration name."""

from bot.adapters import incident_io, pager_webhook, pagerduty, statuspage, uptime_kuma
from bot.config import Config
from bot.ports.paging import Pager
from bot.ports.status_pages import StatusPage
from bot.settings import Settings


def pagers(settings: Settings) -> dict[str, Pager]:
    """Every pager that is set up, with connections of its own."""
    found: list[Pager] = []
    if settings.pagerduty_routing_key is not None:
        token = settings.pagerduty_api_token
        found.append(
            pagerduty.connect(
                events_url=settings.pagerduty_events_url,
                routing_key=settings.pagerduty_routing_key.get_secret_value(),
                api_url=settings.pagerduty_api_url,
                api_token=token.get_secret_value() if token else None,
            )
        )
    if settings.incident_io_alert_url and settings.incident_io_token:
        secret = settings.incident_io_token.get_secret_value()
        url = settings.incident_io_alert_url.get_secret_value()
        found.append(incident_io.connect(url, secret))
    if settings.pager_webhook_url and settings.pager_webhook_secret:
        secret = settings.pager_webhook_secret.get_secret_value()
        url = settings.pager_webhook_url.get_secret_value()
        found.append(pager_webhook.connect(url, secret))
    return {pager.name: pager for pager in found}


def status_page(settings: Settings, config: Config) -> StatusPage | None:
    """The status page that is configured; the settings have its account, as `bot.needs` sees to."""
    wanted = config.status_page
    if wanted is None:
        return None
    if wanted.kind == "statuspage":
        key = settings.statuspage_api_key
        assert key is not None
        url = settings.statuspage_api_url
        return statuspage.connect(url, key.get_secret_value(), wanted.page)
    kuma, name, password = (
        settings.uptime_kuma_url,
        settings.uptime_kuma_username,
        settings.uptime_kuma_password,
    )
    assert kuma is not None and name is not None and password is not None
    return uptime_kuma.connect(kuma, name, password.get_secret_value(), wanted.page)
