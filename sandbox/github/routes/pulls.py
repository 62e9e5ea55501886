"""Routes: pull requests, reviews and issues."""

from __future__ import annotations

from sandbox.github.errors import NotFound, invalid
from sandbox.github.issues import Issue
from sandbox.github.pulls import PullRequest
from sandbox.github.routes.call import Call, Reply, Table
from sandbox.github.views import pulls
from sandbox.github.views.site import Json


def _pull(call: Call) -> PullRequest:
    pull = call.repo.pulls.get(call.number("number"))
    if pull is None:
        raise NotFound
    return pull


def listed(call: Call) -> list[Json]:
    state, base = call.query("state", "open"), call.query("base")
    found = [
        pull
        for pull in reversed(call.repo.pulls.values())
        if state in ("all", pull.state) and base in ("", pull.base)
    ]
    return [pulls.pull(call.site, call.repo, pull) for pull in call.paged(found)]


def one(call: Call) -> Json:
    return pulls.full_pull(call.site, call.repo, _pull(call))


def reviews(call: Call) -> list[Json]:
    pull = _pull(call)
    return [pulls.review(call.site, call.repo, pull, r) for r in call.paged(pull.reviews)]


def issues(call: Call) -> list[Json]:
    """Issues, and pull requests among them, as at GitHub; newest first."""
    state = call.query("state", "open")
    labels = {name for name in call.query("labels").split(",") if name}
    both: list[Issue | PullRequest] = [*call.repo.issues.values(), *call.repo.pulls.values()]
    found = [
        one
        for one in sorted(both, key=lambda one: one.created_at, reverse=True)
        if state in ("all", one.state) and labels <= set(one.labels)
    ]
    return [_as_issue(call, one) for one in call.paged(found)]


def _as_issue(call: Call, one: Issue | PullRequest) -> Json:
    if isinstance(one, PullRequest):
        return pulls.pull_as_issue(call.site, call.repo, one)
    return pulls.issue(call.site, call.repo, one)


def issue(call: Call) -> Json:
    found = call.repo.issues.get(call.number("number"))
    if found is None:
        raise NotFound
    return pulls.issue(call.site, call.repo, found)


def create_issue(call: Call) -> Reply:
    title = str(call.field("title"))
    if not title.strip():
        raise invalid("Issue", "title", "missing_field")
    made = Issue(
        id=next(call.github.ids),
        number=call.repo.next_number(),
        title=title,
        body=str(call.body.get("body") or ""),
        author=call.viewer.login,
        created_at=call.github.clock.now(),
        labels=tuple(_name(label) for label in call.body.get("labels") or ()),
        assignees=tuple(call.body.get("assignees") or ()),
    )
    call.repo.issues[made.number] = made
    return Reply(201, pulls.issue(call.site, call.repo, made))


def _name(label: object) -> str:
    return str(label["name"]) if isinstance(label, dict) else str(label)


ROUTES: Table = (
    ("GET", "/pulls", listed),
    ("GET", "/pulls/{number}", one),
    ("GET", "/pulls/{number}/reviews", reviews),
    ("GET", "/issues", issues),
    ("GET", "/issues/{number}", issue),
    ("POST", "/issues", create_issue),
)
