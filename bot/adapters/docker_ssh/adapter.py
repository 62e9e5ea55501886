"""DockerSsh: the target port for one container on one host, by one script over SSH."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.adapters.docker_ssh import jobs, plans
from bot.adapters.docker_ssh.connection import SYSTEM, Answer, Host
from bot.adapters.docker_ssh.fates import judge
from bot.adapters.docker_ssh.images import candidates, digest_of
from bot.adapters.docker_ssh.script import command
from bot.adapters.docker_ssh.view import View, artifact
from bot.config.targets import DockerSshTarget
from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.rollbacks.targets import Artifact, Candidate, LogTail, Sight, TargetPlan
from bot.ports import Clock, Receipt, Registry, StoredImage

ANSWERS_WITHIN = 30.0
"""Seconds for what only reads, and for a start, which leaves the switch behind; the one slow part
of it is the registry that the host asks."""

HOST_OR_REGISTRY = "the host, or the registry that it asks"
"""Who is silent while a host looks whether an image could be fetched."""

REFUSED = {64, 69, 70, 74, 75, 126, 127}
"""How the script, or a shell without bash, says that nothing was changed."""

OPERATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
MOST_LINES = 1000


class DockerSsh:
    """See `bot.ports.Target` for what each call does; `hide` takes secrets out of a text."""

    def __init__(
        self,
        target: DockerSshTarget,
        host: Host,
        clock: Clock,
        *,
        hide: Callable[[str], str],
        registry: Registry | None = None,
    ) -> None:
        self._target = target
        self._host = host
        self._clock = clock
        self._hide = hide
        self._registry = registry

    def close(self) -> None:
        """Give the connection back."""
        self._host.close()

    async def current(self) -> Artifact | None:
        return self._current(await self._look())

    async def candidates(self) -> tuple[Candidate, ...]:
        view, (stored, _) = await asyncio.gather(self._look(), self._stored())
        return candidates(view, self._target, stored)

    async def plan(self, wanted: Artifact) -> TargetPlan:
        digest, trouble, view = wanted.id, "", None
        if not DIGEST.fullmatch(digest):
            view, (stored, trouble) = await asyncio.gather(self._look(), self._stored())
            digest = digest_of(wanted, view, self._target, stored)
        if view is None or (digest and not view.has(digest, self._target.image)):
            view = await self._look(digest)
        found = Artifact(id=digest, version=wanted.version, commit=wanted.commit)
        made = plans.plan(view, self._target, self._current(view), found if digest else None)
        return replace(made, facts=(*made.facts, trouble)) if trouble else made

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        _check(operation)
        if not DIGEST.fullmatch(wanted.id):
            raise Declined("ssh", "the image's digest is not known: look at the plan")
        answer = await self._begin("start", *self._words(wanted, operation))
        return self._receipt(View(answer.out), "", wanted, operation)

    async def watch(self, receipt: Receipt) -> Sight:
        view = await self._seen("watch", receipt["operation"])
        return self._sight(view, receipt["operation"], receipt["version"])

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        _check(operation)
        view = await self._seen("resolve", operation, self._issued())
        sight = self._sight(view, operation, wanted.version or "")
        if not view.text("begun"):
            return {}, sight
        return self._receipt(view, "before_", wanted, operation), sight

    async def undo(self, receipt: Receipt, operation: str) -> Receipt:
        """The same switch, to what ran before."""
        if not receipt["from"]:
            raise Declined("ssh", "nothing ran there before that a registry has")
        before = Artifact(id=receipt["from"], version=receipt["from_version"] or None)
        return await self.start(before, operation)

    async def start_job(
        self, image: Artifact, words: Sequence[str], operation: str, limit: timedelta
    ) -> Receipt:
        """Begin a command of an image, beside the container."""
        _check(operation)
        if not DIGEST.fullmatch(image.id):
            raise Declined("ssh", "the image's digest is not known")
        told = jobs.words(self._target, image.id, words, limit)
        names = (self._target.container, self._target.image, operation, self._issued())
        await self._begin("start_job", *names, *told)
        return {"operation": operation}

    async def watch_job(self, receipt: Receipt) -> Sight:
        """How far it is."""
        return await self._job("watch_job", receipt["operation"])

    async def find_job(self, operation: str) -> tuple[Receipt, Sight]:
        """After a lost answer; what has not begun will not begin."""
        _check(operation)
        sight = await self._job("find_job", operation, self._issued())
        return ({} if sight.text == jobs.NEVER_BEGAN else {"operation": operation}), sight

    async def _job(self, action: str, operation: str, *words: str) -> Sight:
        names = (self._target.container, operation, self._target.env_file or "")
        view = View((await self._read(action, *names, *words)).out)
        fate, text = jobs.judge(view)
        output = self._hide(view.text("log"))
        return Sight(fate=fate, text=self._hide(text), at=self._clock.now(), output=output)

    async def logs(self, *, lines: int = 100, since: datetime | None = None) -> LogTail:
        words = (str(min(lines, MOST_LINES)), since.isoformat() if since else "")
        answer = await self._ask(
            "logs", self._target.container, *words, self._target.env_file or ""
        )
        if answer.status != 0:
            raise Fault("ssh", self._last_line(answer))
        text = self._hide(answer.out)
        pattern = re.compile(self._target.errors)
        errors = tuple(line for line in text.splitlines() if pattern.search(line))
        return LogTail(text=text, errors=errors, at=self._clock.now())

    def _words(self, wanted: Artifact, operation: str) -> tuple[str, ...]:
        target = self._target
        return (
            *(target.container, target.image, target.url, operation, self._issued()),
            *(wanted.id, wanted.version or "", target.publish, str(target.container_port)),
            *(target.env_file or "", _seconds(target.deadline), _seconds(target.grace)),
            *(_seconds(target.pull), "yes" if target.candidate else "no", str(target.keep)),
            *(_seconds(target.limit), _seconds(target.undoing), *target.flags),
        )

    async def _look(self, digest: str = "") -> View:
        target = self._target
        reference = f"{target.image}@{digest}" if digest else ""
        words = (target.image, reference, target.url, target.env_file or "")
        silent = HOST_OR_REGISTRY if digest else SYSTEM
        return View((await self._read("look", target.container, *words, silent=silent)).out)

    async def _seen(self, action: str, operation: str, *words: str) -> View:
        target = self._target
        ours = (target.container, target.image, target.url, operation)
        return View((await self._read(action, *ours, *words)).out)

    async def _read(self, action: str, *words: str, silent: str = SYSTEM) -> Answer:
        answer = await self._ask(action, *words, silent=silent)
        if answer.status != 0:
            raise Fault("ssh", self._last_line(answer))
        return answer

    async def _begin(self, action: str, *words: str) -> Answer:
        answer = await self._ask(action, *words, write=True)
        if answer.status in REFUSED:
            raise Declined("ssh", self._last_line(answer))
        if answer.status != 0:
            raise Unanswered("ssh", f"the host ended with {answer.status}")
        return answer

    async def _ask(
        self, action: str, *words: str, write: bool = False, silent: str = SYSTEM
    ) -> Answer:
        told = command(action, *words)
        return await self._host.run(told, within=ANSWERS_WITHIN, write=write, silent=silent)

    async def _stored(self) -> tuple[tuple[StoredImage, ...], str]:
        """What the registry has, and what kept us from asking it: a way back must not need it."""
        if self._registry is None:
            return (), ""
        try:
            return await self._registry.digests(self._target.image), ""
        except Fault as fault:
            return (), f"the registry could not be asked ({fault.text})"

    def _current(self, view: View) -> Artifact | None:
        container = view.containers().get(self._target.container)
        if container is None or container.status != "running":
            return None
        return artifact(container, view.images(), self._target.image)

    def _receipt(self, view: View, prefix: str, wanted: Artifact, operation: str) -> Receipt:
        images = view.images(f"{prefix}images")
        found = view.containers(f"{prefix}containers").values()
        before = next((artifact(one, images, self._target.image) for one in found), None)
        return {
            "operation": operation,
            "image": wanted.id,
            "version": wanted.version or "",
            "from": before.id if before else "",
            "from_version": (before.version or "") if before else "",
        }

    def _sight(self, view: View, operation: str, version: str) -> Sight:
        fate, text = judge(
            view,
            name=self._target.container,
            operation=operation,
            version=version,
            deadline=self._target.deadline,
            grace=self._target.grace,
        )
        output = self._hide(view.text("log"))
        return Sight(fate=fate, text=self._hide(text), at=self._clock.now(), output=output)

    def _last_line(self, answer: Answer) -> str:
        lines = (answer.out.strip() or answer.err.strip()).splitlines()
        return self._hide(lines[-1][:300]) if lines else f"the host ended with {answer.status}"

    def _issued(self) -> str:
        """Our own clock's word for which try this is; the host's may be another's."""
        return str(int(self._clock.now().timestamp() * 1000))


def _check(operation: str) -> None:
    if not OPERATION.fullmatch(operation):
        raise ValueError(f"{operation!r} is no name of an operation")


def _seconds(span: timedelta) -> str:
    return str(math.ceil(span.total_seconds()))
