"""Releases: the offer to make one, its form, and what became of it."""

from typing import Any

from bot.domain.releases.release_drafts import ReleaseDraft
from bot.domain.releases.release_notes import MAX_NOTES
from bot.messages import blocks as b
from bot.messages import views
from bot.messages.blocks import Block, Message

MAX_TITLE = 100
CHANGED_MEANWHILE = (
    "its notes were changed at GitHub meanwhile, and I do not write over that. Ask for them again"
)


def too_long(length: int) -> str:
    """Why notes cannot be changed in Slack."""
    return f"its notes have {length:,} characters, and a form in Slack holds {MAX_NOTES:,}"


def reading(version: str) -> Message:
    """The answer to who asked for the notes."""
    return Message(f"I read the notes of {b.line(version, 64)} at GitHub; the button follows.")


def with_offer(message: Message, draft: ReleaseDraft) -> Message:
    """What is said about a version that has no tag, with the way on."""
    return Message(message.text, (b.section(message.text), _offer(draft)))


def _offer(draft: ReleaseDraft) -> Block:
    button = b.button("Create Tag and Release", "release", str(draft.id), style="primary")
    return b.actions(f"release:{draft.id}", button)


def ready(draft: ReleaseDraft) -> Message:
    """The button to the form, once it is known what stands in it."""
    version = b.line(draft.version, 64)
    if draft.makes_tag:
        text = f"There is no tag {version} in {b.line(draft.repo, 120)} yet."
        return Message(text, (b.section(text), _offer(draft)))
    new = draft.was is None
    text = f"{version} has no release yet." if new else f"The release of {version} can be changed."
    label = "Write Release Notes" if new else "Edit Release Notes"
    button = b.actions(f"release:{draft.id}", b.button(label, "release", str(draft.id)))
    return Message(text, (b.section(text), button))


def form(draft: ReleaseDraft, channel: str | None) -> views.View:
    """The form of a release: where its tag stands, if it has none yet, its title, its notes."""
    notes = views.words(MAX_NOTES, draft.notes, lines=True)
    fields = [views.field("title", "Title", views.words(MAX_TITLE, draft.title))]
    if draft.makes_tag:
        fields.insert(0, _commits(draft))
    hint = "Markdown. Drafted from what was merged; say what changes for people."
    fields.append(views.field("notes", "Notes", notes, hint=hint))
    heading = f"Release {draft.version}"
    memory = {"draft": draft.id, "channel": channel}
    return views.view("release", heading, "Publish", fields, memory)


def _commits(draft: ReleaseDraft) -> dict[str, Any]:
    options = [views.option(f"{c.sha[:7]} {c.title}", c.sha) for c in draft.commits]
    chosen = views.select(options, draft.commits[0].sha)
    hint = f"The newest commits of {draft.branch}. The tag cannot be moved without notice later."
    return views.field("commit", "Commit", chosen, hint=hint)


def wanted(draft: ReleaseDraft) -> Message:
    """The answer to the form."""
    version = b.line(draft.version, 64)
    if draft.makes_tag:
        return Message(f"I make the tag {version} at `{draft.commit[:7]}` and its release.")
    return Message(f"I write the notes of {version} to GitHub.")


def made(draft: ReleaseDraft, url: str) -> Message:
    """What was made, and where it is to be seen."""
    release = b.link(url, f"The release of {b.line(draft.version, 64)}")
    what = f"is published, its tag stands at `{draft.commit[:7]}`" if draft.commit else "is written"
    return Message(f"{release} {what}.")


def failed(draft: ReleaseDraft, why: str, tag: bool | None = False, deploys: str = "") -> Message:
    """Why nothing, or no more, was made. Whether its `tag` stands now is None where nobody knows;
    `deploys` is the command that deploys it.
    """
    version = b.line(draft.version, 64)
    if tag:
        text = (
            f"The tag {version} stands at `{draft.commit[:7]}`, but its release was not made: "
            f"{b.line(why)}."
        )
        if deploys:
            command = b.line(deploys.replace("`", "'"))
            text += f" It was not deployed; that would be `{command}`."
        return Message(text)
    text = f"The release of {version} was not made: {b.line(why)}."
    if tag is None:
        text += " GitHub does not say whether its tag was; look there before you ask again."
    return Message(text)


def takes_longer(draft: ReleaseDraft, why: str) -> Message:
    """GitHub does not answer as it should."""
    return Message(
        f"The release of {b.line(draft.version, 64)} takes longer ({b.line(why)}); I keep trying."
    )
