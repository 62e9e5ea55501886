"""Refs: new names for commits, branches and tags."""

from bot.adapters.github.session import Session, sent
from bot.domain.errors import Declined, NotFound

WORKFLOWS = (
    "where workflow files have changed since that commit, this takes the App's right workflows:"
    " write, or the token's scope workflow"
)


def create(session: Session, repo: str, ref: str, sha: str) -> None:
    """Make `refs/heads/…` or `refs/tags/…`, once. Raises Declined, Unanswered or Fault."""
    try:
        sent(session, "POST", f"/repos/{repo}/git/refs", {"ref": ref, "sha": sha})
    except (Declined, NotFound) as no:
        # GitHub says neither which right it is about, nor, to a token, that it is about one.
        if no.text.startswith(("403", "404")):
            raise Declined("github", f"{no.text}; {WORKFLOWS}") from no
        raise
