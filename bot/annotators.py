"""Annotators of this installation: who is told that a version went live, as it is configured."""

from collections.abc import Mapping

from pydantic import SecretStr

from bot.adapters import pagerduty, posthog, sentry
from bot.config import Config
from bot.config.annotations import (
    AnnotationConfig,
    PagerDutyAnnotation,
    PostHogAnnotation,
    SentryAnnotation,
)
from bot.ports.annotations import Annotator
from bot.settings import Settings


class Annotators:
    """Every configured annotator, by service and environment, and by its name. The settings have
    what they need, as `bot.needs` sees to.
    """

    def __init__(self, settings: Settings, config: Config) -> None:
        self.made: dict[tuple[str, str], Mapping[str, Annotator]] = {
            (name, environment): {
                one.name: one for one in (_make(settings, each) for each in found.annotations)
            }
            for name, service in config.services.items()
            for environment, found in service.environments.items()
            if found.annotations
        }

    async def close(self) -> None:
        """Give every connection back."""
        for annotators in self.made.values():
            for annotator in annotators.values():
                await annotator.close()


def _make(settings: Settings, config: AnnotationConfig) -> Annotator:
    match config:
        case PostHogAnnotation():
            key = _secret(settings.posthog_api_key)
            return posthog.annotator(settings.posthog_api_url, key, config.project)
        case SentryAnnotation():
            token = _secret(settings.sentry_token)
            return sentry.annotator(
                settings.sentry_api_url,
                token,
                config.organization,
                config.projects,
                environment=config.environment,
            )
        case PagerDutyAnnotation():
            key = _secret(settings.pagerduty_routing_key)
            return pagerduty.annotator(settings.pagerduty_events_url, key)


def _secret(value: SecretStr | None) -> str:
    assert value is not None
    return value.get_secret_value()
