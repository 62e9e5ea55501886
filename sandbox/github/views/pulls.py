"""Pull requests, reviews and issues."""

from __future__ import annotations

from sandbox.github.issues import Issue
from sandbox.github.pulls import PullRequest, Review
from sandbox.github.repository import Repository
from sandbox.github.views.repositories import full
from sandbox.github.views.site import Json, Site, node, stamp


def pull(site: Site, repo: Repository, it: PullRequest) -> Json:
    """A `pull-request-simple`."""
    url, page = f"{site.api(repo)}/pulls/{it.number}", f"{site.page(repo)}/pull/{it.number}"
    issue = f"{site.api(repo)}/issues/{it.number}"
    links = {
        "self": url,
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{site.api(repo)}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{site.api(repo)}/statuses/{it.head_sha}",
    }
    return {
        "id": it.id,
        "node_id": node("PullRequest", it.id),
        "number": it.number,
        "state": it.state,
        "locked": False,
        "title": it.title,
        "body": it.body or None,
        "user": site.user(it.author),
        "labels": [label(site, repo, name) for name in it.labels],
        "milestone": None,
        "assignee": None,
        "requested_reviewers": [site.user(login) for login in it.asked],
        "author_association": "MEMBER",
        "auto_merge": None,
        "draft": False,
        "created_at": stamp(it.created_at),
        "updated_at": stamp(it.changed_at),
        "closed_at": stamp(it.merged_at),
        "merged_at": stamp(it.merged_at),
        "merge_commit_sha": it.merge_commit_sha,
        "head": _end(site, repo, it.branch, it.head_sha, it.author),
        "base": _end(site, repo, it.base, it.base_sha, repo.owner),
        "url": url,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **{f"{word}_url": links[word] for word in links if word not in ("self", "html")},
        "_links": {word: {"href": link} for word, link in links.items()},
    }


def full_pull(site: Site, repo: Repository, it: PullRequest) -> Json:
    """A `pull-request`, as it is got by its number."""
    return pull(site, repo, it) | {
        "merged": it.merged_at is not None,
        "merged_by": site.user(it.merged_by) if it.merged_by else None,
        "mergeable": None if it.merged_at else True,
        "mergeable_state": "unknown" if it.merged_at else "clean",
        "rebaseable": None,
        "maintainer_can_modify": False,
        "comments": 0,
        "review_comments": 0,
        "commits": 1,
        "additions": 1,
        "deletions": 0,
        "changed_files": 1,
    }


def _end(site: Site, repo: Repository, branch: str, sha: str, login: str) -> Json:
    return {
        "label": f"{repo.owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": site.user(login),
        "repo": full(site, repo),
    }


def review(site: Site, repo: Repository, it: PullRequest, one: Review) -> Json:
    """A `pull-request-review`."""
    url = f"{site.api(repo)}/pulls/{it.number}"
    html = f"{site.page(repo)}/pull/{it.number}#pullrequestreview-{one.id}"
    return {
        "id": one.id,
        "node_id": node("PullRequestReview", one.id),
        "user": site.user(one.author),
        "body": one.body,
        "state": one.state,
        "commit_id": it.head_sha,
        "submitted_at": stamp(one.submitted_at),
        "author_association": "MEMBER",
        "html_url": html,
        "pull_request_url": url,
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
    }


def issue(site: Site, repo: Repository, it: Issue) -> Json:
    """An `issue`."""
    url = f"{site.api(repo)}/issues/{it.number}"
    return {
        "id": it.id,
        "node_id": node("Issue", it.id),
        "number": it.number,
        "state": it.state,
        "locked": False,
        "title": it.title,
        "body": it.body,
        "user": site.user(it.author),
        "labels": [label(site, repo, name) for name in it.labels],
        "assignee": site.user(it.assignees[0]) if it.assignees else None,
        "assignees": [site.user(login) for login in it.assignees],
        "milestone": None,
        "comments": 0,
        "author_association": "MEMBER",
        "created_at": stamp(it.created_at),
        "updated_at": stamp(it.closed_at or it.created_at),
        "closed_at": stamp(it.closed_at),
        "url": url,
        "html_url": f"{site.page(repo)}/issues/{it.number}",
        "repository_url": site.api(repo),
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "labels_url": f"{url}/labels{{/name}}",
    }


def pull_as_issue(site: Site, repo: Repository, it: PullRequest) -> Json:
    """A pull request as an `issue`, which the key `pull_request` tells apart."""
    like = Issue(it.id, it.number, it.title, it.body, it.author, it.created_at, it.labels)
    like.closed_at = it.merged_at
    whole = pull(site, repo, it)
    links = {key: whole[key] for key in ("url", "html_url", "diff_url", "patch_url", "merged_at")}
    return issue(site, repo, like) | {"html_url": whole["html_url"], "pull_request": links}


def label(site: Site, repo: Repository, name: str) -> Json:
    """A `label`."""
    return {
        "id": sum(name.encode()) + 100,
        "node_id": node("Label", f"{repo.id}:{name}"),
        "url": f"{site.api(repo)}/labels/{name}",
        "name": name,
        "description": None,
        "color": "ededed",
        "default": False,
    }
