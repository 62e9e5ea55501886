"""Rights doctor: whether GitHub lets us read what a deployment rests on, and write, if it tells."""

from collections.abc import Iterator, Sequence

from bot.config import Config
from bot.doctor.preflight import GRANT, Finding, failed
from bot.domain.errors import Declined, Fault, NotFound
from bot.ports.rights import Granted, Rights

NEEDED = ("contents", "actions", "checks", "statuses", "pull_requests")
"""What is read for every card. The others are for single things, which say so themselves."""

TOKEN = "give the token that right, or use a GitHub App (docs/install.md)"
CLASSIC = (
    "give the token Checks: read; people report that GitHub's form does not offer that: then use a"
    " GitHub App, or a classic token with the scope repo (docs/install.md)"
)
SCOPE = "give the token that scope, or use a GitHub App (docs/install.md)"
WRITER = "give the account write access to the repository"


def repositories(config: Config) -> Iterator[tuple[str, frozenset[str]]]:
    """Each repository, and the rights without which nothing can be deployed from it: known bugs
    that block have to be read.
    """
    found: dict[str, frozenset[str]] = {}
    for service in config.services.values():
        issues = {"issues"} if service.bugs.labels else set()
        found[service.repo] = found.get(service.repo, frozenset()) | {*NEEDED, *issues}
    yield from found.items()


async def look(rights: Rights, repo: str, needed: frozenset[str]) -> Sequence[Finding]:
    """What is refused there, each with what to do about it."""
    subject = f"rights in {repo}"
    try:
        granted = await rights.granted(repo)
    except Fault as fault:
        action = "correct its name, or let the App or the token see it"
        return [failed(subject, fault, action)]
    found = [*_reading(subject, granted, needed), *_writing(subject, granted)]
    well = Finding(subject=subject, ok=True, text=_well(granted))
    return found if any(one.ok is not True for one in found) else [well, *found]


def _reading(subject: str, granted: Granted, needed: frozenset[str]) -> Iterator[Finding]:
    for right, fault in granted.refused.items():
        text = f"may not read {right} ({fault.text})"
        is_fine_grained = not granted.is_app and granted.scopes is None
        action = CLASSIC if is_fine_grained and right == "checks" else TOKEN
        action = GRANT if granted.is_app else action
        if not isinstance(fault, Declined | NotFound):
            yield failed(subject, fault, "")
        elif right in needed:
            yield Finding(subject=subject, ok=False, text=text, action=action)
        else:
            text += "; what needs it says so"
            yield Finding(subject=subject, ok=True, text=text, action=action)


def _writing(subject: str, granted: Granted) -> Iterator[Finding]:
    if granted.may_write is False:
        text = "the account of the token may not write, so it cannot start runs"
        # Of a fine-grained token that may be what it was given to contents, and not to runs.
        is_sure = granted.scopes is not None
        text = text if is_sure else f"as GitHub tells it, {text}"
        yield Finding(subject=subject, ok=not is_sure, text=text, action=WRITER)
    if granted.scopes is None:
        return
    if not granted.scopes & ({"repo"} if granted.is_private else {"repo", "public_repo"}):
        text = f"the token has the scopes {', '.join(sorted(granted.scopes))} and not repo"
        yield Finding(subject=subject, ok=False, text=text, action=SCOPE)
    if "workflow" not in granted.scopes:
        text = (
            "the token has no scope workflow: no tag, and no branch for a hotfix, at a commit whose"
            " workflow files have changed since"
        )
        yield Finding(subject=subject, ok=True, text=text, action=SCOPE)


def _well(granted: Granted) -> str:
    """What was seen; a token that does not tell its rights shows them when it writes first."""
    if granted.is_app or granted.scopes is not None:
        return "all that is needed can be read"
    return (
        "all that is needed can be read; whether this kind of token may start runs only the first"
        " one shows (it takes Actions: read and write)"
    )
