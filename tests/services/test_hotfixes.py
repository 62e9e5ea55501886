"""A hotfix from its wish to its pull request, and begun again, at a GitHub in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Declined, NotFound
from bot.domain.rollbacks.remedies import Remedy, RemedyState
from bot.messages.blocks import Message
from bot.ports import Post, Pull, Tx
from bot.services.desk import card_key
from bot.services.rollbacks import remedies, remedying
from tests.services.absent import NoPulls
from tests.services.team import PEOPLE, Team

BRANCH = "hotfix/D3-orders-are-lost"
TITLE = "Orders are lost"


@dataclass
class Branches(NoPulls):
    """The branches of the repository, and the pull requests that were opened from them."""

    at: dict[str, str] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    refuses: bool = False

    async def branch(self, repo: str, name: str) -> str:
        if name not in self.at:
            raise NotFound("github", f"no branch {name}")
        return self.at[name]

    async def create_branch(self, repo: str, name: str, commit: str) -> None:
        self.at[name] = commit

    async def pull_from(self, repo: str, branch: str, since: datetime) -> Pull | None:
        return None

    async def open_pull(self, repo: str, branch: str, base: str, title: str, body: str) -> Pull:
        if self.refuses:
            raise Declined("github", "not here")
        self.opened.append(branch)
        return Pull(number=12, url="https://github.com/acme/app/pull/12")


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """v1.2.0 was live, and D3 rolled it back to v1.1.0."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    await made.works()
    for number, version in enumerate(("v1.1.0", "v1.2.0"), 1):
        await made.asks("ana", version)
        await made.works()
        await made.approves("bo", number)
        await _goes_well(made)
    assert await made.rolls_back("bo", "app") is None
    await _goes_well(made)
    assert await made.live("app") == "v1.1.0"
    await made.store.run(has_card)
    yield made
    await made.close()


@pytest.fixture
def branches(team: Team) -> Branches:
    made = Branches()
    team.desk = replace(team.desk, pulls=made)
    return made


def has_card(tx: Tx) -> None:
    """The card of the rollback is posted, so that its thread takes replies."""
    tx.post(Post(key=card_key(3), channel="C0DEPLOY", message=Message("D3")))
    card = next(post for post in tx.posts_due(tx.now) if post.key == card_key(3))
    tx.mark_sent(card, "C0DEPLOY", "1711447200.000100")


async def _goes_well(team: Team) -> None:
    await team.works()
    team.hub.drives("success")
    await team.passes(60)
    await team.passes(120)


async def starts(team: Team, title: str = TITLE) -> Remedy:
    """Bo presses Start Hotfix, and the bot does what is due."""
    await team.works()  # it knows who Bo is
    assert await team.does(lambda tx: remedies.fix(tx, "D3", title, PEOPLE["bo"])) is None
    return await goes_on(team)


async def goes_on(team: Team, **later: float) -> Remedy:
    """The hotfix, after the next look at it."""
    team.clock.forward(timedelta(**later or {"seconds": 1}).total_seconds())
    await remedying.step(team.desk, 1)
    found = await team.store.read(lambda tx: tx.remedy(1))
    assert found is not None
    return found


async def said(team: Team) -> str:
    """The newest message of the thread about it."""
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return next(p.message.text for p in reversed(posts) if p.key.startswith("remedy:1:"))


async def mending(team: Team) -> str:
    """What the announcement of the rollback says of it."""
    return (await team.newest()).mending


def live(team: Team) -> str:
    return team.hub.tagged["acme/app", "v1.1.0"]


async def test_its_pull_request_waits_for_a_commit_also_where_the_live_tag_is_not_on_main(
    team: Team, branches: Branches
) -> None:
    """This GitHub says of every branch that it is ahead of main."""
    assert (await starts(team)).state is RemedyState.BRANCHED
    assert branches.at == {BRANCH: live(team)}
    assert (await goes_on(team, minutes=2)).state is RemedyState.BRANCHED
    assert branches.opened == []
    branches.at[BRANCH] = "f" * 40
    assert (await goes_on(team, minutes=2)).state is RemedyState.DONE
    assert branches.opened == [BRANCH]


async def test_a_branch_that_does_not_start_at_what_is_live_is_not_taken(
    team: Team, branches: Branches
) -> None:
    branches.at[BRANCH] = "e" * 40
    assert (await starts(team)).state is RemedyState.FAILED
    assert await said(team) == (
        "<@U0BO> There is no branch `hotfix/D3-orders-are-lost`: another one of that name is "
        "there, at eeeeeee, and it does not start at v1.1.0; remove it, or say in other words what "
        "is mended. Press Start Hotfix again when that is mended."
    )
    assert branches.at == {BRANCH: "e" * 40}
    assert (await starts(team, "Orders get lost")).state is RemedyState.BRANCHED


async def test_one_that_got_no_commit_is_given_up_and_begins_again(
    team: Team, branches: Branches
) -> None:
    await starts(team)
    assert await mending(team) == "Hotfix in progress"
    given_up = await goes_on(team, days=15)
    assert given_up.trouble == "the branch got no commit within 14 days"
    assert await mending(team) == ""

    assert (await starts(team)).state is RemedyState.BRANCHED
    assert (await goes_on(team, days=13)).state is RemedyState.BRANCHED
    assert await mending(team) == "Hotfix in progress"
    branches.at[BRANCH] = "f" * 40
    assert (await goes_on(team, days=1)).state is RemedyState.DONE


async def test_what_people_pushed_before_it_failed_is_kept(team: Team, branches: Branches) -> None:
    await starts(team)
    branches.at[BRANCH] = "f" * 40
    branches.refuses = True
    assert (await goes_on(team, minutes=2)).trouble == "GitHub says: not here"
    branches.refuses = False
    assert (await starts(team)).state is RemedyState.BRANCHED
    assert (await goes_on(team, minutes=2)).state is RemedyState.DONE
    assert branches.at == {BRANCH: "f" * 40}
