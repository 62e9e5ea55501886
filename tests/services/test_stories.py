"""Anybody does anything at any time, GitHub loses answers and the bot is killed; and yet nothing
runs that was not approved, and nothing twice.

`GONOGO_STORIES` says how many stories of fifty acts are tried.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.domain.gates import overrides
from bot.ports import Tx
from bot.services.deployments import decisions
from bot.services.gates import signing
from tests.services.against import KINDS
from tests.services.github import VERSIONS
from tests.services.story import NEEDED, Base
from tests.services.team import PEOPLE, Team

STORIES = int(os.environ.get("GONOGO_STORIES", "200"))
SHARES = 4
"""Told side by side, where there is more than one core."""

ACTS = 50
A_PERSONS = (State.NEEDS_ATTENTION, State.DEGRADED, State.ABORTING)
HAS_TO_HAPPEN = (
    *("release sent", "killed", State.UNKNOWN, State.NEEDS_ATTENTION),
    *(State.SUCCEEDED, State.FAILED, State.CANCELLED, State.VOID),
    *("let in", "turned away", "passed", "four eyes broken", "dry run", "hotfix asked"),
    *("lifted", "sent although it was lifted"),
)
people = st.sampled_from(sorted(PEOPLE))
services = st.sampled_from(sorted(NEEDED))
versions = st.sampled_from(VERSIONS)
places = st.integers(0, 3)
answers = st.sampled_from(
    ["not_named", "lost", "lost", "dropped", "dropped", "declined", "limited"]
)


WEATHER: dict[str, Any] = {
    "service": services,
    "weather": st.sampled_from(
        [
            *("killed", "answers lost", "somebody acts", "in the browser", "rejected"),
            *("something speaks against it", "something is lifted"),
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


class Story(Base):
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
            case "something is lifted" if holder is not None:
                self._lifts(who if at % 2 else "bo", holder)
            case _:
                pass
        self._is_approved(service, who)
        for seconds in (5, 30, 200) if hub.answers else (3,):
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
        of=st.sampled_from(["tag", "workflow", "runs", "run", "checks", "held", "reviews"]),
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

    def _answers_in_the_browser(self, who: str, *, approve: bool) -> None:
        for run in self.team.hub.at_gate()[-1:]:
            self.team.hub.reviews_it(run, f"{who}-acme", approve=approve)

    def _makes_room(self, service: str) -> str:
        """What is there comes to its end; the next version."""
        team = self.team
        if self._holder(service) is not None:
            team.hub.drives("success")
            for seconds in (30, 70):
                team.clock.forward(seconds)
                self.goes_on()
        live = self.run(team.live(service))
        place = VERSIONS.index(live) + 1 if live else 0
        return VERSIONS[place % len(VERSIONS)]

    def _is_approved(self, service: str, who: str) -> None:
        """By two people and whoever else may, if it waits for that."""
        holder = self._holder(service)
        if holder is not None and holder.state is State.AWAITING_APPROVAL:
            self._says_yes(who, holder)
            self._says_yes("bo", holder)
            self._says_yes("dee", holder)
            if holder.overrides:
                self._says_yes("cy", holder)
            self.goes_on()

    def _says_yes(self, who: str, wanted: Deployment) -> None:
        if self.run(self.team.approves(who, wanted.id)) is None and wanted.binding:
            self.yes.setdefault(wanted.id, {})[PEOPLE[who]] = wanted.binding.commit
            self.seen["approved"] += 1

    def _lifts(self, who: str, wanted: Deployment) -> None:
        """All that the card says is against it."""
        read = {verdict.gate: verdict.about for verdict in overrides.liftable(wanted)}
        act = partial(
            signing.override,
            deployment_id=wanted.id,
            slack_id=PEOPLE[who],
            gates=tuple(read),
            reason="the customer waits for it",
        )
        if self.run(self.team.does(act)) is None:
            words = {word for gate, about in read.items() for word in about or (gate,)}
            self.lifted.setdefault(wanted.id, set()).update(words)
            self.seen["lifted"] += 1

    async def _decides(self, team: Team, who: str, wanted: Deployment, what: str) -> Refusal | None:
        number, person, config = wanted.id, PEOPLE[who], team.config
        acts: dict[str, Callable[[Tx], object]] = {
            "reject": lambda tx: decisions.reject(tx, number, person, "no"),
            "cancel": lambda tx: decisions.cancel(tx, config, number, person),
            "good": lambda tx: decisions.mark_good(tx, config, number, person),
            "close": lambda tx: decisions.close_failed(tx, config, number, person),
            "again": lambda tx: decisions.send_again(tx, number, person),
            "approve": lambda tx: decisions.approve(tx, config, number, person),
        }
        return await team.does(acts[what])

    async def _turns_the_key(self, team: Team, who: str, service: str) -> Refusal | None:
        if service in self.locked:
            no = await team.unlocks(who, service)
            if no is None:
                del self.locked[service]
        else:
            no = await team.locks(who, service)
            if no is None:
                self.locked[service] = await team.lock_on(service)
        return no

    async def _moves(self, team: Team, service: str, version: str, what: str) -> None:
        hub, repo = team.hub, f"acme/{service}"
        if what == "tag":
            hub.tagged[repo, version] = hub.tagged[repo, version][1:] + "b"
        else:
            hub.blobs[repo, "release.yml"] += "'"

    async def _changes_sides(self, team: Team, who: str, group: str) -> None:
        """In or out of a user group, or of the workspace."""
        self.may_have_changed = True
        room = team.room
        place = room.gone if group == "gone" else room.groups[group]
        place.symmetric_difference_update({PEOPLE[who]})

    def _holder(self, service: str) -> Deployment | None:
        return self.run(self.team.holder(service))


@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of who is killed
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_happens_only_what_was_approved_runs_and_once(migrated: Path, share: int) -> None:
    Story.migrated = migrated
    Story.seen.clear()
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=max(1, STORIES // SHARES),
            stateful_step_count=ACTS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    dull = [what for what in HAS_TO_HAPPEN if not Story.seen[what]]
    assert not dull, f"these stories prove little: {dull} never happened ({Story.seen})"
