"""The sandbox's host: a real SSH server whose `docker` is the sandbox's engine."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shlex
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.faults import Faults
from sandbox.holds import Hold
from sandbox.host.containers import REGISTRY
from sandbox.host.engine import Engine, Image
from sandbox.host.pipes import pump
from sandbox.journal import Entry, Journal

if TYPE_CHECKING:
    import asyncssh

LOOPBACK = "127.0.0.1"
USER = "deploy"
SERVICE = "app"
REPOSITORY = f"{REGISTRY}{SERVICE}"
VERSIONS = ("v1.1.0", "v1.2.0", "v1.2.1", "v1.3.0")
RUNS = "v1.2.0"
KINDS = frozenset({"timeout", "slow", "cut", "reset_before", "reset_after_apply"})


class Host:
    """Listens from `start` on; what it has is made anew by `begin`."""

    def __init__(
        self, journal: Journal, faults: Faults, held: Callable[[], Hold | None] = lambda: None
    ) -> None:
        self._journal = journal
        self._faults = faults
        self._held = held
        self._folder = Path()
        self._server: asyncssh.SSHAcceptor | None = None
        self._engine_server: asyncio.Server | None = None
        self._lost: dict[object, asyncio.Event] = {}
        self._shells: set[Process] = set()
        self.engine = Engine(Path("/"))
        self.port = 0
        self.published = 0
        self.begin()

    def begin(self) -> None:
        """The images of acme/app, with the one that production runs; whatever went on ends."""
        self._end_processes()
        if self.is_up:
            shutil.rmtree(self.state, ignore_errors=True)
        self.engine.clear()
        self.engine.pull_takes = 0.0
        self.engine.images += [Image(REPOSITORY, version, version) for version in VERSIONS]

    async def start(self) -> None:
        """Listen for SSH on loopback, and run the container that production runs."""
        import asyncssh

        self._folder = Path(tempfile.mkdtemp(prefix="gonogo-host-"))
        self.engine.root = self._folder
        key, host_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
        key.write_private_key(self.key_file)
        self._install_docker()
        self._engine_server = await asyncio.start_unix_server(self._engine, self._folder / "docker")
        self._server = await asyncssh.create_server(
            lambda: _gate(self, key.convert_to_public()),
            LOOPBACK,
            0,
            server_host_keys=[host_key],
            process_factory=self._exec,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        public = host_key.export_public_key().decode().strip()
        self.known_hosts = f"[{LOOPBACK}]:{self.port} {public}\n"
        await self.deploy(RUNS)

    async def stop(self) -> None:
        """Let go of everything."""
        if self._server is None:
            return
        self.cut()
        self._server.close()
        self._end_processes()
        await asyncio.gather(*(shell.wait() for shell in self._shells))
        self.engine.clear()
        if self._engine_server is not None:
            self._engine_server.close()
        self._server = None
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def is_up(self) -> bool:
        return self._server is not None

    @property
    def key_file(self) -> Path:
        return self._folder / "key"

    @property
    def state(self) -> Path:
        """Where the user's programs keep what they know; `begin` empties it."""
        return self._folder / ".local" / "state"

    def env(self) -> dict[str, str]:
        """What a bot needs to log in."""
        files = {"DOCKER_SSH_KEY_FILE": str(self.key_file)}
        return files | {"DOCKER_SSH_KNOWN_HOSTS": self.known_hosts}

    def target(self, **settings: object) -> dict[str, object]:
        """This host as a target in gonogo.yaml."""
        return {
            "kind": "docker_ssh",
            "name": "web-1",
            "host": LOOPBACK,
            "port": self.port,
            "user": USER,
            "container": "app",
            "image": REPOSITORY,
            "publish": f"{LOOPBACK}:{self.published}",
            "container_port": 3000,
            "deadline": "PT2S",
            "grace": "PT0S",
        } | settings

    def cut(self) -> None:
        """Every connection is lost; what runs on the host goes on."""
        for connection in list(self._lost):
            connection.abort()  # type: ignore[attr-defined]

    def image(self, version: str) -> Image:
        return next(one for one in self.engine.images if one.version == version)

    async def deploy(self, version: str) -> None:
        """Run this version in the place of the one before, as the workflow of the team does."""
        if not any(one.version == version for one in self.engine.images):
            self.engine.images.append(Image(REPOSITORY, version, version))
        self.image(version).on_host = True
        if self.engine.container("app"):
            await self.engine.run(["rm", "-f", "app"])
        name, image = ("--name", "app"), f"{REPOSITORY}:{version}"
        where = ("-p", f"{LOOPBACK}:{self.published or ''}:3000")
        await self.engine.run(["run", "-d", *name, "--restart", "unless-stopped", *where, image])
        if running := self.engine.container("app"):
            self.published = running.port

    def _install_docker(self) -> None:
        docker = self._folder / "bin" / "docker"
        docker.parent.mkdir()
        shim = Path(__file__).with_name("shim.py")
        words = shlex.join([sys.executable, "-I", "-S", str(shim), str(self._folder / "docker")])
        docker.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        docker.chmod(0o755)

    async def _engine(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError):
            answer = await self.engine.run(json.loads(await reader.readline()))
            writer.write(json.dumps(answer).encode())
            await writer.drain()
        writer.close()

    async def _exec(self, process: asyncssh.SSHServerProcess[str]) -> None:
        words = shlex.split(process.command or "")
        script, arguments = "".join(words[2:3]), words[4:]
        path = f"/{''.join(arguments[:1])}"
        entry = self._journal.record(
            system="ssh",
            direction="from_bot",
            method="EXEC",
            path=path,
            body={
                "program": words[:2],
                "script": hashlib.sha256(script.encode()).hexdigest(),
                "arguments": arguments,
            },
        )
        connection = process.get_extra_info("connection")
        lost = self._lost[connection]
        fault = self._faults.take("ssh", "EXEC", path, kinds=KINDS)
        hold = held if (held := self._held()) and held.takes(entry) else None
        if hold and not hold.after:
            await hold.stop(entry)
            connection.abort()
            return
        kind, seconds = (fault.kind, float(fault.arg or 0)) if fault else ("", 0.0)
        if kind == "timeout":
            await lost.wait()
        elif kind == "reset_before":
            connection.abort()
        else:
            if kind == "slow":
                await asyncio.sleep(seconds)
            if kind == "cut":
                asyncio.get_running_loop().call_later(seconds, connection.abort)
            await self._run(process, entry, lost, hold, cut=kind == "reset_after_apply")

    async def _run(
        self,
        process: asyncssh.SSHServerProcess[str],
        entry: Entry,
        lost: asyncio.Event,
        hold: Hold | None,
        *,
        cut: bool,
    ) -> None:
        """As sshd does: what is written after the connection is lost breaks its pipe."""
        pumps, ends = [], []
        for stream in (process.stdout, process.stderr):
            ours, theirs = os.pipe()
            pumps.append(asyncio.create_task(pump(ours, stream, lost)))
            ends.append(theirs)
        shell = await asyncio.create_subprocess_exec(
            *("bash", "-c", process.command or ""),
            stdin=DEVNULL,
            stdout=ends[0],
            stderr=ends[1],
            cwd=self._folder,
            env={
                "HOME": str(self._folder),
                "PATH": f"{self._folder}/bin:{os.environ.get('PATH', os.defpath)}",
            },
            start_new_session=True,
        )
        self._shells.add(shell)
        for end in ends:
            os.close(end)
        await asyncio.gather(shell.wait(), *pumps)
        self._shells.discard(shell)
        if hold:
            await hold.stop(entry)
        if cut or hold:
            process.get_extra_info("connection").abort()
        elif not lost.is_set():
            entry.status = shell.returncode
            process.exit(_status(shell))

    def _end_processes(self) -> None:
        """Switches outlive their connections; they tell where they run."""
        for shell in self._shells:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
        for group in self._folder.glob(".local/state/gonogo/*/*/group") if self.is_up else ():
            with contextlib.suppress(OSError, ValueError):
                os.killpg(int(group.read_text()), signal.SIGKILL)


def _status(shell: Process) -> int:
    code = shell.returncode or 0
    return code if code >= 0 else 128 - code


def _gate(host: Host, key: asyncssh.SSHKey) -> asyncssh.SSHServer:
    import asyncssh

    class Gate(asyncssh.SSHServer):
        """Lets our key in, and knows when the connection is lost."""

        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            self._conn = conn
            host._lost[conn] = asyncio.Event()
            if host._faults.take("ssh", "CONNECT", "/", kinds={"reset_before"}):
                conn.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            host._lost.pop(self._conn).set()

        def begin_auth(self, username: str) -> bool:
            return True

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, offered: asyncssh.SSHKey) -> bool:
            return bool(username == USER and offered == key)

    return Gate()
