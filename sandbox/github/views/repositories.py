"""Repositories, branches, tags and refs."""

from __future__ import annotations

from functools import cache

from sandbox.github.git import TagObject
from sandbox.github.repository import Repository
from sandbox.github.views.commits import commit
from sandbox.github.views.site import Json, Site, node, stamp

_LINKS = (
    *("archive/{archive_format}{/ref}", "assignees{/user}", "blobs{/sha}", "branches{/branch}"),
    *("collaborators{/collaborator}", "comments{/number}", "commits{/sha}"),
    *("compare/{base}...{head}", "contents/{+path}", "contributors", "deployments"),
    *("downloads", "events", "forks", "git_commits{/sha}", "git_refs{/sha}", "git_tags{/sha}"),
    *("hooks", "issue_comment{/number}", "issue_events{/number}", "issues{/number}"),
    *("keys{/key_id}", "labels{/name}", "languages", "merges", "milestones{/number}"),
    *("notifications{?since,all,participating}", "pulls{/number}", "releases{/id}"),
    *("stargazers", "statuses/{sha}", "subscribers", "subscription", "tags", "teams"),
    "trees{/sha}",
)
_PLACES = {
    "blobs": "git/blobs",
    "trees": "git/trees",
    "git_commits": "git/commits",
    "git_refs": "git/refs",
    "git_tags": "git/tags",
    "issue_comment": "issues/comments",
    "issue_events": "issues/events",
}


@cache
def _links(url: str) -> dict[str, str]:
    links = {}
    for part in _LINKS:
        word = part.split("{")[0].split("/")[0]
        links[f"{word}_url"] = f"{url}/{_PLACES.get(word, word)}{part[len(word) :]}"
    return links


def minimal(site: Site, repo: Repository) -> Json:
    """A `minimal-repository`."""
    return {
        "id": repo.id,
        "node_id": node("Repository", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
        "owner": site.user(repo.owner),
        "html_url": site.page(repo),
        "description": None,
        "fork": False,
        "url": site.api(repo),
        **_links(site.api(repo)),
    }


def full(site: Site, repo: Repository, viewer: str = "") -> Json:
    """A `full-repository`, with what this login may do there."""
    commits = repo.git.commits.values()
    pushed = stamp(max(one.authored_at for one in commits))
    states = [issue.state for issue in repo.issues.values()]
    open_items = [*states, *(pull.state for pull in repo.pulls.values())].count("open")
    page = site.page(repo)
    none = dict.fromkeys(
        ("forks", "forks_count", "stargazers_count", "watchers", "watchers_count"), 0
    ) | {"network_count": 0, "subscribers_count": 0, "size": len(commits)}
    has = dict.fromkeys(("downloads", "projects", "wiki", "pages", "discussions"), False)
    return minimal(site, repo) | {
        "default_branch": repo.default_branch,
        "visibility": "private" if repo.private else "public",
        "clone_url": f"{page}.git",
        "git_url": f"{page}.git",
        "ssh_url": f"{page}.git",
        "svn_url": page,
        "homepage": None,
        "language": "Python",
        "license": None,
        "mirror_url": None,
        "archived": False,
        "disabled": False,
        "has_issues": True,
        **{f"has_{word}": value for word, value in has.items()},
        **none,
        "open_issues": open_items,
        "open_issues_count": open_items,
        "created_at": stamp(repo.created_at),
        "updated_at": pushed,
        "pushed_at": pushed,
        "permissions": {"admin": False, "push": repo.may_write(viewer), "pull": True},
    }


def tag(site: Site, repo: Repository, name: str) -> Json | None:
    """A `tag` of the list of tags; None when it leads to nothing."""
    target = repo.git.tagged(name)
    if target is None:
        return None
    url = site.api(repo)
    return {
        "name": name,
        "node_id": node("Tag", f"{repo.id}:{name}"),
        "commit": {"sha": target.sha, "url": f"{url}/commits/{target.sha}"},
        "zipball_url": f"{url}/zipball/refs/tags/{name}",
        "tarball_url": f"{url}/tarball/refs/tags/{name}",
    }


def ref(site: Site, repo: Repository, name: str, sha: str) -> Json:
    """A `git-ref`; `name` begins with `refs/`."""
    kind = "tag" if sha in repo.git.tag_objects else "commit"
    url = f"{site.api(repo)}/git"
    return {
        "ref": name,
        "node_id": node("Ref", f"{repo.id}:{name}"),
        "url": f"{url}/{name}",
        "object": {"type": kind, "sha": sha, "url": f"{url}/{kind}s/{sha}"},
    }


def tag_object(site: Site, repo: Repository, tag: TagObject) -> Json:
    """A `git-tag`: the object of an annotated tag."""
    url = f"{site.api(repo)}/git"
    tagger = site.accounts[tag.tagger]
    return {
        "node_id": node("Tag", tag.sha),
        "tag": tag.name,
        "sha": tag.sha,
        "url": f"{url}/tags/{tag.sha}",
        "message": tag.message,
        "tagger": {"name": tagger.name, "email": tagger.email, "date": stamp(tag.tagged_at)},
        "object": {"sha": tag.commit, "type": "commit", "url": f"{url}/commits/{tag.commit}"},
        "verification": UNVERIFIED,
    }


def branch(site: Site, repo: Repository, name: str, sha: str) -> Json:
    """A `branch-with-protection`, of which a `short-branch` is a part."""
    url = f"{site.api(repo)}/branches/{name}"
    return {
        "name": name,
        "commit": commit(site, repo, repo.git.commits[sha]),
        "_links": {"self": url, "html": f"{site.page(repo)}/tree/{name}"},
        "protected": False,
        "protection": {"enabled": False},
        "protection_url": f"{url}/protection",
    }


UNVERIFIED: Json = {
    "verified": False,
    "reason": "unsigned",
    "payload": None,
    "signature": None,
    "verified_at": None,
}
