"""Drafting: what people do with a draft of a release, each inside one transaction."""

from dataclasses import dataclass

from bot.config import Config
from bot.domain.errors import Refusal
from bot.domain.people import Actor, Role, require
from bot.domain.releases.release_drafts import ReleaseDraft, ReleaseDraftState
from bot.messages import releases as messages
from bot.messages.blocks import Message
from bot.ports import Tx
from bot.services.deployments.requests import known


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWish:
    """What the form of a release says; `commit` is empty where the tag exists."""

    commit: str
    title: str
    notes: str


def ask_for_notes(
    tx: Tx, config: Config, service: str, version: str, slack_id: str, asked_in: str | None
) -> Message:
    """Have the notes of a release read, so that they can be changed."""
    _may_release(known(tx, slack_id))
    tx.add_release_draft(
        ReleaseDraft(
            service=service,
            environment="production",
            repo=config.services[service].repo,
            version=version,
            asked_by=slack_id,
            asked_in=asked_in,
            asked_at=tx.now,
            due_at=tx.now,
        )
    )
    return messages.reading(version)


def ask_on_card(
    tx: Tx, config: Config, deployment_id: int, slack_id: str, asked_in: str
) -> Message:
    """The same for the version of a card."""
    deployment = tx.deployment(deployment_id)
    if deployment is None or deployment.service not in config.services:
        raise Refusal("no_such_deployment", "There is no deployment D{id}.", id=deployment_id)
    return ask_for_notes(tx, config, deployment.service, deployment.version, slack_id, asked_in)


def may_fill(tx: Tx, draft_id: int, slack_id: str) -> ReleaseDraft:
    """The draft, if this person may fill its form now."""
    _may_release(known(tx, slack_id))
    draft = tx.release_draft(draft_id)
    if draft is None:
        raise Refusal("no_such_draft", "I do not know this release any more. Ask for it again.")
    if draft.state is not ReleaseDraftState.READY:
        raise Refusal(
            "draft_is_used",
            "{version} was dealt with already. To change its notes: {deployments} notes {version}",
            version=draft.version,
        )
    return draft


def want(tx: Tx, draft_id: int, slack_id: str, wish: ReleaseWish) -> Message:
    """Record what the form says; the tick makes it so."""
    draft = may_fill(tx, draft_id, slack_id)
    if draft.makes_tag and wish.commit not in {commit.sha for commit in draft.commits}:
        raise Refusal(
            "no_such_commit", "Choose one of the commits of {branch}.", branch=draft.branch
        )
    wanted = draft.to(
        ReleaseDraftState.WANTED,
        commit=wish.commit if draft.makes_tag else "",
        title=wish.title,
        notes=wish.notes,
        wanted_by=slack_id,
        asked_at=tx.now,
        due_at=tx.now,
    )
    saved = tx.save_release_draft(draft, wanted)
    detail = {"repo": saved.repo, "commit": saved.commit, "title": saved.title}
    tx.audit(slack_id, "release_wanted", saved.version, **detail)
    return messages.wanted(saved)


def _may_release(actor: Actor) -> None:
    require(actor, Role.DEPLOYER, "make or change a release")
