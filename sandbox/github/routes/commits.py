"""Routes: commits, comparisons, check runs and combined statuses."""

from __future__ import annotations

from sandbox.github.compare import compare
from sandbox.github.errors import NotFound, Refused
from sandbox.github.git import Commit
from sandbox.github.routes.call import Call, Table
from sandbox.github.runs import Job, Run
from sandbox.github.views import commits, pulls, repositories
from sandbox.github.views.site import Json


def _commit(call: Call, ref: str) -> Commit:
    found = call.repo.git.resolve(ref)
    if found is None:
        raise Refused(422, f"No commit found for SHA: {ref}")
    return found


def listed(call: Call) -> list[Json]:
    tip = _commit(call, call.query("sha", call.repo.default_branch))
    history = call.paged(list(call.repo.git.history(tip.sha)))
    return [commits.commit(call.site, call.repo, one) for one in history]


def one(call: Call) -> Json | str:
    found = _commit(call, call.part("ref"))
    if "vnd.github.sha" in call.request.headers.get("Accept", ""):
        return found.sha
    return commits.full_commit(call.site, call.repo, found)


def check_runs(call: Call) -> Json:
    sha, name = _commit(call, call.part("ref")).sha, call.query("check_name")
    found = [
        (run, job)
        for run in call.github.actions.of(call.repo)
        if run.sha == sha
        for job in _shown(run, every_attempt=call.query("filter") == "all")
        if name in ("", job.name)
    ]
    page = call.paged(found)
    return {
        "total_count": len(found),
        "check_runs": [commits.check_run(call.site, run, job) for run, job in page],
    }


def _shown(run: Run, *, every_attempt: bool) -> list[Job]:
    earlier = [job for past in run.earlier for job in past.shown] if every_attempt else []
    return [*run.shown, *earlier]


def status(call: Call) -> Json:
    sha = _commit(call, call.part("ref")).sha
    repository = repositories.minimal(call.site, call.repo)
    return commits.no_statuses(call.site, call.repo, sha, repository)


def pulls_of(call: Call) -> list[Json]:
    sha = _commit(call, call.part("ref")).sha
    found = [p for p in call.repo.pulls.values() if sha in (p.merge_commit_sha, p.head_sha)]
    return [pulls.pull(call.site, call.repo, pull) for pull in call.paged(found)]


def compared(call: Call) -> Json:
    base, _, head = call.part("basehead").partition("...")
    one, other = call.repo.git.resolve(base), call.repo.git.resolve(head)
    if one is None or other is None:
        raise NotFound
    found = compare(call.repo.git, one, other)
    if found is None:
        raise NotFound(f"No common ancestor between {base} and {head}.")
    page, size = call.paging(default=250, most=250)
    call.link(page, size, len(found.ahead))
    return commits.comparison(call.site, call.repo, found, page, size)


ROUTES: Table = (
    ("GET", "/commits", listed),
    ("GET", "/commits/{ref:.+}/check-runs", check_runs),
    ("GET", "/commits/{ref:.+}/status", status),
    ("GET", "/commits/{ref:.+}/pulls", pulls_of),
    ("GET", "/commits/{ref:.+}", one),
    ("GET", "/compare/{basehead:.+}", compared),
)
