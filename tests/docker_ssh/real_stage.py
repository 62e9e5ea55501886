"""A container of one's own on the real machine, for one case of a switch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.clocks import SystemClock
from bot.adapters.docker_ssh import DockerSsh
from bot.adapters.docker_ssh.connection import Trust
from bot.config.targets import DockerSshTarget
from bot.domain.rollbacks.targets import Artifact, Fate
from sandbox.app import HOST
from tests.docker_ssh.hostile import Tampered
from tests.docker_ssh.machine import Machine, Sshd
from tests.docker_ssh.switching import end_of, is_good, running

OLD, NEW, CRASHES, SILENT, WRONG, ONCE = (f"v1.{minor}.0" for minor in range(6))
ABSENT = f"sha256:{'0' * 64}"


@dataclass
class Stage:
    """One case: a container of its own, which runs OLD unless it is to be the first."""

    machine: Machine
    sshd: Sshd
    name: str
    port: int
    more: dict[str, bool]

    async def prepare(self) -> None:
        if self.more.get("first"):
            return
        is_good(await end_of(self.target(), await self.start(OLD, "D0")), Fate.SUCCEEDED)

    def target(self, *, known_hosts: str = "", **settings: object) -> DockerSsh:
        target, _ = self.tampered(known_hosts=known_hosts, **settings)
        return target

    def tampered(self, *, known_hosts: str = "", **settings: object) -> tuple[DockerSsh, Tampered]:
        """A target, and its host, which may be told another word than the target tells it."""
        config = DockerSshTarget.model_validate(
            {
                **{"kind": "docker_ssh", "name": "web", "host": HOST, "user": "root"},
                **{"port": self.sshd.port, "container": self.name},
                **{"image": self.machine.repository, "container_port": 3000},
                **{"publish": f"{HOST}:{self.port}", "grace": "PT1S", "deadline": "PT3S"},
                **{
                    "flags": [f"--volume={self.name}:/data"],
                    "candidate": not self.more.get("bare"),
                },
                **settings,
            }
        )
        trust = Trust.read(self.machine.key_file, None, known_hosts or self.sshd.known_hosts)
        host = Tampered(config.host, config.port, config.user, trust)
        return DockerSsh(config, host, SystemClock(), hide=str), host

    def log(self, operation: str) -> Path:
        return self.machine.state / self.name / operation / "log"

    def wanted(self, version: str) -> Artifact:
        return Artifact(id=self.machine.digests[version], version=version)

    async def start(self, version: str, operation: str = "D1") -> dict[str, str]:
        return await self.target().start(self.wanted(version), operation)

    async def names(self, *of: str) -> list[str]:
        listed = await self.machine.engine.docker("ps", "-a", *of, "--format", "{{.Names}}")
        return sorted(name for name in listed.split() if name.partition("-")[0] == self.name)

    async def is_untouched(self) -> None:
        assert (await self.names(), await running(self.target())) == ([self.name], OLD)

    def signal(self, operation: str, number: int) -> None:
        os.killpg(int(self.log(operation).with_name("group").read_text()), number)
