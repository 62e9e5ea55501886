"""Changes: what a version brings, as facts read from the repository."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.deployments.migrations import TouchedFile

MOST_FILES = 300
"""GitHub's compare names so many files and not one more, whatever there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the change list: a merged pull request, or a commit that came without one.

    `breaks` says that its text announces a breaking change.
    """

    title: str
    author: str
    pull_request: int | None = None
    url: str | None = None
    sha: str | None = None
    labels: tuple[str, ...] = ()
    breaks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit that a deployment brought; more than one parent makes it a merge."""

    sha: str
    authored_at: datetime
    parents: int = 1
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeList:
    """Everything between two commits: `base` is what is live, None on a first deployment.

    `ancestry` is the compare API's word: ahead, behind, diverged, identical, or "unknown".
    `log` are the commits themselves, of more than 250 the newest; `commits` counts all.
    `touched` are the files with what was added to them; they are not kept.
    """

    base: str | None = None
    ancestry: str = "unknown"
    commits: int = 0
    files: int = 0
    changes: tuple[Change, ...] = ()
    log: tuple[Commit, ...] = ()
    url: str | None = None
    touched: tuple[TouchedFile, ...] = ()

    @property
    def unlisted(self) -> int:
        """How many of the commits, the oldest, GitHub counts and does not name."""
        return max(0, self.commits - len(self.log))

    @property
    def names_all_files(self) -> bool:
        """Whether no file can be missing."""
        return self.files < MOST_FILES

    @property
    def authors(self) -> tuple[str, ...]:
        """The authors in order of appearance, each once."""
        return tuple(dict.fromkeys(change.author for change in self.changes if change.author))

    @property
    def kept(self) -> "ChangeList":
        """The list as it is stored, without the contents of the files."""
        return replace(self, touched=())
