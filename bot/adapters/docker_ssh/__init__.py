"""Docker over SSH: a container on a host, switched so that the old one comes back when it fails."""

from bot.adapters.docker_ssh.adapter import DockerSsh
from bot.adapters.docker_ssh.connection import Host, Trust
from bot.config import ConfigError
from bot.config.targets import DockerSshTarget
from bot.logs import Redaction
from bot.ports import Clock, Registry
from bot.settings import Settings

__all__ = ["DockerSsh", "make"]


def make(
    target: DockerSshTarget, settings: Settings, clock: Clock, *, registry: Registry | None = None
) -> DockerSsh:
    """The target of that configuration. Raises ConfigError when the settings do not let us in."""
    key_file, known = settings.docker_ssh_key_file, settings.docker_ssh_known_hosts
    needed = {"DOCKER_SSH_KEY_FILE": key_file, "DOCKER_SSH_KNOWN_HOSTS": known}
    if missing := [name for name, value in needed.items() if not value]:
        raise ConfigError([f"{name}: is missing (target {target.name})" for name in missing])
    assert key_file is not None and known is not None
    passphrase = settings.docker_ssh_key_passphrase
    try:
        trust = Trust.read(key_file, passphrase.get_secret_value() if passphrase else None, known)
    except (OSError, ValueError) as error:
        where = " and ".join(needed)
        raise ConfigError([f"{where} cannot be used: {error} (target {target.name})"]) from None
    host = Host(target.host, target.port, target.user, trust)
    redaction = Redaction(settings.secrets())
    return DockerSsh(target, host, clock, hide=redaction.text, registry=registry)
