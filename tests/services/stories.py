"""Stories: anybody does anything at any time, GitHub loses answers and the bot is killed; and yet
nothing runs that was not approved, and nothing twice.

`GONOGO_STORIES` says how many stories of fifty acts are tried. They are told in quarters, each from
a beginning of its own and in a file of its own, so that each worker can take one.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from tests.services.against import KINDS, SOURCES
from tests.services.deeds import Deeds
from tests.services.github import VERSIONS
from tests.services.story import NEEDED
from tests.services.team import PEOPLE, Team

STORIES = int(os.environ.get("GONOGO_STORIES", "200"))
QUARTERS = 4
ACTS = 50
A_PERSONS = (State.NEEDS_ATTENTION, State.DEGRADED, State.ABORTING)
HAS_TO_HAPPEN = (
    *("release sent", "killed", "no clear answer"),
    *(State.SUCCEEDED, State.FAILED, State.CANCELLED, State.VOID),
    *("let in", "turned away", "passed", "four eyes broken", "dry run"),
    *("lifted", "held while a source is silent", "not verifiable", "verified"),
)
HAPPENS_IN_MANY = ("hotfix asked", "sent although it was lifted", State.NEEDS_ATTENTION)
MANY = 200
"""Stories of a quarter; in fewer of them what is seldom may not happen."""

people = st.sampled_from(sorted(PEOPLE))
services = st.sampled_from(sorted(NEEDED))
versions = st.sampled_from(VERSIONS)
places = st.integers(0, 3)
SILENCES = ("tag", "workflow", "runs", "run", *SOURCES.values(), "held", "reviews")
answers = st.sampled_from(
    ["not_named", "lost", "lost", "dropped", "dropped", "declined", "limited"]
)


WEATHER: dict[str, Any] = {
    "service": services,
    "weather": st.sampled_from(
        [
            *("killed", "answers lost", "somebody acts", "in the browser", "rejected"),
            *("something speaks against it", "something is lifted", "a source is silent"),
        ]
    ),
    "kind": st.sampled_from(KINDS),
    "at": st.integers(1, 10),
    "kinds": st.lists(answers, min_size=1, max_size=3),
    "lag": st.sampled_from([0, 0, 5, 250]),
    "who": people,
    "what": st.sampled_from(["lock", "reject", "cancel", "roll back", "tag", "role", "turn"]),
}
"""What a deployment meets; whoever it is approves as well, if they are let."""


class Story(Deeds):
    """What people, GitHub and time do."""

    @initialize(**WEATHER)
    def a_story_begins(self, **facts: Any) -> None:
        """With the weather of any other day."""
        self.a_version_is_deployed(**facts)

    @rule(**WEATHER)
    def a_version_is_deployed(
        self,
        service: str,
        weather: str,
        at: int,
        kinds: list[str],
        lag: float,
        who: str,
        what: str,
        kind: str,
    ) -> None:
        """Ana asks for the next one, Bo and Dee approve; and in the midst of it …"""
        wanted = self._makes_room(service)
        hub, repo = self.team.hub, f"acme/{service}"
        commit = hub.tagged[repo, wanted]
        turns = partial(hub.against.turns, kind, repo, commit)
        was_against = hub.against.words(repo, commit)
        if weather == "something is lifted":
            turns()
        self.run(self.team.asks("ana", wanted, service))
        self.goes_on()
        holder = self._holder(service)
        match weather:
            case "killed":
                self.dies_at = at
            case "answers lost":
                hub.answers, hub.lag = kinds, lag
                hub.replies = [kind for kind in kinds if kind in ("lost", "dropped")]
            case "somebody acts" if holder is not None:
                self.acts_at = at
                self.meanwhile = partial(self._acts, what=what, who=who, holder=holder, kind=kind)
            case "in the browser":
                self._answers_in_the_browser(who, approve=bool(at % 3))
                self.team.clock.forward(70)  # nobody tells the bot
                self.goes_on()
            case "rejected" if holder is not None:
                self.run(self._decides(self.team, "bo", holder, "reject"))
                self.goes_on()
            case "something speaks against it":
                turns()
            case "a source is silent":
                hub.silent = {SOURCES[kind]}
            case "something is lifted" if holder is not None:
                self._lifts(who if at % 2 else "bo", holder)
            case _:
                pass
        self._is_approved(service, who)
        was_held, hub.silent = self._is_held(service), set()
        for seconds in (5, 30, 200) if hub.answers or was_held else (3,):
            self.team.clock.forward(seconds)
            self.goes_on()
        hub.answers, hub.replies, hub.lag = [], [], 0
        if hub.against.words(repo, commit) != was_against and at % 3:
            turns()

    async def _acts(
        self, team: Team, *, what: str, who: str, holder: Deployment, kind: str
    ) -> Refusal | None:
        self.seen[f"{what} meanwhile"] += 1
        match what:
            case "turn":
                self.has_turned = True
                commit = team.hub.tagged[holder.repo, holder.version]
                team.hub.against.turns(kind, holder.repo, commit)
                return None
            case "lock":
                return await self._turns_the_key(team, who, holder.service)
            case "roll back":
                return await team.rolls_back(who, holder.service)
            case "tag":
                await self._moves(team, holder.service, holder.version, "tag")
                return None
            case "role":
                await self._changes_sides(team, who, "S0APP")
                return None
            case _:
                return await self._decides(team, who, holder, what)

    @rule(
        who=people,
        place=places,
        service=services,
        version=versions,
        what=st.sampled_from(
            [
                "ask",
                "ask",
                "dry run",
                "hotfix",
                "approve",
                "reject",
                "cancel",
                "good",
                "close",
                "again",
                "roll back",
                "lock",
                "lift",
            ]
        ),
    )
    def somebody_acts(self, who: str, place: int, service: str, version: str, what: str) -> None:
        """In Slack, whether they may or not."""
        team, wanted = self.team, self._open(place)
        match what:
            case "ask":
                self.run(team.asks(who, version, service))
            case "dry run":
                self.run(team.asks(who, version, service, dry_run=True))
                self.seen[what] += 1
            case "hotfix":
                name = self.run(team.suffers(service))
                no = self.run(team.asks(who, version, service, incident=name, reason="it is slow"))
                self.seen["hotfix asked"] += no is None
            case "roll back":
                self.run(team.rolls_back(who, service))
            case "lock":
                self.run(self._turns_the_key(team, who, service))
            case "approve" if wanted is not None:
                self._says_yes(who, wanted)
            case "lift" if wanted is not None:
                self._lifts(who, wanted)
            case "close" | "again" if (stuck := self._open(place, *A_PERSONS)) is not None:
                if self.run(self._decides(team, who, stuck, what)) is None:
                    self.theirs.add(stuck.id)  # from now on a person answers for its run
                    self.seen[what] += 1
            case _ if wanted is not None:
                self.run(self._decides(team, who, wanted, what))
            case _:
                pass
        self.goes_on()

    @rule(
        seconds=st.sampled_from([1, 20, 60, 60, 200, 700, 4000]),
        end=st.sampled_from(["", "success", "success", "failure", "cancelled"]),
    )
    def time_passes(self, seconds: int, end: str) -> None:
        """And the runs at GitHub may come to their end in it."""
        if end:
            self.team.hub.drives(end)
        for _ in range(2):
            self.team.clock.forward(seconds)
            self.goes_on()

    @rule(
        service=services,
        version=versions,
        who=people,
        what=st.sampled_from(
            ["tag", "workflow", "run", "silence", "yes", "no", "S0DEP", "S0APP", "gone", *KINDS]
        ),
        of=st.sampled_from(
            ["tag", "workflow", "runs", "run", *SOURCES.values(), "held", "reviews"]
        ),
    )
    def something_changes_outside(
        self, service: str, version: str, who: str, what: str, of: str
    ) -> None:
        """At GitHub, or among the people."""
        hub = self.team.hub
        match what:
            case "tag" | "workflow":
                self.run(self._moves(self.team, service, version, what))
            case "run":
                inputs = {"version": version, "sha": ""}
                hub.begins(f"acme/{service}", "release.yml", inputs, f"{who}-acme")
            case "yes" | "no":  # in the browser
                self._answers_in_the_browser(who, approve=what == "yes")
            case "ci" | "merged" | "bugs":
                repo = f"acme/{service}"
                hub.against.turns(what, repo, hub.tagged[repo, version])
            case "silence":
                hub.silent = {of}
                self.team.clock.forward(60)
            case _:
                self.run(self._changes_sides(self.team, who, what))
        self.goes_on()
        hub.silent = set()


def tell(quarter: int, migrated: Path) -> None:
    """A quarter of the stories: in each of them all rules hold, and together they show enough."""
    Story.migrated = migrated
    Story.seen.clear()
    number = max(1, STORIES // QUARTERS)
    run_state_machine_as_test(
        seed(quarter)(Story),
        settings=settings(
            max_examples=number,
            stateful_step_count=ACTS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    wanted = (*HAS_TO_HAPPEN, *(HAPPENS_IN_MANY if number >= MANY else ()))
    dull = [what for what in wanted if not Story.seen[what]]
    assert not dull, f"these stories prove little: {dull} never happened ({Story.seen})"
