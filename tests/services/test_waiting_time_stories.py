"""Whatever becomes of a run and its jobs, and whatever GitHub leaves out of its list for a look,
the people of each gate have all of its waiting time, and no more.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import chain
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from tests.services.gates import DEPLOY, MIGRATE_FIRST, PLACE, Stands
from tests.services.runs import Run
from tests.services.team import Team
from tests.services.test_at_the_gate import waits
from tests.services.test_jobs_at_the_gate import HOUR

THREE: Stands = (("build", PLACE), *MIGRATE_FIRST)
MATRIX: Stands = (("migrate (eu)", PLACE), ("migrate (us)", PLACE), *DEPLOY)
UNTOLD = ("build", "migrate", "migrate (eu)", "migrate (us)")
ELSEWHERE = ("qa eu", "qa us")

Act = tuple[str, int]
"""What becomes of the run, and after how many minutes the bot looks at it, if it does."""

GAP = st.sampled_from(["", "", "lags", "loses"])
MINUTES = st.sampled_from([0, 0, 1, 1, 5, 30, 50, 61])
LOOKS = st.tuples(GAP, MINUTES)
LET_IN = st.tuples(
    *(st.just(("lets in", 0)), LOOKS, st.just(("begins", 0)), LOOKS, st.just(("comes", 0)), LOOKS)
)
OTHERS = st.sampled_from(ELSEWHERE).map(lambda job: ((job, 0), ("", 1)))
ACTS = st.lists(st.one_of(LET_IN, LOOKS.map(lambda look: (look,)), OTHERS), min_size=2, max_size=8)


class Story:
    """A run, and what the people of the gate at which it stands were promised: `asked` are its
    jobs, `since` is when the bot came to know of it, and whether it `knows` them by name, too.
    """

    def __init__(self, team: Team, run: Run, expires: datetime) -> None:
        self.team, self.run, self.expires = team, run, expires
        self.asked, self.since = self.standing, expires - HOUR
        self.knows = not self.is_gap

    @property
    def standing(self) -> frozenset[str]:
        """The jobs at our gates that were not let in."""
        hub = self.team.hub
        jobs = [job for job, _ in hub.stands[self.run.repo]]
        left = jobs[len(hub.let_in.get(self.run.id, ())) :]
        return frozenset(left if hub.at_once else left[:1])

    @property
    def is_gap(self) -> bool:
        return self.team.hub.lags or self.team.hub.loses

    async def does(self, act: Act) -> None:
        hub, run = self.team.hub, self.run
        what, minutes = act
        match what:
            case "lets in" if run.status == "waiting" and hub.standing(run)[0] != "deploy":
                hub.reviews_it(run, "ana-acme", approve=True)
                run.status = "queued"
            case "begins" if run.status == "queued":
                hub.let_in_at[run.id, hub.let_in[run.id][-1]] = self.team.clock.now()
                run.status = "in_progress"
            case "comes" if run.status == "in_progress":
                run.status = "waiting"
            case "lags":
                hub.lags = True
            case "loses":
                hub.loses = True
            case "qa eu" | "qa us":
                if what in hub.elsewhere:
                    hub.elsewhere[what] = "in_progress"
            case _:  # it is not the time for that
                pass
        if minutes:
            await self.team.passes(minutes * 60)
            self.looks(await self.team.newest())
            hub.lags = hub.loses = False  # for no more than one look

    def looks(self, found: Deployment) -> None:
        """What the bot makes of it is what was promised.

        Where GitHub left out the names when people were asked, and one job was let in before it
        told any, nobody can tell whether another stood there, too: its people may be asked anew.
        """
        now, is_new = self.team.clock.now(), self.asked.isdisjoint(self.standing)
        if found.ends_as is State.EXPIRED or found.state is State.EXPIRED:
            assert not is_new, "nobody was asked at this gate"
            assert now >= self.expires >= self.since + HOUR
            event("expired")
            return
        if found.state is not State.AWAITING_APPROVAL:
            return
        assert found.expires_at is not None
        if is_new:
            event("came to another gate")
            self.asked, self.since, self.knows = self.standing, now, False
            self.expires = now + HOUR
        elif self.asked != self.standing and self.expires <= now:
            event("its time ended while a job of it was at work")
            self.asked, self.expires, self.knows = self.standing, now + HOUR, False
        elif self.asked != self.standing and not self.knows and found.expires_at != self.expires:
            event("its jobs were not known")
            self.asked, self.expires = self.standing, now + HOUR
        assert found.expires_at == self.expires
        self.knows = self.knows or not self.is_gap


@settings(max_examples=80)
@given(
    stands=st.sampled_from([MIGRATE_FIRST, THREE, MATRIX]),
    at_once=st.booleans(),
    untold=st.sets(st.sampled_from(UNTOLD)),
    elsewhere=st.sets(st.sampled_from(ELSEWHERE)),
    first=st.sampled_from(["", "lags", "loses"]),
    acts=ACTS,
)
def test_each_gate_has_its_own_time(
    migrated: Path,
    stands: Stands,
    at_once: bool,
    untold: set[str],
    elsewhere: set[str],
    first: str,
    acts: list[tuple[Act, ...]],
) -> None:
    async def told() -> None:
        async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
            return 0

        team = Team.of(migrated, on_dispatch)
        try:
            await team.works()
            hub = team.hub
            hub.stands["acme/api"], hub.at_once, hub.untold = stands, at_once, frozenset(untold)
            hub.elsewhere = dict.fromkeys(sorted(elsewhere), "waiting")
            hub.lags, hub.loses = first == "lags", first == "loses"
            run = await waits(team)
            expires = (await team.newest()).expires_at
            assert expires is not None
            story = Story(team, run, expires)
            for act in chain(*acts):
                await story.does(act)
                if story.run.is_over:
                    break
        finally:
            await team.close()

    asyncio.run(told())
