"""Images: what could be gone back to, from the host's own images and from the registry's list."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.adapters.docker_ssh.view import View, artifact
from bot.config.targets import DockerSshTarget
from bot.domain.rollbacks.targets import Artifact, Candidate
from bot.domain.versions import Version
from bot.ports import StoredImage

SHORTEST_COMMIT = 7
LONG_AGO = datetime.min.replace(tzinfo=UTC)
NO_DIGEST = "it was built on the host: no registry has it"


def candidates(
    view: View, target: DockerSshTarget, stored: tuple[StoredImage, ...]
) -> tuple[Candidate, ...]:
    """Each image once, without the one that runs; newest first."""
    found: dict[str, Candidate] = {}
    for candidate in (*_ran_there(view, target), *_on_host(view, target), *_kept(stored)):
        key = candidate.artifact.id or f"version {candidate.artifact.version}"
        known = found.setdefault(key, candidate)
        if known.artifact.version is None and candidate.artifact.version:
            found[key] = candidate
    current = view.containers().get(target.container)
    if current and current.status == "running":
        found.pop(artifact(current, view.images(), target.image).id, None)
    return tuple(sorted(found.values(), key=_age, reverse=True))


def digest_of(
    wanted: Artifact, view: View, target: DockerSshTarget, stored: tuple[StoredImage, ...]
) -> str:
    """The digest of a version, empty when nobody knows it.

    What ran there as that version is the surest; tags move, and a registry's are newer than a
    host's.
    """
    for one in _ran_there(view, target):
        if wanted.version and one.artifact.version == wanted.version and one.artifact.id:
            return one.artifact.id
    for image in stored:
        if any(_names(tag, wanted) for tag in image.tags):
            return image.digest
    for local in view.images().values():
        tags = (tag.rpartition(":")[2] for tag in local.tags)
        if wanted.version in local.versions(target.image) or any(_names(t, wanted) for t in tags):
            return local.digest(target.image)
    return ""


def _names(tag: str, wanted: Artifact) -> bool:
    """Whether a tag stands for that version, or for the commit that it was made from."""
    version = Version.told(tag)
    if version is not None and wanted.version:
        return version == Version.parse(wanted.version)
    is_commit = len(tag) >= SHORTEST_COMMIT and bool(wanted.commit)
    return is_commit and (wanted.commit or "").startswith(tag)


def _ran_there(view: View, target: DockerSshTarget) -> Iterator[Candidate]:
    images = view.images()
    for container in view.containers().values():
        if "-cand-" not in container.name:
            found = artifact(container, images, target.image)
            yield Candidate(artifact=found, why_not="" if found.id else NO_DIGEST)


def _on_host(view: View, target: DockerSshTarget) -> Iterator[Candidate]:
    for image in view.images().values():
        version = next(iter(image.versions(target.image)), None)
        if digest := image.digest(target.image):
            yield Candidate(artifact=Artifact(id=digest, version=version, since=image.created))


def _kept(stored: tuple[StoredImage, ...]) -> Iterator[Candidate]:
    for image in stored:
        versions = (Version.told(tag) for tag in image.tags)
        version = next((str(one) for one in versions if one), None)
        yield Candidate(artifact=Artifact(id=image.digest, version=version, since=image.at))


def _age(candidate: Candidate) -> datetime:
    return candidate.artifact.since or LONG_AGO
