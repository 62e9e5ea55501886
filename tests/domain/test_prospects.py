"""What goes away on the way back to any version is what each deployment since had brought."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.states import Kind, State
from bot.domain.gates import Gate, Level, Verdict
from bot.domain.rollbacks.prospects import Prospect, since
from tests.domain.samples import NOON, a_deployment

DROPS = Migration(path="migrations/0007_drop.sql", has_down=False)
ADDS = Migration(path="migrations/0006_add.sql", has_down=True)


def brought(number: int, version: str, base: str | None, *migrations: Migration) -> Deployment:
    """A release that went well, over what was live then; the migrations were looked for."""
    listed = ChangeList(
        base=base,
        ancestry="ahead",
        commits=number,
        changes=(Change(title=f"in {version}", author="ana"),),
    )
    return replace(
        a_deployment(),
        id=number,
        version=version,
        state=State.SUCCEEDED,
        requested_at=NOON + timedelta(hours=number),
        changes=listed,
        migrations=migrations,
        verdicts=(Verdict(gate=Gate.MIGRATIONS, level=Level.PASS, text="read"),),
    )


FIRST = brought(1, "v1.1.0", "v1.0.0")
SECOND = brought(2, "v1.2.0", "v1.1.0", ADDS)
LIVE = brought(4, "v1.3.0", "v1.2.0", DROPS)
BACK = replace(brought(3, "v1.2.0", None), kind=Kind.ROLLBACK, changes=None)


def goes(commits: int, *versions: str, migrations: tuple[Migration, ...] | None = ()) -> Prospect:
    changes = tuple(Change(title=f"in {version}", author="ana") for version in versions)
    return Prospect(commits=commits, changes=changes, migrations=migrations)


def without_look(deployment: Deployment) -> Deployment:
    """Nobody looked for migrations then."""
    verdict = Verdict(gate=Gate.MIGRATIONS, level=Level.NOT_SET_UP, text="no paths")
    return replace(deployment, verdicts=(verdict,), migrations=())


def listed(deployment: Deployment, **changed: object) -> Deployment:
    assert deployment.changes is not None
    return deployment.with_(changes=replace(deployment.changes, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("taken", "earlier", "version", "found"),
    [
        (LIVE, (), "v1.2.0", goes(4, "v1.3.0", migrations=(DROPS,))),
        (
            *(LIVE, (LIVE, SECOND), "v1.1.0"),
            goes(6, "v1.3.0", "v1.2.0", migrations=(ADDS, DROPS)),
        ),
        (
            *(LIVE, (LIVE, BACK, SECOND, FIRST), "v1.0.0"),
            goes(7, "v1.3.0", "v1.2.0", "v1.1.0", migrations=(ADDS, DROPS)),
        ),
        # Nobody knows what a version brought that came before us, or that is no ancestor.
        (LIVE, (LIVE, BACK), "v1.1.0", None),
        (LIVE, (LIVE, SECOND), "v0.9.0", None),
        (listed(LIVE, base=None), (SECOND,), "v1.2.0", None),
        (listed(LIVE, ancestry="diverged"), (SECOND,), "v1.2.0", None),
        (LIVE, (listed(SECOND, ancestry="behind"),), "v1.1.0", None),
        (replace(LIVE, changes=None), (SECOND,), "v1.2.0", None),
        (LIVE, (replace(SECOND, state=State.FAILED),), "v1.1.0", None),
        # One whose migrations nobody knows makes all of them unknown, and no more than that.
        (
            *(LIVE, (without_look(SECOND),), "v1.1.0"),
            goes(6, "v1.3.0", "v1.2.0", migrations=None),
        ),
        (listed(LIVE, files=300), (), "v1.2.0", goes(4, "v1.3.0", migrations=None)),
    ],
)
def test_what_goes_away_is_put_together_from_what_is_stored(
    taken: Deployment, earlier: tuple[Deployment, ...], version: str, found: Prospect | None
) -> None:
    assert since(taken, earlier, version) == found


def test_a_circle_of_versions_ends() -> None:
    again = brought(5, "v1.2.0", "v1.3.0")
    assert since(again, (again, LIVE, replace(SECOND, changes=LIVE.changes)), "v1.0.0") is None
