"""Credentials: who we are to GitHub, from the settings."""

from bot.adapters.github import Installation
from bot.config import Config
from bot.settings import Settings


def credentials(settings: Settings, config: Config) -> Installation | str:
    """What the settings have exactly one of: a token, or an App that is installed."""
    if settings.github_token is not None:
        return settings.github_token.get_secret_value()
    app, key, number = (
        settings.github_app_id,
        settings.github_app_private_key,
        settings.github_app_installation_id,
    )
    assert app is not None and key is not None and number is not None
    return Installation(
        settings.github_api_url,
        app_id=app,
        private_key=key.get_secret_value(),
        installation_id=number,
        repositories={service.repo for service in config.services.values()},
    )
