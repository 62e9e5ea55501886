"""Routes: releases and generated notes."""

from __future__ import annotations

from sandbox.github.compare import compare
from sandbox.github.errors import NotFound, invalid
from sandbox.github.pulls import PullRequest
from sandbox.github.releases import Release, notes
from sandbox.github.routes import workflow_right
from sandbox.github.routes.call import Call, Reply, Table
from sandbox.github.views import deployments
from sandbox.github.views.site import Json


def _published(call: Call) -> list[Release]:
    newest_first = sorted(call.repo.releases.values(), key=lambda r: r.created_at, reverse=True)
    return [release for release in newest_first if not release.draft]


def listed(call: Call) -> list[Json]:
    shown = call.paged(_published(call))
    return [deployments.release(call.site, call.repo, release) for release in shown]


def _found(call: Call, release: Release | None) -> Json:
    if release is None:
        raise NotFound
    return deployments.release(call.site, call.repo, release)


def latest(call: Call) -> Json:
    return _found(call, next((r for r in _published(call) if not r.prerelease), None))


def by_tag(call: Call) -> Json:
    return _found(call, next((r for r in _published(call) if r.tag == call.part("tag")), None))


def one(call: Call) -> Json:
    return _found(call, call.repo.releases.get(call.number("number")))


def create(call: Call) -> Reply:
    repo, tag = call.repo, str(call.field("tag_name"))
    if any(release.tag == tag for release in repo.releases.values()):
        raise invalid("Release", "tag_name", "already_exists")
    target = str(call.body.get("target_commitish") or repo.default_branch)
    if tag not in repo.git.tags and not call.body.get("draft"):
        commit = repo.git.resolve(target)
        if commit is None:
            raise invalid("Release", "target_commitish", "invalid")
        workflow_right.check(call, commit.sha)
        call.github.point_tag(repo, tag, commit.sha, call.viewer.login)
    now = call.github.clock.now()
    body = str(call.body.get("body") or "")
    if call.body.get("generate_release_notes"):
        body = "\n\n".join(filter(None, (body, _notes(call, tag, None, target))))
    release = Release(
        id=next(call.github.ids),
        tag=tag,
        name=str(call.body.get("name") or tag),
        body=body,
        author=call.viewer.login,
        created_at=now,
        published_at=None if call.body.get("draft") else now,
        target=target,
        prerelease=bool(call.body.get("prerelease")),
    )
    repo.releases[release.id] = release
    if not release.draft:
        call.github.notify("release", "published", repo, release=release)
    return Reply(201, deployments.release(call.site, repo, release))


def edit(call: Call) -> Json:
    """Only what is given changes."""
    release = call.repo.releases.get(call.number("number"))
    if release is None:
        raise NotFound
    if "name" in call.body:
        release.name = str(call.body["name"] or release.tag)
    if "body" in call.body:
        release.body = str(call.body["body"] or "")
    call.github.notify("release", "edited", call.repo, release=release)
    return deployments.release(call.site, call.repo, release)


def generate_notes(call: Call) -> Json:
    tag = str(call.field("tag_name"))
    target = str(call.body.get("target_commitish") or call.repo.default_branch)
    return {"name": tag, "body": _notes(call, tag, call.body.get("previous_tag_name"), target)}


def _notes(call: Call, tag: str, previous: str | None, target: str) -> str:
    git = call.repo.git
    head = git.tagged(tag) or git.resolve(target)
    if previous is None:
        previous = next((r.tag for r in _published(call) if r.tag != tag), None)
    base = git.tagged(previous) if previous else None
    found = compare(git, base, head) if base and head else None
    merged: list[PullRequest] = []
    if found is not None:
        shas = {commit.sha for commit in found.ahead}
        merged = [pull for pull in call.repo.pulls.values() if pull.merge_commit_sha in shas]
    return notes(call.site.page(call.repo), tag, previous, merged)


ROUTES: Table = (
    ("GET", "/releases", listed),
    ("POST", "/releases", create),
    ("POST", "/releases/generate-notes", generate_notes),
    ("GET", "/releases/latest", latest),
    ("GET", "/releases/tags/{tag:.+}", by_tag),
    ("GET", "/releases/{number}", one),
    ("PATCH", "/releases/{number}", edit),
)
