"""Routes: repositories, branches, tags, refs and files."""

from __future__ import annotations

from sandbox.github.errors import NotFound, Refused
from sandbox.github.git import TagObject, digest
from sandbox.github.routes import workflow_right
from sandbox.github.routes.call import Call, Reply, Table
from sandbox.github.views import commits, repositories
from sandbox.github.views.site import Json


def repository(call: Call) -> Json:
    return repositories.full(call.site, call.repo, call.viewer.login)


def tags(call: Call) -> list[Json]:
    names = call.paged(sorted(call.repo.git.tags, reverse=True))
    shown = (repositories.tag(call.site, call.repo, name) for name in names)
    return [tag for tag in shown if tag is not None]


def branches(call: Call) -> list[Json]:
    return [
        {key: row[key] for key in ("name", "commit", "protected")}
        for name, sha in call.paged(sorted(call.repo.git.branches.items()))
        for row in [repositories.branch(call.site, call.repo, name, sha)]
    ]


def branch(call: Call) -> Json:
    name = call.part("branch")
    if name not in call.repo.git.branches:
        raise NotFound("Branch not found")
    return repositories.branch(call.site, call.repo, name, call.repo.git.branches[name])


def _refs(call: Call) -> dict[str, str]:
    git = call.repo.git
    heads = {f"refs/heads/{name}": sha for name, sha in git.branches.items()}
    return heads | {f"refs/tags/{name}": sha for name, sha in git.tags.items()}


def ref(call: Call) -> Json:
    name, refs = f"refs/{call.part('ref').removeprefix('refs/')}", _refs(call)
    if name not in refs:
        raise NotFound
    return repositories.ref(call.site, call.repo, name, refs[name])


def matching_refs(call: Call) -> list[Json]:
    """All of them at once, whatever page is asked for."""
    prefix = f"refs/{call.part('ref')}"
    found = [(name, sha) for name, sha in sorted(_refs(call).items()) if name.startswith(prefix)]
    return [repositories.ref(call.site, call.repo, name, sha) for name, sha in found]


def create_ref(call: Call) -> Reply:
    git, name, sha = call.repo.git, str(call.field("ref")), str(call.field("sha"))
    if name in _refs(call):
        raise Refused(422, "Reference already exists")
    workflow_right.check(call, git.commit_of(sha))
    if name.startswith("refs/heads/") and sha in git.commits:
        git.branches[name.removeprefix("refs/heads/")] = sha
        subjects = {"ref": name, "before": None, "after": sha, "sender": call.viewer.login}
        call.github.notify("create", "created", call.repo, **subjects)
    elif name.startswith("refs/tags/") and sha in git.commits | git.tag_objects:
        call.github.point_tag(call.repo, name.removeprefix("refs/tags/"), sha, call.viewer.login)
    else:
        raise Refused(422, "Object does not exist")
    return Reply(201, repositories.ref(call.site, call.repo, name, sha))


def tag_object(call: Call) -> Json:
    tag = call.repo.git.tag_objects.get(call.part("sha"))
    if tag is None:
        raise NotFound
    return repositories.tag_object(call.site, call.repo, tag)


def create_tag_object(call: Call) -> Reply:
    git = call.repo.git
    name, message, sha = str(call.field("tag")), str(call.field("message")), call.field("object")
    call.field("type")
    if sha not in git.commits:
        raise Refused(422, "Could not find object")
    now, login = call.github.clock.now(), call.viewer.login
    number = digest("tag", name, message, sha, now.isoformat())
    tag = git.annotate(TagObject(number, name, message, sha, login, now))
    return Reply(201, repositories.tag_object(call.site, call.repo, tag))


def contents(call: Call) -> Json | list[Json]:
    ref = call.query("ref", call.repo.default_branch)
    head = call.repo.git.resolve(ref)
    if head is None:
        raise NotFound(f"No commit found for the ref {ref}")
    files, path = call.repo.git.tree(head.sha), call.part("path").strip("/")
    if path in files:
        return commits.file(call.site, call.repo, path, files[path], ref, content=True)
    inside = {
        name: text for name, text in files.items() if name.startswith(f"{path}/" if path else "")
    }
    if not inside:
        raise NotFound
    return _listing(call, path, inside, ref)


def _listing(call: Call, path: str, inside: dict[str, str], ref: str) -> list[Json]:
    entries: dict[str, Json] = {}
    for name, text in sorted(inside.items()):
        child, slash, _ = name.removeprefix(f"{path}/").partition("/")
        full = f"{path}/{child}" if path else child
        if slash:
            entries[full] = commits.folder(call.site, call.repo, full, ref)
        else:
            entries[full] = commits.file(call.site, call.repo, full, text, ref, content=False)
    return list(entries.values())


ROUTES: Table = (
    ("GET", "", repository),
    ("GET", "/tags", tags),
    ("GET", "/branches", branches),
    ("GET", "/branches/{branch:.+}", branch),
    ("GET", "/git/ref/{ref:.+}", ref),
    ("GET", "/git/matching-refs/{ref:.*}", matching_refs),
    ("POST", "/git/refs", create_ref),
    ("GET", "/git/tags/{sha}", tag_object),
    ("POST", "/git/tags", create_tag_object),
    ("GET", "/contents/{path:.*}", contents),
)
