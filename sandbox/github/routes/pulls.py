"""Routes: pull requests, reviews and issues."""

from __future__ import annotations

from sandbox.github.errors import NotFound, Refused, invalid
from sandbox.github.issues import Issue
from sandbox.github.pulls import PullRequest
from sandbox.github.routes.call import Call, Reply, Table
from sandbox.github.views import pulls
from sandbox.github.views.site import Json

MOST_OF_BODY = 65_536


def _pull(call: Call) -> PullRequest:
    pull = call.repo.pulls.get(call.number("number"))
    if pull is None:
        raise NotFound
    return pull


def listed(call: Call) -> list[Json]:
    state, base = call.query("state", "open"), call.query("base")
    head = call.query("head").partition(":")[2]
    found = [
        pull
        for pull in reversed(call.repo.pulls.values())
        if state in ("all", pull.state) and base in ("", pull.base) and head in ("", pull.branch)
    ]
    return [pulls.pull(call.site, call.repo, pull) for pull in call.paged(found)]


def one(call: Call) -> Json:
    return pulls.full_pull(call.site, call.repo, _pull(call))


def create(call: Call) -> Reply:
    repo, git = call.repo, call.repo.git
    title, head, base = (str(call.field(name)) for name in ("title", "head", "base"))
    if head not in git.branches or base not in git.branches:
        wrong = "base" if head in git.branches else "head"
        raise invalid("PullRequest", wrong, "invalid")
    if any(p.branch == head and p.base == base and p.state == "open" for p in repo.pulls.values()):
        raise _custom(f"A pull request already exists for {repo.owner}:{head}.")
    top, tip = git.branches[base], git.branches[head]
    if tip in {commit.sha for commit in git.history(top)}:
        raise _custom(f"No commits between {base} and {head}")
    made = PullRequest(
        id=next(call.github.ids),
        number=repo.next_number(),
        title=title,
        author=call.viewer.login,
        branch=head,
        base=base,
        head_sha=tip,
        base_sha=top,
        created_at=call.github.clock.now(),
        body=str(call.body.get("body") or ""),
    )
    repo.pulls[made.number] = made
    return Reply(201, pulls.full_pull(call.site, repo, made))


def _custom(message: str) -> Refused:
    error = {"resource": "PullRequest", "code": "custom", "message": message}
    return Refused(422, "Validation Failed", error)


def label(call: Call) -> list[Json]:
    """Labels are added, to issues and pull requests alike; one that is new is made."""
    number, repo = call.number("number"), call.repo
    found = repo.pulls.get(number) or repo.issues.get(number)
    if found is None:
        raise NotFound
    names = (_name(one) for one in call.body.get("labels") or ())
    found.labels = tuple(dict.fromkeys((*found.labels, *names)))
    return [pulls.label(call.site, repo, name) for name in found.labels]


def ask_reviews(call: Call) -> Reply:
    """Only who works on the repository can be asked, and never the author."""
    pull, repo = _pull(call), call.repo
    for login in map(str, call.body.get("reviewers") or ()):
        if login not in call.github.logins.values() or login == pull.author:
            text = "Reviews may only be requested from collaborators."
            raise Refused(422, f"{text} One or more of the users is not a collaborator")
        pull.asked = list(dict.fromkeys((*pull.asked, login)))
    pull.asked_teams += list(map(str, call.body.get("team_reviewers") or ()))
    return Reply(201, pulls.pull(call.site, repo, pull))


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
    return pulls.issue(call.site, call.repo, _issue(call))


def create_issue(call: Call) -> Reply:
    """Who has no access is not assigned, and nothing is said about that."""
    people = call.github.logins.values()
    title = str(call.field("title"))
    if not title.strip():
        raise invalid("Issue", "title", "missing_field")
    if len(str(call.body.get("body") or "")) > MOST_OF_BODY:
        raise invalid("Issue", "body", "too_long")
    made = Issue(
        id=next(call.github.ids),
        number=call.repo.next_number(),
        title=title,
        body=str(call.body.get("body") or ""),
        author=call.viewer.login,
        created_at=call.github.clock.now(),
        labels=tuple(_name(label) for label in call.body.get("labels") or ()),
        assignees=tuple(one for one in call.body.get("assignees") or () if one in people),
    )
    call.repo.issues[made.number] = made
    return Reply(201, pulls.issue(call.site, call.repo, made))


def assign(call: Call) -> Reply:
    """Assignees are added; who has no access is left out, and nothing is said about that."""
    found = _issue(call)
    people = call.github.logins.values()
    wanted = (one for one in call.body.get("assignees") or () if one in people)
    found.assignees = tuple(dict.fromkeys((*found.assignees, *wanted)))
    return Reply(201, pulls.issue(call.site, call.repo, found))


def unassign(call: Call) -> Json:
    """Assignees are taken off; who was none is no error."""
    found, off = _issue(call), call.body.get("assignees") or ()
    found.assignees = tuple(one for one in found.assignees if one not in off)
    return pulls.issue(call.site, call.repo, found)


def _issue(call: Call) -> Issue:
    found = call.repo.issues.get(call.number("number"))
    if found is None:
        raise NotFound
    return found


def _name(label: object) -> str:
    return str(label["name"]) if isinstance(label, dict) else str(label)


ROUTES: Table = (
    ("GET", "/pulls", listed),
    ("POST", "/pulls", create),
    ("GET", "/pulls/{number}", one),
    ("POST", "/pulls/{number}/requested_reviewers", ask_reviews),
    ("GET", "/pulls/{number}/reviews", reviews),
    ("GET", "/issues", issues),
    ("GET", "/issues/{number}", issue),
    ("POST", "/issues", create_issue),
    ("POST", "/issues/{number}/labels", label),
    ("POST", "/issues/{number}/assignees", assign),
    ("DELETE", "/issues/{number}/assignees", unassign),
)
