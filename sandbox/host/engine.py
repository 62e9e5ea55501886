"""The Docker engine of the sandbox's host: the commands of `docker` that a deployment needs."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sandbox.host.containers import Container, Image, Line, digest_of
from sandbox.host.templates import rendered
from sandbox.host.words import INSPECT, LOGS, PS, RUN, STOP, UPDATE, WAIT, Failed

__all__ = ["Engine", "Image", "Job", "digest_of"]
VERSION = "28.2.2"
AWAY = "Cannot connect to the Docker daemon. Is the docker daemon running?\n"
Command = Callable[[Sequence[str]], Awaitable[str]]


@dataclass
class Job:
    """How a command of an image goes that is run instead of the service."""

    seconds: float = 0.2
    code: int = 0
    says: str = ""


class Engine:
    """Images and containers, changed by the words of a command line.

    `ran` are the commands that were run in an image, (its version, their words), oldest first;
    `jobs` is how they go, by any of their words. With the command `goes_at` it goes away, before or
    after that was done, and stays so while it `is_away`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.images: list[Image] = []
        self.containers: list[Container] = []
        self.pull_takes = 0.0
        self.stopping = 0
        self.ran: list[tuple[str, str]] = []
        self.jobs: dict[str, Job] = {}
        self.goes_at: tuple[Literal["before", "after", ""], str] = ("", "")
        self.is_away = False
        self._commands: dict[str, Command] = {
            "version": self._version,
            "info": self._info,
            "inspect": self._inspect,
            "image inspect": self._image_inspect,
            "image ls": self._image_ls,
            "manifest inspect": self._manifest,
            "ps": self._ps,
            "pull": self._pull,
            "run": self._run,
            "port": self._port,
            "rename": self._rename,
            "stop": self._stop,
            "start": self._start,
            "rm": self._rm,
            "update": self._update,
            "wait": self._wait,
            "logs": self._logs,
        }

    async def run(self, words: Sequence[str]) -> dict[str, object]:
        """The answer to `docker …`: status, out, err."""
        for length in (2, 1):
            name = " ".join(words[:length])
            if command := self._commands.get(name):
                return await self._answer(command, name, words[length:])
        return {"status": 1, "out": "", "err": f"docker: no command {words[:1]}\n"}

    async def _answer(self, command: Command, name: str, words: Sequence[str]) -> dict[str, object]:
        away = {"status": 125, "out": "", "err": AWAY}
        self.is_away |= self.goes_at == ("before", name)
        if self.is_away:
            return away
        try:
            out = await command(words)
        except Failed as failed:
            return {"status": 1, "out": "", "err": f"{failed}\n"}
        self.is_away |= self.goes_at == ("after", name)
        return away if self.is_away else {"status": 0, "out": out, "err": ""}

    def clear(self) -> None:
        """Everything ends and is forgotten."""
        for container in self.containers:
            container.end()
        self.containers.clear()
        self.images.clear()
        self.ran.clear()
        self.jobs.clear()
        self.goes_at, self.is_away = ("", ""), False

    def container(self, name: str) -> Container | None:
        """By name or id."""
        return next((one for one in self.containers if name in (one.name, one.id)), None)

    async def _version(self, words: Sequence[str]) -> str:
        return f"{VERSION}\n"

    async def _info(self, words: Sequence[str]) -> str:
        return f"{self.root}\n"

    async def _inspect(self, words: Sequence[str]) -> str:
        told = INSPECT.parse_args(words)
        return _lines(rendered(told.format[0], self._get(name).as_dict()) for name in told.words)

    async def _image_inspect(self, words: Sequence[str]) -> str:
        told = INSPECT.parse_args(words)
        found = [self._image(name) for name in told.words]
        if not told.format:
            return json.dumps([image.as_dict() for image in found])
        return _lines(rendered(told.format[0], image.as_dict()) for image in found)

    async def _image_ls(self, words: Sequence[str]) -> str:
        repository = words[-1].removeprefix("reference=")
        found = (one for one in self.images if one.on_host and one.repository == repository)
        return _lines(image.id for image in found)

    async def _manifest(self, words: Sequence[str]) -> str:
        self._stored(words[0])
        return "{}\n"

    async def _ps(self, words: Sequence[str]) -> str:
        told = PS.parse_args(words)
        by, _, wanted = told.filter[0].partition("=")
        if by == "label":
            key, _, value = wanted.partition("=")
            found = [one for one in self.containers if one.labels.get(key) == value]
        else:
            found = [one for one in self.containers if re.search(wanted, f"/{one.name}")]
        form = (
            (told.format or ["{{.ID}}"])[0]
            .replace("{{.ID}}", "{{.Id}}")
            .replace("{{.Names}}", "{{.Name}}")
        )
        return _lines(rendered(form, one.as_dict()).lstrip("/") for one in reversed(found))

    async def _pull(self, words: Sequence[str]) -> str:
        await asyncio.sleep(self.pull_takes)
        self._stored(words[-1]).on_host = True
        return f"{words[-1]}\n"

    async def _run(self, words: Sequence[str]) -> str:
        told = RUN.parse_args(words)
        reference, name = told.words[0], told.name[0]
        image = next((one for one in self.images if one.is_called(reference)), None)
        if image is None or not image.on_host:
            raise Failed(f"Unable to find image '{reference}' locally")
        if self.container(name):
            raise Failed(f'Conflict. The container name "/{name}" is already in use')
        address, _, inside = (told.p or ["0"])[0].rpartition(":")
        host, _, port = address.rpartition(":")
        made = Container(
            secrets.token_hex(32),
            *(name, image, host or "127.0.0.1", int(port or 0), int(inside)),
            labels=dict(label.partition("=")[::2] for label in told.label),
            binds=told.volume,
            network=told.network[-1] if told.network else "default",
            restart=told.restart[-1] if told.restart else "no",
        )
        self.containers.append(made)
        if told.words[1:]:
            self._do(made, told.words[1:])
        else:
            await self._begin(made)
        return f"{made.id}\n"

    def _do(self, container: Container, words: Sequence[str]) -> None:
        """The command that is run instead of the service; it ends by itself."""
        self.ran.append((container.image.version, " ".join(words)))
        job = next((self.jobs[word] for word in words if word in self.jobs), Job())

        def end() -> None:
            container.code = job.code
            container.log += job.says.splitlines()
            container.end()

        container.status = "running"
        asyncio.get_running_loop().call_later(job.seconds, end)

    async def _wait(self, words: Sequence[str]) -> str:
        found = self._get(WAIT.parse_args(words).words[0])
        await found.ended.wait()
        return f"{found.code}\n"

    async def _begin(self, container: Container) -> None:
        try:
            await container.start()
        except OSError as error:
            raise Failed(f"driver failed programming external connectivity: {error}") from error

    async def _port(self, words: Sequence[str]) -> str:
        found = self._get(words[0])
        return f"{found.host}:{found.port}\n" if found.status == "running" else ""

    async def _rename(self, words: Sequence[str]) -> str:
        old, new = words
        found = self._get(old)
        if self.container(new):
            raise Failed(f'Conflict. The container name "/{new}" is already in use')
        found.name = new
        return ""

    async def _stop(self, words: Sequence[str]) -> str:
        told = STOP.parse_args(words)
        found = self._get(told.words[0])
        if found.status == "running":
            self.stopping += 1
            await asyncio.sleep(min(float(told.t[0]), found.image.stops_in))
            self.stopping -= 1
            found.end()
        return f"{found.name}\n"

    async def _start(self, words: Sequence[str]) -> str:
        await self._begin(self._get(words[0]))
        return f"{words[0]}\n"

    async def _rm(self, words: Sequence[str]) -> str:
        for name in (word for word in words if word != "-f"):
            found = self._get(name)
            found.end()
            self.containers.remove(found)
        return _lines(words)

    async def _update(self, words: Sequence[str]) -> str:
        told = UPDATE.parse_args(words)
        self._get(told.words[0]).restart = told.restart[0]
        return f"{told.words[0]}\n"

    async def _logs(self, words: Sequence[str]) -> str:
        told = LOGS.parse_args(words)
        since = datetime.fromisoformat(told.since[0]) if told.since else None
        container = self._get(told.words[0])
        if container.log_driver == "none":
            raise Failed(
                "Error response from daemon: configured logging driver does not support reading"
            )
        said = [line for line in container.log if _is_since(line, since)]
        return _lines(said[-int(told.tail[0]) :])

    def _get(self, name: str) -> Container:
        if found := self.container(name):
            return found
        raise Failed(f"Error: No such container: {name}")

    def _image(self, name: str) -> Image:
        for image in self.images:
            if image.on_host and image.is_called(name):
                return image
        raise Failed(f"Error: No such image: {name}")

    def _stored(self, name: str) -> Image:
        for image in self.images:
            if image.in_registry and image.is_called(name):
                return image
        raise Failed(f"manifest unknown: {name}")


def _is_since(line: str, since: datetime | None) -> bool:
    at = line.at if isinstance(line, Line) else None
    return since is None or at is None or at >= since


def _lines(rows: Iterable[object]) -> str:
    return "".join(f"{row}\n" for row in rows)
