"""Configuration: gonogo.yaml, read into typed, frozen values."""

from bot.config.config import Commands, Config
from bot.config.file import ConfigError, load, load_commands, parse
from bot.config.services import (
    ENVIRONMENTS,
    GUARDED,
    AdoptConfig,
    CheckConfig,
    CheckItem,
    EnvironmentConfig,
    ServiceConfig,
)

__all__ = [
    "ENVIRONMENTS",
    "GUARDED",
    "AdoptConfig",
    "CheckConfig",
    "CheckItem",
    "Commands",
    "Config",
    "ConfigError",
    "EnvironmentConfig",
    "ServiceConfig",
    "load",
    "load_commands",
    "parse",
]
