"""A machine with a real sshd, a real Docker engine and a real registry, gone without a trace."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from sandbox.app import HOST
from tests.image.engine import CommandFailed, Engine, engine, run
from tests.strict import find, unavailable

STARTS_WITHIN = 15.0  # seconds
RUN_SSHD = Path("/run/sshd")
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST, SPREAD = 10000, 10000
"""No port below the first; two runs beside each other hardly begin at the same one."""
APP = """\
mkdir -p /www /data
echo '{{"status": "ok", "build": {{"version": "v0.0.1"}}, "version": "{version}"}}' >/www/health
echo "started {version} with TOKEN=$TOKEN"
{script}
exec httpd -f -p 3000 -h /www
"""
IMAGES = {  # version: (what its health page says, what it does first)
    "v1.0.0": ("v1.0.0", ""),
    "v1.1.0": ("v1.1.0", ""),
    "v1.2.0": ("v1.2.0", "echo crash; exit 3"),
    "v1.3.0": ("v1.3.0", "exec sleep 600"),
    "v1.4.0": ("v9.9.9", ""),
    "v1.5.0": ("v1.5.0", "[ ! -e /data/once ] || exec sleep 600; touch /data/once"),
    **{f"v1.{minor}.0": (f"v1.{minor}.0", "") for minor in range(6, 9)},
}
"""Good, good, crashes, never listens, is another version, is good only the first time; then good
ones that the registry alone has.
"""
AFAR = ("v1.6.0", "v1.7.0", "v1.8.0")


@dataclass
class Machine:
    """One host to log in to, with `digests` of what its registry has, by version."""

    folder: Path
    engine: Engine
    repository: str
    digests: dict[str, str]
    ports: Iterator[int]

    @property
    def key_file(self) -> Path:
        return self.folder / "key"

    @property
    def state(self) -> Path:
        return self.folder / "state" / "gonogo"


class Sshd:
    """One sshd with the configuration and the host key in a folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._process: Process | None = None

    @property
    def known_hosts(self) -> str:
        line = (self.folder / "host_key.pub").read_text().split()[:2]
        return f"[{HOST}]:{self.port} {' '.join(line)}\n"

    async def __aenter__(self) -> Sshd:
        await self.start()
        return self

    async def __aexit__(self, *unused: object) -> None:
        await self.cut()

    async def start(self) -> None:
        """Listen; returns when it does."""
        folder = self.folder
        with (folder / "sshd.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(str(find("sshd")), "-D", "-e", "-f", str(folder / "sshd_config")),
                *("-p", str(self.port)),
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
            )
        await _listens(self.port, self._process, "sshd")

    async def cut(self) -> None:
        """The network goes: nobody gets in, and every session there is ends at once."""
        assert self._process is not None
        with suppress(CommandFailed):
            await run("pkill", "-KILL", "-P", str(self._process.pid))
        with suppress(ProcessLookupError):  # it was cut off before
            self._process.kill()
        await self._process.wait()


def fixed_ports() -> Iterator[int]:
    """Ports that nobody listens on, each once. They lie below those of which the kernel gives one
    to whoever names none, and Docker one to what it publishes: one of those may be taken by a
    container between its choice and its use, or while what listens there starts anew.
    """
    first, _ = EPHEMERAL.read_text().split()
    for port in range(int(first) - 1 - os.getpid() % SPREAD, LOWEST, -1):
        if _is_free(port):
            yield port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@asynccontextmanager
async def machine() -> AsyncIterator[Machine]:
    """All of it, on loopback, with its own bridge; skips the test where that cannot be."""
    number, ports = os.getpid() % 250, fixed_ports()
    bridge = f"gonogo{number}"
    folder = Path(tempfile.mkdtemp(prefix="gonogo-machine-"))
    made_run_sshd = not RUN_SSHD.exists()
    try:
        await run("ip", "link", "add", "name", bridge, "type", "bridge")
    except (CommandFailed, OSError) as error:
        shutil.rmtree(folder)
        unavailable("docker", f"no bridge can be made: {error}")
    try:
        await run("ip", "address", "add", f"172.29.{number}.1/24", "dev", bridge)
        await run("ip", "link", "set", bridge, "up")
        async with engine(bridge) as docker, _registry(folder, next(ports)) as registry:
            RUN_SSHD.mkdir(exist_ok=True)
            repository = f"{registry}/acme/app"
            made = Machine(folder, docker, repository, {}, ports)
            _configure_sshd(made)
            for version in IMAGES:
                made.digests[version] = await _push(made, version)
            yield made
    finally:
        await run("ip", "link", "delete", bridge)
        shutil.rmtree(folder)
        if made_run_sshd:
            RUN_SSHD.rmdir()


@asynccontextmanager
async def _registry(folder: Path, port: int) -> AsyncIterator[str]:
    address = f"{HOST}:{port}"
    (folder / "registry.yml").write_text(
        f"version: 0.1\nlog: {{level: error}}\nhttp: {{addr: '{address}'}}\n"
        f"storage: {{filesystem: {{rootdirectory: {folder}/registry}}}}\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(str(find("docker-registry")), "serve", str(folder / "registry.yml")),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        await _listens(int(address.partition(":")[2]), process, "docker-registry")
        yield address
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def _configure_sshd(made: Machine) -> None:
    for name in ("key", "host_key"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(made.folder / name)
        (made.folder / name).chmod(0o600)
        key.write_public_key(made.folder / f"{name}.pub")
    (made.folder / "sshd_config").write_text(
        f"ListenAddress {HOST}\nHostKey {made.folder}/host_key\n"
        f"PidFile none\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        f"PermitRootLogin prohibit-password\nStrictModes no\n"
        f"AuthorizedKeysFile {made.folder}/key.pub\n"
        f"SetEnv DOCKER_HOST=unix://{made.engine.folder}/docker.sock "
        # In a home of its own no profile of whoever runs the tests is read for each command.
        f"XDG_STATE_HOME={made.folder}/state HOME={made.folder}\n"
    )


async def _push(made: Machine, version: str) -> str:
    root = made.folder / "root"
    if not root.exists():
        (root / "bin").mkdir(parents=True)
        shutil.copy(str(find("busybox")), root / "bin" / "busybox")
        for name in ("sh", "httpd", "sleep", "mkdir", "touch", "echo"):
            (root / "bin" / name).symlink_to("busybox")
    told, script = IMAGES[version]
    (root / "app").write_text(APP.format(version=told, script=script))
    await run("tar", "-C", str(root), "-cf", str(made.folder / "root.tar"), ".")
    name = f"{made.repository}:{version}"
    await made.engine.docker(
        "import", "-c", 'CMD ["sh", "/app"]', str(made.folder / "root.tar"), name
    )
    await made.engine.docker("push", "--quiet", name)
    digests = (await made.engine.inspect(name))["RepoDigests"]
    if version in AFAR:
        await made.engine.docker("rmi", "--force", name, digests[0])
    return str(digests[0]).partition("@")[2]


async def _listens(port: int, process: Process, program: str) -> None:
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            while process.returncode is None:
                try:
                    _, writer = await asyncio.open_connection(HOST, port)
                except OSError:
                    await asyncio.sleep(0.05)
                    continue
                writer.close()
                return
    except TimeoutError:
        pass
    unavailable(program, "it does not start")
