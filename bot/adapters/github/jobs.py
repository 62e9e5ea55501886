"""The jobs of a workflow file: which wait for which, and whether a second run of a request does
nothing.
"""

import re
from collections.abc import Mapping
from typing import Any

Jobs = Mapping[str, Mapping[str, Any]]

GUARD = "guard"
"""The job that says whether a run is the first of its request."""

_WORD = re.compile(rf"needs\.{GUARD}\.outputs\.([\w-]+)\s*==\s*'[^']+'", re.IGNORECASE)
_STATE = re.compile(r"\b(always|cancelled|failure|success)\s*\(", re.IGNORECASE)
"""With one of these a condition decides by itself; without, a job ends where one it needs does."""


def needed(jobs: Jobs, name: str) -> set[str]:
    """The jobs that a job waits for, directly or through others."""
    found: set[str] = set()
    ready = [name]
    while ready:
        new = _needs(jobs, ready.pop()) - found
        found |= new
        ready += new
    return found


def is_guarded(jobs: Jobs) -> bool:
    """Whether a second run of a request does nothing: the job `guard` looks at the request id, and
    every other job begins on its word alone. Where a file does not tell for sure, it is not.
    """
    looks = "request_id" in str(jobs.get(GUARD, "")).casefold()
    others = {name for name in jobs if name != GUARD} if looks else set()
    stopped: set[str] = set()
    while more := {name for name in others - stopped if _is_stopped(jobs, name, stopped)}:
        stopped |= more
    return looks and bool(others) and stopped == others


def _is_stopped(jobs: Jobs, name: str, stopped: set[str]) -> bool:
    """Whether a job does not begin without the guard's word, or without one of these jobs."""
    wants = _wants(jobs[name])
    if any(_is_its_word(jobs, name, want) for want in wants):
        return True
    ends_with_them = not any(_STATE.search(want) for want in wants if want != "success()")
    return ends_with_them and bool(_needs(jobs, name) & stopped)


def _wants(job: Mapping[str, Any]) -> list[str]:
    """What all has to be true for a job to begin; one text where it cannot be taken apart."""
    text = str(job.get("if", "")).strip()
    inner = re.fullmatch(r"\$\{\{(.*)\}\}", text, re.DOTALL)
    text = inner[1] if inner else text
    # Beside an expression, text is always true: `${{ … }} == 'true'`.
    parts = [text] if "||" in text or "${{" in text else text.split("&&")
    whole = all(part.count("(") == part.count(")") for part in parts)
    return [part.strip() for part in parts] if whole else [text]


def _is_its_word(jobs: Jobs, name: str, want: str) -> bool:
    """Whether this is an answer that the guard gives, compared with what it has to be: one that
    fails says nothing, and any text is true by itself, `false` as well.
    """
    found, guard = _WORD.fullmatch(want), jobs[GUARD]
    if found is None or GUARD not in _needs(jobs, name):
        return False
    told = guard.get("outputs")
    return "uses" in guard or (isinstance(told, Mapping) and found[1] in told)


def _needs(jobs: Jobs, name: str) -> set[str]:
    needs = jobs[name].get("needs")
    named = [needs] if isinstance(needs, str) else needs if isinstance(needs, list) else []
    return {need for need in named if isinstance(need, str) and need in jobs}
