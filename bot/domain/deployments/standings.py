"""Standing: how one environment stands: what is live, what is under way, what it told last."""

from dataclasses import dataclass

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.sightings import Sighting
from bot.domain.deployments.staging import OnStaging


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One environment. `staged` is there for staging alone; `left` are the versions that were
    left by a rollback or marked bad, `pinned` the rollbacks that left it pinned. `mixed` is the
    rollback that left the targets with different versions, or the database behind the code;
    `before` what they ran until then.
    """

    service: str
    environment: str
    live: Deployment | None
    holder: Deployment | None
    seen: Sighting | None = None
    staged: OnStaging | None = None
    left: tuple[str, ...] = ()
    pinned: tuple[Deployment, ...] = ()
    mixed: Deployment | None = None
    before: str = ""
