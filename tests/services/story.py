"""A story at its base: the team, what everybody said, and the rules at GitHub's own door."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.messages.deployments.cards import UNPROVEN, card
from tests.services.against import SOURCES
from tests.services.gates import MIGRATE_FIRST
from tests.services.github import BOT
from tests.services.runs import Run
from tests.services.team import Team

NEEDED = {"app": 1, "web": 2, "api": 1, "job": 1}
"""How many approve, as the team's configuration asks for it."""

GATED = ("api", "job")
"""Whose runs begin before the approval, and wait for it at GitHub."""

SHALESS = {"acme/job"}
"""Whose workflow takes no commit, so that nobody can verify which one ran."""

ONE_PERSON = {"U0ANA2": "U0ANA"}
"""Slack accounts of somebody who has another one, by their GitHub login."""

T = TypeVar("T")
Act = Callable[[Team], Awaitable[Refusal | None]]


class Base(RuleBasedStateMachine):
    """What people, GitHub and time do. The rules are checked at GitHub's own door, against what
    this story knows of everybody's words; nothing of the bot's is believed there.
    """

    migrated: ClassVar[Path]
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.yes: dict[int, dict[str, str]] = {}
        self.locked: dict[str, str] = {}
        self.theirs: set[int] = set()
        self.ended: dict[int, Deployment] = {}
        self.calls = self.dies_at = self.acts_at = self.looked_at = 0
        self.meanwhile: Act | None = None
        self.may_have_changed = self.has_turned = False
        self.lifted: dict[int, set[str]] = {}
        self.wrong: list[str] = []
        self.team = self.run(self._begin())

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        # What Runner.run does besides, such as to listen for Ctrl-C, takes longer than most acts.
        return self.runner.get_loop().run_until_complete(act)

    async def _begin(self) -> Team:
        team = Team.of(self.migrated, self.door)
        team.hub.on_call = self.on_call
        team.hub.on_answer = self.at_the_gate
        team.hub.shaless = SHALESS
        team.hub.stands["acme/job"] = MIGRATE_FIRST
        await team.works()
        return team

    def goes_on(self) -> None:
        """The bot does what there is to do; a new one, if it was killed over it."""
        self.calls = 0
        self.run(self._works())
        self.meanwhile, self.may_have_changed, self.dies_at = None, False, 0
        self.has_turned = False

    async def _works(self) -> None:
        self.working = asyncio.ensure_future(self.team.works())
        try:
            await self.working
        except asyncio.CancelledError:
            self.seen["killed"] += 1
            self.dies_at = 0
            await self.team.reopen()
            await self.team.works()

    async def on_call(self, what: str) -> None:
        """Something happens while GitHub is asked: somebody acts, or the bot is killed."""
        self.calls += 1
        if self.calls == self.dies_at:
            self.working.cancel()
            await asyncio.Event().wait()  # its answer never comes
        # From its intent on, nothing holds it back.
        is_sent = what.startswith(("dispatch", "answer"))
        if self.meanwhile is not None and self.calls >= self.acts_at and not is_sent:
            act, self.meanwhile = self.meanwhile, None
            await act(self.team)

    # At GitHub's door

    async def door(self, repo: str, file: str, inputs: dict[str, str]) -> int:
        """A run is asked for: may it be?"""
        going_on = await self.team.unfinished()
        sent = next(d for d in going_on if d.repo == repo and d.state is State.DISPATCHING)
        self.seen[f"{sent.kind} sent"] += 1
        self._claim(sent.version == inputs["version"], sent, "another version")
        if sent.kind is Kind.ROLLBACK:
            self._claim(file == "rollback.yml", sent, "not by the way back")
        else:
            if sent.service not in GATED:
                self._was_approved(sent, inputs["sha"])
            self._claim(not sent.dry_run, sent, "although it was to change nothing")
            self._claim(self._may_enter(sent), sent, "although the place is locked")
        runs = [r for r in self.team.hub.started if r.repo == repo and r.actor == BOT]
        others = [r for r in runs if not r.is_over and not r.twin and r.owner != sent.id]
        left = [r.id for r in others if r.owner not in self.theirs]
        self._claim(not left, sent, f"while {left} runs there")
        before = [r for r in runs if r.owner == sent.id]
        may_again = self.team.hub.guarded[repo] or sent.id in self.theirs
        self._claim(not before or may_again, sent, "twice")
        return sent.id

    async def at_the_gate(self, run_id: int, approve: bool) -> None:
        """A run that waits is answered: may it go on?"""
        self.seen["let in" if approve else "turned away"] += 1
        if approve:
            sent = next(d for d in await self.team.unfinished() if d.run_id == run_id)
            bound = sent.binding.commit if sent.binding else ""
            self._was_approved(sent, self.team.hub.run_of(run_id).inputs.get("sha", bound))
            self._claim(self._may_enter(sent), sent, "although the place is locked")

    def _was_approved(self, sent: Deployment, commit: str) -> None:
        """By enough people who still may, none of whom asked for it, and for this very commit; and
        nothing was against it but what somebody lifted.
        """
        groups, gone = self.team.room.groups, self.team.room.gone
        lifted = self.lifted.get(sent.id, set())
        against = self.team.hub.against.words(sent.repo, commit)
        self.seen["sent although it was lifted"] += bool(against & lifted)
        if not self.has_turned:
            self._claim(against <= lifted, sent, f"although {against - lifted} was against it")
        unread = self.team.hub.silent & set(SOURCES.values()) if "unread" not in lifted else set()
        self._claim(not unread, sent, f"and nobody could read its {sorted(unread)}")
        yes = {who for who, what in self.yes.get(sent.id, {}).items() if what == commit}
        if not self.may_have_changed:
            yes &= groups["S0APP"] - gone
            asker = sent.requested_by in groups["S0DEP"] - gone
            self._claim(asker, sent, "for somebody who may not deploy")
        different = {ONE_PERSON.get(who, who) for who in yes}
        different.discard(ONE_PERSON.get(sent.requested_by, sent.requested_by))
        enough = len(different) >= NEEDED[sent.service] + bool(lifted)
        self._claim(enough, sent, f"with the word of {sorted(different)} for {commit[:7]}")

    def _may_enter(self, sent: Deployment) -> bool:
        lock = self.locked.get(sent.service)
        return lock is None or lock in self.lifted.get(sent.id, set())

    def _claim(self, holds: bool, sent: Deployment, why: str) -> None:
        if not holds:
            self.wrong.append(f"{sent.name} ({sent.kind} of {sent.version}) was sent {why}")

    # What happens

    # What always holds

    @invariant()
    def nothing_went_wrong_at_the_door(self) -> None:
        assert not self.wrong, self.wrong

    @invariant()
    def what_is_kept_makes_sense(self) -> None:
        if self.looked_at != self.team.memory.changes:
            self._is_sound(self.run(self.team.latest()))
            self.looked_at = self.team.memory.changes

    def _is_sound(self, found: Sequence[Deployment]) -> None:
        holders = Counter(d.service for d in found if not d.is_terminal)
        assert all(number == 1 for number in holders.values()), f"two live ones: {holders}"
        runs = Counter(d.run_id for d in found if d.run_id is not None)
        assert all(number == 1 for number in runs.values()), f"two have one run: {runs}"
        for one in found:
            self.seen[one.state] += 1
            asked = {one.requested_by, ONE_PERSON.get(one.requested_by, one.requested_by)}
            yes = {ONE_PERSON.get(who, who) for who in one.approved_by}
            assert not asked & yes, f"{one.name} was approved by who asked for it"
            assert len(yes) == len(one.approvals), f"somebody counts twice for {one.name}"
            self._was_let_by_four_eyes(one)
            if one.dispatch and one.dispatch.unclear:  # most of them are found before we look
                self.seen["no clear answer"] += 1
            if (before := self.ended.get(one.id)) is not None:
                assert one.state is before.state, f"{one.name} was {before.state}"
            elif one.is_terminal:
                self.ended[one.id] = one
                self._says_what_it_cannot_know(one)
            if one.run_id is not None and one.outside is None:
                self._is_its_own(one, self.team.hub.run_of(one.run_id))

    def _was_let_by_four_eyes(self, one: Deployment) -> None:
        """A run that went past its gate was let by enough people, or that is told."""
        if one.protection is None or one.outside is not None:
            return
        if one.protection.passed:
            self.seen["four eyes broken" if one.four_eyes else "passed"] += 1
            enough = len(one.approvals) >= NEEDED[one.service]
            assert enough or one.four_eyes, f"{one.name} passed with {one.approvals}"
        else:
            assert one.state is not State.SUCCEEDED, f"{one.name} succeeded and nobody let it in"

    def _is_its_own(self, one: Deployment, run: Run) -> None:
        assert run.inputs["version"] == one.version, f"{one.name} follows a run of another version"
        approved = one.binding.commit if one.binding else ""
        sha = run.inputs.get("sha", approved if one.repo in SHALESS else None)
        assert sha == approved, f"{one.name} follows a run of another commit"

    def _says_what_it_cannot_know(self, one: Deployment) -> None:
        """Of a run that compares no commit the card says that nobody can verify it."""
        if one.dispatch is None or one.outside is not None or not one.short_sha:
            return
        said = UNPROVEN in str(card(one, self.team.clock.now()))
        assert said is (one.repo in SHALESS), f"what the card of {one.name} says of its commit"
        self.seen["not verifiable" if said else "verified"] += 1

    def _open(self, place: int, *states: State) -> Deployment | None:
        """One of those that have not ended, in one of these states if any are named."""
        found = self.run(self.team.unfinished())
        fit = [d for d in found if d.state in states] if states else found
        return fit[place % len(fit)] if fit else None

    def teardown(self) -> None:
        try:
            self._is_sound(self.run(self.team.all()))
            self.run(self._audit_holds())
        finally:
            self.run(self.team.close())
            self.runner.close()

    async def _audit_holds(self) -> None:
        store = self.team.store
        while await store.run(lambda tx: tx.seal()):
            pass
        told = await store.verify_audit()
        assert told["ok"], told
