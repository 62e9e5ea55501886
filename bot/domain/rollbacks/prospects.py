"""Prospects: what goes away on the way back to any version, by what each deployment since had
brought; nobody has to be asked for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.deployments.changes import Change
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.states import State
from bot.domain.gates import Gate, Level
from bot.domain.rollbacks.expectations import Expected

ANOTHER_LINE = ("behind", "diverged")
"""Words of GitHub's for a version that is not built on what was live before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What was brought since one version, the newest first; `migrations` is None where nobody knows
    all of them.
    """

    commits: int
    changes: tuple[Change, ...]
    migrations: tuple[Migration, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is known of each way back before anybody takes it: what goes away, by version, and how
    long each place takes. `asks_database`: somebody looks for migrations.
    """

    since: Mapping[str, Prospect] = field(default_factory=dict)
    expected: tuple[Expected, ...] = ()
    asks_database: bool = False


def since(taken: Deployment, earlier: Sequence[Deployment], version: str) -> Prospect | None:
    """What goes away between `taken` and that version: what it brought, what that brought which was
    live before it, and so on; `earlier` is newest first. None where one of them is not known.
    """
    commits, changes, found = 0, list[Change](), list[Migration]()
    knows_migrations = True
    older = iter(one for one in earlier if one.requested_at < taken.requested_at)
    step: Deployment | None = taken
    while step is not None:
        listed = step.changes
        if listed is None or listed.base is None or listed.ancestry in ANOTHER_LINE:
            return None
        commits += listed.commits
        changes += listed.changes
        brought = _migrations(step)
        knows_migrations = knows_migrations and brought is not None
        found += brought or ()
        if listed.base == version:
            known = tuple(sorted(found, key=lambda one: one.path)) if knows_migrations else None
            return Prospect(commits=commits, changes=tuple(changes), migrations=known)
        base = listed.base
        step = next((one for one in older if _brought(one, base)), None)
    return None


def _brought(deployment: Deployment, version: str) -> bool:
    """Whether it is how that version came there, and not how it came again."""
    is_good = deployment.state is State.SUCCEEDED and deployment.changes is not None
    return is_good and deployment.version == version and not deployment.is_way_back


def _migrations(deployment: Deployment) -> tuple[Migration, ...] | None:
    """Those that it brought; None where nobody looked for them, or GitHub named only some files."""
    judged = any(
        verdict.gate == Gate.MIGRATIONS and verdict.level is not Level.NOT_SET_UP
        for verdict in deployment.verdicts
    )
    complete = deployment.changes is not None and deployment.changes.names_all_files
    return deployment.migrations if judged and complete else None


NOTHING_KNOWN = Outlook()
"""Where there is no past to look at."""
