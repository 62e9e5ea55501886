"""DigitalOceanRegistry: the images of a repository in DigitalOcean's container registry."""

from datetime import UTC, datetime
from urllib.parse import quote

from pydantic import AwareDatetime, Field

from bot.adapters.rest import Answer, Rest
from bot.domain.errors import Fault, NotFound
from bot.ports.registry import StoredImage

HOST = "registry.digitalocean.com"
PER_PAGE = 100
MOST_PAGES = 50
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Tag(Answer):
    tag: str
    manifest_digest: str
    updated_at: AwareDatetime | None = None


class Meta(Answer):
    total: int


class Tags(Answer):
    """A page of tags, in no order that is promised."""

    tags: list[Tag] = Field(default_factory=list)
    meta: Meta


class DigitalOceanRegistry:
    """Reads registry.digitalocean.com/REGISTRY/REPOSITORY; a repository may have slashes.

    Images without a tag are left out: a clean-up of the registry may take them any time.
    """

    def __init__(self, api: Rest) -> None:
        self._api = api

    async def digests(self, repository: str) -> tuple[StoredImage, ...]:
        """The images that have a tag, pushed last first."""
        found: dict[str, list[Tag]] = {}
        for tag in await self._tags(repository):
            found.setdefault(tag.manifest_digest, []).append(tag)
        images = [
            StoredImage(
                digest=digest,
                tags=tuple(sorted(one.tag for one in tags)),
                at=max((one.updated_at for one in tags if one.updated_at), default=None),
            )
            for digest, tags in found.items()
        ]
        return tuple(sorted(images, key=lambda one: one.at or LONG_AGO, reverse=True))

    async def _tags(self, repository: str) -> list[Tag]:
        """Every tag once, although pages shift when something is pushed while we read."""
        path = _path(repository)
        found: dict[str, Tag] = {}
        for page in range(1, MOST_PAGES + 1):
            answer = await self._api.get(Tags, path, page=page, per_page=PER_PAGE)
            found |= {one.tag: one for one in answer.tags}
            if not answer.tags or page * PER_PAGE >= answer.meta.total:
                return list(found.values())
        raise Fault("digitalocean", f"more than {MOST_PAGES * PER_PAGE} tags in {repository}")


def _path(repository: str) -> str:
    host, _, rest = repository.partition("/")
    registry, _, name = rest.partition("/")
    if host != HOST or not registry or not name:
        raise NotFound("digitalocean", f"{repository} is not {HOST}/REGISTRY/REPOSITORY")
    return f"/v2/registries/{quote(registry, safe='')}/repositories/{quote(name, safe='')}/tags"
