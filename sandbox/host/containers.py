"""Images and containers of the sandbox's host: what they are, and how they behave."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

Behaviour = Literal["good", "crashes", "silent", "once"]
"""Answers; ends at once; runs and never answers; is good the first time and silent from then on."""

NEVER = "0001-01-01T00:00:00Z"


REGISTRY = "registry.digitalocean.com/acme/"


def digest_of(repository: str, version: str) -> str:
    """The digest under which the sandbox's DigitalOcean has that version, too."""
    name = repository.removeprefix(REGISTRY)
    return f"sha256:{hashlib.sha256(f'{name}:{version}'.encode()).hexdigest()}"


@dataclass
class Image:
    """One image; `says` is the version that its health page tells."""

    repository: str
    version: str
    says: str
    behaviour: Behaviour = "good"
    on_host: bool = True
    in_registry: bool = True
    stops_in: float = 0.0
    runs: int = 0

    @property
    def digest(self) -> str:
        return digest_of(self.repository, self.version)

    @property
    def id(self) -> str:
        return digest_of(self.repository, f"{self.version} configuration")

    @property
    def reference(self) -> str:
        return f"{self.repository}@{self.digest}"

    def is_called(self, name: str) -> bool:
        return name in (self.id, self.reference, f"{self.repository}:{self.version}")

    def as_dict(self) -> dict[str, object]:
        return {
            "Id": self.id,
            "RepoDigests": [self.reference],
            "RepoTags": [f"{self.repository}:{self.version}"],
            "Created": "2024-03-01T10:00:00Z",
            "Config": {"Labels": None},
        }


class Line(str):
    """One line of a log; without a time it has been said just now."""

    at: datetime | None = None

    @classmethod
    def said(cls, text: str, at: datetime) -> Line:
        line = cls(text)
        line.at = at
        return line


@dataclass
class Container:
    """One container; while it runs and is good, it answers on the port that it published."""

    id: str
    name: str
    image: Image
    host: str
    port: int
    inside: int
    labels: dict[str, str] = field(default_factory=dict)
    binds: list[str] = field(default_factory=list)
    network: str = "default"
    restart: str = "no"
    status: str = "created"
    started: str = NEVER
    log: list[str] = field(default_factory=list)
    log_driver: str = "json-file"
    code: int = 0
    page: str = ""  # what it answers instead
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Raises OSError when somebody else has the port."""
        if self.status == "running":
            return
        self.image.runs += 1
        good = self.image.behaviour == "good"
        if good or (self.image.behaviour == "once" and self.image.runs == 1):
            self._server = await asyncio.start_server(self._answer, self.host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]
        self.status = "exited" if self.image.behaviour == "crashes" else "running"
        self.started = datetime.now(UTC).isoformat()
        self.log.append(f"started {self.image.says}")

    def end(self) -> None:
        """It stops answering, at once."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self.status == "running":
            self.status = "exited"
        self.ended.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            told = {"status": "ok", "version": self.image.says}
            body = (self.page or json.dumps(told)).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    def as_dict(self) -> dict[str, object]:
        binding = [{"HostIp": self.host, "HostPort": str(self.port)}]
        return {
            "Id": self.id,
            "Name": f"/{self.name}",
            "Image": self.image.id,
            "State": {"Status": self.status, "StartedAt": self.started, "ExitCode": self.code},
            "Config": {"Labels": self.labels},
            "HostConfig": {
                "PortBindings": {f"{self.inside}/tcp": binding},
                "Binds": self.binds or None,
                "NetworkMode": self.network,
                "RestartPolicy": {"Name": self.restart},
            },
            "RestartCount": 0,
        }
