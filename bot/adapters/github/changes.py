"""Changes: what lies between two commits as people know it: pull requests, else commit
subjects.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.adapters.github.reading import plain
from bot.adapters.github.session import Session
from bot.domain.deployments.changes import Change, ChangeList, Commit
from bot.domain.deployments.migrations import TouchedFile

Json = Mapping[str, Any]

_BREAKING = re.compile(r"^BREAKING[ -]CHANGE: ", re.MULTILINE)
MOST_LOOKED_UP = 50
"""Commits whose pull requests are asked for one by one."""


def compared(session: Session, repo: str, base: str, head: str) -> ChangeList:
    """The list for a version that follows a live one; of more than 250 commits the newest."""
    found = _comparison(session, repo, base, head)
    return replace(_listed(base, found), changes=_changes(session, repo, found["commits"]))


def unnamed(session: Session, repo: str, base: str, head: str) -> ChangeList:
    """The same without what people call the changes, which takes more requests."""
    return _listed(base, _comparison(session, repo, base, head))


def _comparison(session: Session, repo: str, base: str, head: str) -> Any:
    # With paging parameters it would be the oldest commits that come first.
    return session.get(f"/repos/{repo}/compare/{quote(base)}...{quote(head)}")


def _listed(base: str, found: Json) -> ChangeList:
    return ChangeList(
        base=base,
        ancestry=found["status"],
        commits=found["total_commits"],
        files=len(found.get("files") or ()),
        log=tuple(map(_logged, found["commits"])),
        url=found["html_url"],
        touched=tuple(map(_touched, found.get("files") or ())),
    )


def _touched(row: Json) -> TouchedFile:
    """A file of a comparison; a patch that is too large is left out by GitHub."""
    patch, added = row.get("patch"), None
    if patch is not None:
        new = (line[1:] for line in patch.split("\n") if line.startswith("+"))
        added = plain("\n".join(new))
    return TouchedFile(path=plain(row["filename"]), status=row["status"], added=added)


def alone(session: Session, repo: str, head: str) -> ChangeList:
    """The list for a first deployment: its newest commit."""
    commit = session.get(f"/repos/{repo}/commits/{quote(head)}")
    changes = _changes(session, repo, [commit])
    return ChangeList(commits=1, changes=changes, log=(_logged(commit),), url=commit["html_url"])


def _logged(commit: Json) -> Commit:
    return Commit(
        sha=commit["sha"],
        authored_at=datetime.fromisoformat(commit["commit"]["author"]["date"]),
        parents=len(commit["parents"]),
        title=_subject(commit),
    )


def _subject(commit: Json) -> str:
    return str(commit["commit"]["message"].split("\n", 1)[0])


def _changes(session: Session, repo: str, commits: Sequence[Json]) -> tuple[Change, ...]:
    merged = _lately_merged(session, repo, len(commits)) if len(commits) > 1 else {}
    inside = _brought_in(commits, merged.keys())
    found: dict[object, Change] = {}
    looked_up = 0
    for commit in commits:
        sha = commit["sha"]
        pull = merged.get(sha)
        if pull is None and sha in inside:
            continue
        if pull is None and looked_up < MOST_LOOKED_UP:
            looked_up += 1
            pulls = session.get(f"/repos/{repo}/commits/{sha}/pulls")
            pull = next((row for row in pulls if row["merged_at"]), None)
        if pull is not None:
            found.setdefault(pull["number"], _of_pull(pull))
        else:  # a merge as well: whatever was made of it, nobody asked for a review
            found.setdefault(sha, _of_commit(commit))
    return tuple(found.values())


def _lately_merged(session: Session, repo: str, commits: int) -> dict[str, Json]:
    """Pull requests by the commit that merged them, in one request: nearly always all of them."""
    rows = session.get(
        f"/repos/{repo}/pulls",
        state="closed",
        sort="updated",
        direction="desc",
        per_page=min(20 + commits, 100),
    )
    return {row["merge_commit_sha"]: row for row in rows if row["merged_at"]}


def _brought_in(commits: Sequence[Json], merges: Iterable[str]) -> set[str]:
    """The commits that came with a merged pull request; its title speaks for them."""
    parents = {commit["sha"]: [p["sha"] for p in commit["parents"]] for commit in commits}

    def reachable(ready: list[str]) -> set[str]:
        seen: set[str] = set()
        while ready:
            sha = ready.pop()
            if sha in parents and sha not in seen:
                seen.add(sha)
                ready += parents[sha]
        return seen

    inside: set[str] = set()
    for sha in parents.keys() & set(merges):
        inside |= reachable(parents[sha][1:]) - reachable(parents[sha][:1])
    return inside


def _of_pull(pull: Json) -> Change:
    return Change(
        title=pull["title"],
        author=_login(pull["user"]),
        pull_request=pull["number"],
        url=pull["html_url"],
        labels=tuple(label["name"] for label in pull.get("labels") or ()),
        breaks=_breaks(pull.get("body")),
    )


def _of_commit(commit: Json) -> Change:
    author = commit["author"]
    return Change(
        title=_subject(commit),
        author=author["login"] if author else commit["commit"]["author"]["name"],
        url=commit["html_url"],
        sha=commit["sha"],
        breaks=_breaks(commit["commit"]["message"]),
    )


def _breaks(text: str | None) -> bool:
    """Whether a text has the footer of a breaking change (conventionalcommits.org)."""
    return _BREAKING.search(text or "") is not None


def _login(user: Json | None) -> str:
    """A deleted account is GitHub's `ghost`."""
    return str(user["login"]) if user else "ghost"
