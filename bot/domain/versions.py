"""Versions: SemVer tags with a leading v, such as v1.2.1 or v2.0.0-rc.1."""

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Self

_PATTERN = re.compile(
    r"v(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})"
    r"(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
    r"(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
)
MAX_LENGTH = 64


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version in SemVer 2.0 order: v1.2.0-rc.1 < v1.2.0 < v1.10.0 (semver.org, section 11)."""

    major: int
    minor: int
    patch: int
    prerelease: str = ""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The version that `text` spells exactly, or None. The v may be upper case."""
        if len(text) > MAX_LENGTH:
            return None
        found = _PATTERN.fullmatch("v" + text[1:] if text.startswith("V") else text)
        if found is None:
            return None
        major, minor, patch, prerelease = found.groups()
        return cls(int(major), int(minor), int(patch), prerelease or "")

    @classmethod
    def told(cls, text: str) -> Self | None:
        """The version that a machine tells, which may leave out the v: 1.2.1."""
        return cls.parse(text) or cls.parse(f"v{text}")

    @classmethod
    def find(cls, text: str) -> Self | None:
        """The first version that stands as a word of its own in a free text, such as a run's
        title.
        """
        for word in re.split(r"[\s,;:()\[\]\"']+", text):
            if version := cls.parse(word):
                return version
        return None

    def __str__(self) -> str:
        core = f"v{self.major}.{self.minor}.{self.patch}"
        return f"{core}-{self.prerelease}" if self.prerelease else core

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        return self._precedence() < other._precedence()

    def _precedence(self) -> tuple[object, ...]:
        identifiers = tuple(
            (0, int(part), "") if part.isdigit() else (1, 0, part)
            for part in self.prerelease.split(".")
            if part
        )
        return (self.major, self.minor, self.patch, not self.prerelease, identifiers)


def shown(told: str) -> str:
    """What production tells, as people write a version: with its v."""
    return str(Version.told(told) or told)


def of_commit(branch: str, commit: str) -> str:
    """How a commit that no tag names is called: main@7ccb03b."""
    return f"{branch}@{commit[:7]}"


def is_same(told: str, version: str, commit: str = "") -> bool:
    """Whether what production tells is this version, the v aside, or begins its commit's sha."""
    if commit and re.fullmatch("[0-9a-f]{7,40}", told.lower()):
        return commit.startswith(told.lower())
    found = Version.told(told)
    return told == version or (found is not None and found == Version.parse(version))


def looks_like_version(word: str) -> bool:
    """Whether a word was probably meant as a version: it begins with a digit, or with v and one."""
    return bool(re.match(r"[vV]?[0-9]", word))
