"""Commits, comparisons, files, check runs and statuses."""

from __future__ import annotations

import base64

from sandbox.github.compare import Comparison, FileChange, changes
from sandbox.github.git import Commit, digest
from sandbox.github.repository import Repository
from sandbox.github.runs import Job, Run
from sandbox.github.views.site import Json, Site, node, stamp


def commit(site: Site, repo: Repository, one: Commit) -> Json:
    """A `commit` as lists show it."""
    url, page = site.api(repo), site.page(repo)
    author = site.accounts[one.author]
    signature = {"name": author.name, "email": author.email, "date": stamp(one.authored_at)}
    tree = digest("tree", one.sha)
    return {
        "url": f"{url}/commits/{one.sha}",
        "sha": one.sha,
        "node_id": node("Commit", one.sha),
        "html_url": f"{page}/commit/{one.sha}",
        "comments_url": f"{url}/commits/{one.sha}/comments",
        "commit": {
            "url": f"{url}/git/commits/{one.sha}",
            "author": signature,
            "committer": signature,
            "message": one.message,
            "comment_count": 0,
            "tree": {"sha": tree, "url": f"{url}/git/trees/{tree}"},
        },
        "author": site.user(one.author),
        "committer": site.user(one.author),
        "parents": [
            {"sha": sha, "url": f"{url}/commits/{sha}", "html_url": f"{page}/commit/{sha}"}
            for sha in one.parents
        ],
    }


def full_commit(site: Site, repo: Repository, one: Commit) -> Json:
    """A `commit` with its files and their counts."""
    before = repo.git.tree(one.parents[0]) if one.parents else {}
    changed = changes(before, repo.git.tree(one.sha))
    added, gone = sum(f.additions for f in changed), sum(f.deletions for f in changed)
    return commit(site, repo, one) | {
        "stats": {"additions": added, "deletions": gone, "total": added + gone},
        "files": [_file(site, repo, one.sha, change) for change in changed],
    }


def simple_commit(site: Site, one: Commit) -> Json:
    """A `simple-commit`, the form inside runs and webhooks."""
    author = site.accounts[one.author]
    person = {"name": author.name, "email": author.email}
    return {
        "id": one.sha,
        "tree_id": digest("tree", one.sha),
        "message": one.message,
        "timestamp": stamp(one.authored_at),
        "author": person,
        "committer": person,
    }


def comparison(site: Site, repo: Repository, it: Comparison, page: int, per_page: int) -> Json:
    """A `commit-comparison`; commits are paged, files come with the first page."""
    span = f"{it.base.sha}...{it.head.sha}"
    html = f"{site.page(repo)}/compare/{span}"
    first = (page - 1) * per_page
    files = it.files if page == 1 else ()
    return {
        "url": f"{site.api(repo)}/compare/{span}",
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": commit(site, repo, it.base),
        "merge_base_commit": commit(site, repo, it.merge_base),
        "status": it.status,
        "ahead_by": len(it.ahead),
        "behind_by": it.behind,
        "total_commits": len(it.ahead),
        "commits": [commit(site, repo, one) for one in it.ahead[first : first + per_page]],
        "files": [_file(site, repo, it.head.sha, change) for change in files],
    }


def _file(site: Site, repo: Repository, sha: str, change: FileChange) -> Json:
    page = site.page(repo)
    return {
        "sha": digest("blob", change.after or change.before or ""),
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{page}/blob/{sha}/{change.path}",
        "raw_url": f"{page}/raw/{sha}/{change.path}",
        "contents_url": f"{site.api(repo)}/contents/{change.path}?ref={sha}",
        "patch": "\n".join(change.lines),
    }


def file(site: Site, repo: Repository, path: str, text: str, ref: str, *, content: bool) -> Json:
    """A `content-file`, or without `content` an entry of a `content-directory`."""
    sha = digest("blob", text)
    url = f"{site.api(repo)}/contents/{path}?ref={ref}"
    git, html = f"{site.api(repo)}/git/blobs/{sha}", f"{site.page(repo)}/blob/{ref}/{path}"
    entry: Json = {
        "type": "file",
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": len(text.encode()),
        "url": url,
        "git_url": git,
        "html_url": html,
        "download_url": f"{site.page(repo)}/raw/{ref}/{path}",
        "_links": {"self": url, "git": git, "html": html},
    }
    if content:
        entry |= {"encoding": "base64", "content": base64.encodebytes(text.encode()).decode()}
    return entry


def folder(site: Site, repo: Repository, path: str, ref: str) -> Json:
    """A folder as an entry of a `content-directory`."""
    url = f"{site.api(repo)}/contents/{path}?ref={ref}"
    sha = digest("tree", path)
    git, html = f"{site.api(repo)}/git/trees/{sha}", f"{site.page(repo)}/tree/{ref}/{path}"
    return {
        "type": "dir",
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": 0,
        "url": url,
        "git_url": git,
        "html_url": html,
        "download_url": None,
        "_links": {"self": url, "git": git, "html": html},
    }


def check_run(site: Site, run: Run, job: Job) -> Json:
    """A `check-run`: Actions keeps one for each job, whatever has started the run."""
    html = f"{site.page(run.repo)}/actions/runs/{run.id}/job/{job.id}"
    url = f"{site.api(run.repo)}/check-runs/{job.id}"
    return {
        "id": job.id,
        "node_id": node("CheckRun", job.id),
        "name": job.name,
        "head_sha": run.sha,
        "external_id": f"{job.id}",
        "url": url,
        "html_url": html,
        "details_url": html,
        "status": job.status,
        "conclusion": job.conclusion,
        "started_at": stamp(job.started_at),
        "completed_at": stamp(job.completed_at),
        "output": {
            "title": None,
            "summary": None,
            "text": None,
            "annotations_count": 0,
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": check_suite(run)},
        "app": _actions_app(site),
        "pull_requests": [],
    }


def check_suite(run: Run) -> int:
    """The suite that the jobs of a run are checked in."""
    return run.id + 20_000_000_000


def _actions_app(site: Site) -> Json:
    return {
        "id": 15368,
        "slug": "github-actions",
        "node_id": node("App", 15368),
        "owner": site.user("acme"),
        "name": "GitHub Actions",
        "description": "Automate your workflow from idea to production",
        "external_url": "https://help.github.com/en/actions",
        "html_url": f"{site.root}/apps/github-actions",
        "created_at": "2018-07-30T09:30:17Z",
        "updated_at": "2024-04-10T20:33:16Z",
        "permissions": {"actions": "write", "checks": "write", "contents": "write"},
        "events": ["check_run", "push", "workflow_dispatch"],
    }


def no_statuses(site: Site, repo: Repository, sha: str, repository: Json) -> Json:
    """The `combined-commit-status` of a repository that uses Actions alone: for ever pending."""
    url = f"{site.api(repo)}/commits/{sha}"
    return {
        "state": "pending",
        "statuses": [],
        "sha": sha,
        "total_count": 0,
        "repository": repository,
        "commit_url": url,
        "url": f"{url}/status",
    }
