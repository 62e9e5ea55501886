"""Deeds: what somebody does in a story, whether they may or not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.domain.gates import overrides
from bot.ports import Tx
from bot.services.deployments import decisions
from bot.services.gates import signing
from tests.services.github import VERSIONS
from tests.services.story import Base
from tests.services.team import PEOPLE, Team


class Deeds(Base):
    """Of people in Slack and at GitHub, each noted for those who stand at GitHub's door."""

    def _answers_in_the_browser(self, who: str, *, approve: bool) -> None:
        hub = self.team.hub
        for run in hub.at_gate()[-1:]:
            hub.reviews_it(run, f"{who}-acme", approve=approve)
            if approve and run.owner is not None and who != "cy":  # whose login nobody knows
                commit = run.inputs.get("sha") or hub.tagged[run.repo, run.inputs["version"]]
                self.yes.setdefault(run.owner, {})[PEOPLE[who]] = commit

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

    def _is_held(self, service: str) -> bool:
        """Whether all approved it, and what it rests on cannot be read."""
        holder = self._holder(service) if self.team.hub.silent else None
        held = holder is not None and holder.state is State.APPROVED
        self.seen["held while a source is silent"] += held
        return held

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
