"""The right to workflow files: who lacks it makes no branch, tag or release at a commit where these
are not as on one of the branches.
"""

from __future__ import annotations

from sandbox.github.errors import NotFound, Refused
from sandbox.github.routes.call import Call
from sandbox.github.workflows import FOLDER

NEEDED = "contents=write; contents=write,workflows=write"
"""What GitHub's header names, whichever of the two is missing."""


def check(call: Call, sha: str) -> None:
    """Refuse as GitHub does: an App by 403, and a classic token as if nothing were there."""
    if _may(call) or sha not in call.repo.git.commits:
        return
    wanted = _files(call, sha)
    if all(wanted != _files(call, head) for head in call.repo.git.branches.values()):
        if call.token.startswith("ghs_"):
            raise Refused(403, "Resource not accessible by integration", accepted=NEEDED)
        raise NotFound


def _may(call: Call) -> bool:
    if call.token.startswith("ghs_"):
        return call.github.app.grant(call.token).permissions.get("workflows") == "write"
    scopes = call.github.accounts.scopes.get(call.token)
    return scopes is None or "workflow" in scopes


def _files(call: Call, sha: str) -> dict[str, str]:
    tree = call.repo.git.tree(sha)
    return {path: text for path, text in tree.items() if path.startswith(FOLDER)}
