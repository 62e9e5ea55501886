"""Plans: what a switch would do on one host, from what was seen there; nothing is changed."""

from collections.abc import Iterator
from datetime import timedelta

from bot.adapters.docker_ssh.view import Container, View
from bot.config.targets import DockerSshTarget, stated
from bot.domain.rollbacks.targets import Artifact, TargetPlan

LITTLE_SPACE = 2 * 1024 * 1024
"""KiB; images are seldom larger."""

FETCH = timedelta(seconds=30)
"""What fetching an image is expected to take besides the switch."""


def plan(
    view: View, target: DockerSshTarget, current: Artifact | None, wanted: Artifact | None
) -> TargetPlan:
    """The plan of going to `wanted`, whose digest is known; None when nobody knows it."""
    on_host = wanted is not None and view.has(wanted.id, target.image)
    return TargetPlan(
        current=current,
        wanted=wanted,
        obstacle=_obstacle(view, target, wanted, on_host),
        facts=tuple(_facts(view, target, wanted, on_host)),
        takes=stated(target) + (timedelta(0) if on_host else FETCH),
    )


def _obstacle(view: View, target: DockerSshTarget, wanted: Artifact | None, on_host: bool) -> str:
    if missing := view.lines("missing"):
        return f"the host has no {', '.join(missing)}"
    if view.text("env_file"):
        return f"{target.env_file} cannot be read there"
    if wanted is None:
        return "its image is not known: neither the host nor a registry has that version"
    if on_host:
        return ""
    *_, said = view.lines("wanted") or ["not found"]
    if said not in ("host", "registry"):
        return f"its image is gone: {said}"
    return ""


def _facts(
    view: View, target: DockerSshTarget, wanted: Artifact | None, on_host: bool
) -> Iterator[str]:
    if wanted:
        if on_host:
            yield "image present on the host"
        elif view.lines("wanted")[-1:] == ["registry"]:
            yield "image present in the registry"
        if not wanted.version:
            yield "its version is not known, so health alone is asked for"
    if holder := view.text("holder"):
        yield f"{holder} is at work there now"
    free = view.text("disk").split()[3:4]
    if free and free[0].isdecimal() and int(free[0]) < LITTLE_SPACE:
        yield f"only {int(free[0]) // 1024} MB free on its disk"
    if target.candidate:
        yield "it is tried beside the old one first, with the same variables and database"
    container = view.containers().get(target.container)
    if container is None:
        yield "nothing runs there, so nothing could be put back"
    else:
        yield from differences(container, target)


def differences(container: Container, target: DockerSshTarget) -> Iterator[str]:
    """What the container has and the next will not have, or the other way round."""
    address, _, port = target.publish.rpartition(":")
    bindings = container.ports.get(f"{target.container_port}/tcp") or []
    published = {(row.get("HostIp") or "0.0.0.0", row.get("HostPort")) for row in bindings}
    if published != {(address or "0.0.0.0", port)}:
        shown = ", ".join(sorted(f"{at}:{to}" for at, to in published)) or "nowhere"
        yield f"published {shown} now, {target.publish} then"
    volumes = {value for option, value in _flags(target) if option in ("--volume",)}
    if set(container.binds) != volumes:
        yield f"volumes {_listed(container.binds)} now, {_listed(volumes)} then"
    networks = [value for option, value in _flags(target) if option in ("--network", "--net")]
    network = networks[-1] if networks else "default"
    if container.network not in (network, *(("bridge",) if network == "default" else ())):
        yield f"network {container.network} now, {network} then"
    policies = [value for option, value in _flags(target) if option == "--restart"]
    policy = policies[-1] if policies else "unless-stopped"
    if container.restart != policy:
        yield f"restart policy {container.restart or 'no'} now, {policy} then"


def _flags(target: DockerSshTarget) -> Iterator[tuple[str, str]]:
    for flag in target.flags:
        option, _, value = flag.partition("=")
        yield option, value


def _listed(values: object) -> str:
    found = sorted(values) if isinstance(values, (set, tuple)) else []
    return ", ".join(found) or "none"
