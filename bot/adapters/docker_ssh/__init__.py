"""Docker over SSH: a container on a host, switched so that the old one comes back when it fails."""

from bot.adapters.docker_ssh.adapter import DockerSsh
from bot.adapters.docker_ssh.connection import Host, Trust
from bot.config import ConfigError
from bot.config.targets import DockerSshTarget
from bot.logs import Redaction
from bot.ports import Clock, Registry
from bot.settings import Settings

__all__ = ["DockerSsh", "make", "trust"]


def make(
    target: DockerSshTarget, settings: Settings, clock: Clock, *, registry: Registry | None = None
) -> DockerSsh:
    """The target of that configuration. Raises ConfigError when the settings do not let us in."""
    host = Host(target.host, target.port, target.user, trust(settings))
    redaction = Redaction(settings.secrets())
    return DockerSsh(target, host, clock, hide=redaction.text, registry=registry)


def trust(settings: Settings) -> Trust:
    """Our key and those of the hosts, which the settings have. Raises ConfigError where they cannot
    be used.
    """
    key_file, known = settings.docker_ssh_key_file, settings.docker_ssh_known_hosts
    assert key_file is not None and known is not None
    passphrase = settings.docker_ssh_key_passphrase
    try:
        return Trust.read(key_file, passphrase.get_secret_value() if passphrase else None, known)
    except (OSError, ValueError) as error:
        where = "DOCKER_SSH_KEY_FILE and DOCKER_SSH_KNOWN_HOSTS"
        raise ConfigError([f"{where} cannot be used: {error}"]) from None
