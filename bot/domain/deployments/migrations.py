"""Migrations: the database changes of a version, found in the files that it touches."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

NAME = "{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedFile:
    """A file that differs between two versions; `added` are its new lines, None when GitHub did not
    show them.
    """

    path: str
    status: str = "modified"
    added: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One database change; None means that it cannot be told.

    `breaks` says what the version before could no longer work with.
    """

    path: str
    has_down: bool | None = None
    breaks: str | None = ""

    @property
    def name(self) -> str:
        """The file without its folder."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationRule:
    """Where migrations lie, and how a down step is known.

    `down` with `{name}` in it is the path of a file beside the migration; else it is a pattern in
    the migration itself, after which the way down begins.
    """

    paths: tuple[str, ...]
    down: str | None = None


_HARMLESS = "index|constraint|default|not|trigger|function|policy|extension"
_BREAKING = re.compile(
    rf"\b(?:drop|rename)\s+(?!(?:{_HARMLESS})\b)\w+|\b(?:drop|rename|remove)_?(?:table|column)\b",
    re.IGNORECASE,
)


def find(files: Sequence[TouchedFile], rule: MigrationRule) -> tuple[Migration, ...]:
    """The migrations among these files, in order of their paths."""
    present = {file.path for file in files if file.status != "removed"}
    ups = {path: _down_path(path, rule) for path in present if _lies_in(path, rule.paths)}
    downs = {down for down in ups.values() if down}
    added = {file.path: file.added for file in files}
    return tuple(
        _migration(path, added[path], down, present, rule)
        for path, down in sorted(ups.items())
        if path not in downs
    )


def _migration(
    path: str, text: str | None, down: str, present: Iterable[str], rule: MigrationRule
) -> Migration:
    if down or rule.down is None or text is None:
        has_down = down in present if down else None
        return Migration(path=path, has_down=has_down, breaks=_breaks(text))
    up, found, _ = _split(text, rule.down)
    return Migration(path=path, has_down=found, breaks=_breaks(up))


def _down_path(path: str, rule: MigrationRule) -> str:
    """Where the down step of this file would be, where it is a file of its own."""
    if rule.down is None or NAME not in rule.down:
        return ""
    name = PurePosixPath(path).name
    stem = name.removesuffix("".join(PurePosixPath(name).suffixes))
    return rule.down.replace(NAME, stem)


def _split(text: str, pattern: str) -> tuple[str, bool, str]:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        return text, False, ""
    return text[: found.start()], True, text[found.end() :]


def _breaks(up: str | None) -> str | None:
    if up is None:
        return None
    found = _BREAKING.search(up)
    return " ".join(found[0].lower().split()) if found else ""


def _lies_in(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
