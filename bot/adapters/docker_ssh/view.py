"""View: what a host told of one container, its relatives and their images, as values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.errors import Fault
from bot.domain.rollbacks.targets import Artifact
from bot.domain.versions import Version

PART = re.compile(r"^== (\w+)\n", re.MULTILINE)
LAST = "log"
"""The part behind which nothing is a heading any more: it is foreign text."""
CUT = re.compile(rf"^== {LAST}\n", re.MULTILINE)

VERSION_LABELS = ("deploy.version", "org.opencontainers.image.version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image on the host; `digests` are the names under which a registry knows it."""

    id: str
    digests: tuple[str, ...]
    tags: tuple[str, ...]
    created: datetime | None
    labels: dict[str, str]

    def digest(self, repository: str) -> str:
        """Its manifest's digest in that repository, empty when it never was there."""
        found = (name.partition("@") for name in self.digests)
        return next((digest for name, _, digest in found if _is(name, repository)), "")

    def versions(self, repository: str) -> tuple[str, ...]:
        """The versions that its label and its tags name."""
        tags = (tag.rpartition(":") for tag in self.tags)
        told = [self.labels.get(VERSION_LABELS[1], "")]
        told += [tag for name, _, tag in tags if _is(name, repository)]
        return tuple(str(version) for one in told if (version := Version.told(one)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container on the host."""

    id: str
    name: str
    image: str
    status: str
    started: datetime | None
    labels: dict[str, str]
    ports: dict[str, Any]
    binds: tuple[str, ...]
    network: str
    restart: str


class View:
    """The parts of an answer by name; raises Fault where they are not what was asked for."""

    def __init__(self, text: str) -> None:
        head, *log = CUT.split(text, maxsplit=1)
        _, *rest = PART.split(head)
        self._parts: dict[str, str] = {LAST: log[0]} if log else {}
        for name, content in zip(rest[::2], rest[1::2], strict=True):
            self._parts[name] = self._parts.get(name, "") + content

    def text(self, part: str) -> str:
        """A part without the space around it."""
        try:
            return self._parts[part].strip()
        except KeyError:
            raise Fault("ssh", f"the host did not say “{part}”") from None

    def lines(self, part: str) -> list[str]:
        return self.text(part).splitlines()

    def containers(self, part: str = "containers") -> dict[str, Container]:
        """By name."""
        found = (_container(row) for row in self._rows(part))
        return {container.name: container for container in found}

    def images(self, part: str = "images") -> dict[str, Image]:
        """By the engine's own id."""
        return {row["id"]: _image(row) for row in self._rows(part)}

    def has(self, digest: str, repository: str) -> bool:
        """Whether the host has the image with that digest."""
        return any(image.digest(repository) == digest for image in self.images().values())

    def answers(self) -> bool:
        """Whether the health page answered well."""
        return bool(self.text("page"))

    def told(self) -> str | None:
        """The version that the health page tells."""
        try:
            page = json.loads(self.text("page").partition("\n")[2])
        except (ValueError, RecursionError):
            return None
        version = page.get("version") if isinstance(page, dict) else None
        return version[:100] if isinstance(version, str) else None

    def _rows(self, part: str) -> Iterator[dict[str, Any]]:
        if part not in self._parts:
            return
        for line in self.lines(part):
            try:
                yield json.loads(line)
            except ValueError:
                raise Fault("ssh", f"the host's {part} cannot be read") from None


def artifact(container: Container, images: dict[str, Image], repository: str) -> Artifact:
    """What a container runs: the digest of its image, and the version that it was started as."""
    image = images.get(container.image)
    versions = [container.labels.get(VERSION_LABELS[0], "")]
    versions += image.versions(repository) if image else ()
    return Artifact(
        id=image.digest(repository) if image else "",
        version=next(filter(None, versions), None),
        since=container.started,
    )


def _is(name: str, repository: str) -> bool:
    """Docker leaves its own hub's name out, and may put it in."""
    hub = ("docker.io/library/", "docker.io/")
    return name == repository or any(f"{prefix}{repository}" == name for prefix in hub)


def _container(row: dict[str, Any]) -> Container:
    return Container(
        id=row["id"],
        name=row["name"].lstrip("/"),
        image=row["image"],
        status=row["status"],
        started=_moment(row["started"]),
        labels=row["labels"] or {},
        ports=row["ports"] or {},
        binds=tuple(row["binds"] or ()),
        network=row["network"],
        restart=row["restart"],
    )


def _image(row: dict[str, Any]) -> Image:
    return Image(
        id=row["id"],
        digests=tuple(row["digests"] or ()),
        tags=tuple(row["tags"] or ()),
        created=_moment(row["created"]),
        labels=row["labels"] or {},
    )


def _moment(text: str) -> datetime | None:
    """Docker has nanoseconds, and the year 1 for never."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)", text)
    if not found or text.startswith("0001-"):
        return None
    return datetime.fromisoformat(found[1] + found[2].replace("Z", "+00:00"))
