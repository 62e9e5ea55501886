"""The GraphQL API, with the one mutation that REST has no counterpart of."""

from __future__ import annotations

import re
from typing import Any

from sandbox.github.errors import Refused
from sandbox.github.pulls import PullRequest
from sandbox.github.repository import Repository
from sandbox.github.reverting import Irreversible, revert
from sandbox.github.routes.call import Call, Table
from sandbox.github.views.site import Json, node

_MUTATION = re.compile(
    r"mutation\b[^{]*\{\s*(\w+)\s*\(\s*input:\s*\$(\w+)\s*\)\s*\{(.*)\}\s*\}", re.S
)
_SELECTED = re.compile(r"revertPullRequest\s*\{([\w\s]*)\}")


class _Failed(Exception):
    """An error as GraphQL tells it, with the status 200."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def query(call: Call) -> Json:
    """Answers `revertPullRequest`; of its payload, the new pull request."""
    found = _MUTATION.search(str(call.field("query")))
    if found is None or found[1] != "revertPullRequest":
        return {"errors": [{"message": "This sandbox knows the mutation revertPullRequest alone"}]}
    wish = (call.body.get("variables") or {}).get(found[2]) or {}
    try:
        repo, pull = _pull(call, wish.get("pullRequestId"))
        _may(call, repo)
        made = revert(call.github, repo, pull, wish, call.viewer.login)
    except _Failed as failed:
        return _errors(failed.kind, str(failed))
    except Irreversible as no:
        return _errors("UNPROCESSABLE", str(no))
    selected = _SELECTED.search(found[3])
    shown = {
        name: _field(call, repo, made, name) for name in (selected[1] if selected else "").split()
    }
    return {"data": {"revertPullRequest": {"revertPullRequest": shown}}}


def _pull(call: Call, wanted: object) -> tuple[Repository, PullRequest]:
    for repo in call.github.repositories.values():
        for pull in repo.pulls.values():
            if node("PullRequest", pull.id) == wanted:
                return repo, pull
    raise _Failed("NOT_FOUND", f"Could not resolve to a node with the global id of '{wanted}'.")


def _may(call: Call, repo: Repository) -> None:
    """An App's token needs both rights: a branch is made, and a pull request."""
    if not call.token.startswith("ghs_"):
        return
    grant = call.github.app.grant(call.token)
    try:
        for path in ("/pulls", "/git/refs"):
            grant.check("POST", repo.full_name, path)
    except Refused as no:
        raise _Failed("FORBIDDEN", no.message) from None


def _field(call: Call, repo: Repository, pull: PullRequest, name: str) -> Any:
    match name:
        case "number":
            return pull.number
        case "url":
            return f"{call.site.page(repo)}/pull/{pull.number}"
        case "id":
            return node("PullRequest", pull.id)
        case "title":
            return pull.title
        case _:
            raise Refused(400, f"This sandbox shows no field '{name}' of a pull request")


def _errors(kind: str, message: str) -> Json:
    error = {"type": kind, "path": ["revertPullRequest"], "message": message}
    return {"data": {"revertPullRequest": None}, "errors": [error]}


ROUTES: Table = (("POST", "/graphql", query),)
