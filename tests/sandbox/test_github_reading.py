"""What a client reads at the local GitHub, through PyGithub over real HTTP."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from github import BadCredentialsException, GithubException, UnknownObjectException

from tests.sandbox.github_host import Host, running


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    async with running() as host:
        yield host


async def test_an_annotated_tag_leads_through_its_object_to_the_commit(host: Host) -> None:
    ref = await host.ask(lambda repo: repo.get_git_ref("tags/v1.2.1"))
    assert ref.object.type == "tag"
    tag = await host.ask(lambda repo: repo.get_git_tag(ref.object.sha))
    commit = await host.ask(lambda repo: repo.get_commit("v1.2.1"))
    assert tag.object.sha == commit.sha
    assert commit.commit.message == "Update dependency Z (#6)"


async def test_the_change_list_of_the_next_version_is_three_pull_requests(host: Host) -> None:
    compared = await host.ask(lambda repo: repo.compare("v1.2.0", "v1.2.1"))
    assert (compared.status, compared.ahead_by, compared.behind_by) == ("ahead", 3, 0)
    shas = [one.sha for one in compared.commits]
    titles = await host.ask(
        lambda repo: [repo.get_commit(sha).get_pulls()[0].title for sha in shas]
    )
    assert titles == ["Add feature X", "Fix bug Y", "Update dependency Z"]
    assert await host.ask(lambda repo: repo.compare("v1.2.1", "v1.2.0").status) == "behind"


async def test_the_later_version_brings_an_irreversible_migration(host: Host) -> None:
    compared = await host.ask(lambda repo: repo.compare("v1.2.1", "v1.3.0"))
    assert [(one.filename, one.status) for one in compared.files] == [
        ("migrations/0007_drop_legacy_column.sql", "added")
    ]


async def test_checks_are_green_and_the_combined_status_is_for_ever_pending(host: Host) -> None:
    commit = await host.ask(lambda repo: repo.get_commit("v1.2.1"))
    runs = await host.ask(lambda repo: list(repo.get_commit(commit.sha).get_check_runs()))
    assert {(run.name, run.conclusion) for run in runs} == {
        ("test", "success"),
        ("build", "success"),
        ("staging", "success"),
    }
    status = await host.ask(lambda repo: repo.get_commit(commit.sha).get_combined_status())
    assert (status.state, status.total_count) == ("pending", 0)


async def test_pull_requests_were_approved_by_somebody_else(host: Host) -> None:
    pull = await host.ask(lambda repo: repo.get_pull(4))
    reviews = await host.ask(lambda repo: list(repo.get_pull(4).get_reviews()))
    assert pull.merged
    assert [review.state for review in reviews] == ["APPROVED"]
    assert reviews[0].user.login != pull.user.login


async def test_releases_have_notes_and_the_latest_is_the_newest(host: Host) -> None:
    names = await host.ask(lambda repo: [one.tag_name for one in repo.get_releases()])
    assert names == ["v1.3.0", "v1.2.1", "v1.2.0", "v1.1.0", "v1.0.0"]
    body = {"tag_name": "v1.2.1", "previous_tag_name": "v1.2.0"}
    path = "/repos/acme/app/releases/generate-notes"
    _, notes = await host.call("POST", path, body)
    assert "* Add feature X by @ana-acme in " in notes["body"]


async def test_files_are_read_at_a_ref(host: Host) -> None:
    path = ".github/workflows/release.yml"
    file = await host.ask(lambda repo: repo.get_contents(path, ref="main"))
    assert not isinstance(file, list)
    assert "request_id:" in base64.b64decode(file.content).decode()
    with pytest.raises(UnknownObjectException):
        await host.ask(lambda repo: repo.get_contents("nothing.txt", ref="main"))


async def test_the_bare_seed_declares_only_a_version() -> None:
    async with running("bare") as host:
        path = ".github/workflows/release.yml"
        file = await host.ask(lambda repo: repo.get_contents(path, ref="main"))
        assert not isinstance(file, list)
        text = base64.b64decode(file.content).decode()
        assert "request_id" not in text
        assert "run-name" not in text


async def test_an_unchanged_answer_costs_nothing(host: Host) -> None:
    headers = {"Authorization": "Bearer ghp_local_token"}
    url = f"{host.url}/repos/acme/app/git/ref/tags/v1.2.1"
    async with host.session.get(url, headers=headers) as first:
        etag, left = first.headers["ETag"], first.headers["X-RateLimit-Remaining"]
    async with host.session.get(url, headers=headers | {"If-None-Match": etag}) as second:
        assert (second.status, await second.read()) == (304, b"")
        assert "Content-Type" not in second.headers
        assert second.headers["X-RateLimit-Remaining"] == left


async def test_lists_are_paged_with_links(host: Host) -> None:
    tags = await host.ask(lambda repo: [tag.name for tag in repo.get_tags()])
    assert tags[0] == "v1.3.0"
    url = f"{host.url}/repos/acme/app/tags?per_page=2&page=2"
    async with host.session.get(url, headers={"Authorization": "token ghp_local_token"}) as answer:
        assert [row["name"] for row in await answer.json()] == tags[2:4]
        assert 'page=3>; rel="next"' in answer.headers["Link"]
        assert 'page=1>; rel="prev"' in answer.headers["Link"]


async def test_matching_refs_come_all_at_once(host: Host) -> None:
    """Whatever page is asked for: https://github.com/github/docs/issues/3863."""
    url = f"{host.url}/repos/acme/app/git/matching-refs/tags/v1.2?per_page=1&page=2"
    async with host.session.get(url, headers={"Authorization": "token ghp_local_token"}) as answer:
        refs = [row["ref"] for row in await answer.json()]
        assert refs == ["refs/tags/v1.2.0", "refs/tags/v1.2.1"]
        assert "Link" not in answer.headers


async def test_strangers_are_refused_and_long_tokens_are_only_unknown(host: Host) -> None:
    for token in ("nonsense", "ghs_" + "x" * 516):
        with pytest.raises(BadCredentialsException):
            await host.ask(lambda repo: repo.get_git_ref("tags/v1.2.1"), token)
    async with host.session.get(f"{host.url}/user") as answer:
        assert answer.status == 401


async def test_an_unknown_route_is_not_found_and_journaled(host: Host) -> None:
    assert (await host.call("GET", "/repos/acme/app/secrets"))[0] == 404
    last = host.world.journal.entries("github")[-1]
    assert (last["path"], last["status"]) == ("/repos/acme/app/secrets", 404)
    with pytest.raises(GithubException):
        await host.ask(lambda repo: repo.get_git_ref("tags/v9.9.9"))


async def test_a_release_of_the_bot_makes_tag_object_ref_and_release(host: Host) -> None:
    head = await host.ask(lambda repo: repo.get_commit("main").sha)
    tag = await host.ask(lambda repo: repo.create_git_tag("v1.4.0", "Dark mode", head, "commit"))
    await host.ask(lambda repo: repo.create_git_ref("refs/tags/v1.4.0", tag.sha))
    with pytest.raises(GithubException, match="Reference already exists"):
        await host.ask(lambda repo: repo.create_git_ref("refs/tags/v1.4.0", tag.sha))
    made = await host.ask(lambda repo: repo.create_git_release("v1.4.0", "v1.4.0", "Notes"))
    assert made.tag_name == "v1.4.0"
    assert await host.ask(lambda repo: repo.get_commit("v1.4.0").sha) == head


async def test_an_issue_keeps_its_labels(host: Host) -> None:
    made = await host.ask(lambda repo: repo.create_issue("Post-mortem", "…", labels=["outage"]))
    found = await host.ask(lambda repo: list(repo.get_issues(labels=["outage"])))
    assert [issue.number for issue in found] == [made.number]


async def test_issues_are_listed_by_label_with_pull_requests_among_them(host: Host) -> None:
    host.world.github.repository("acme/app").pulls[8].labels = ("bug",)
    path = "/repos/acme/app/issues"
    _, labelled = await host.call("GET", f"{path}?labels=bug&state=open")
    assert [(row["number"], "pull_request" in row) for row in labelled] == [(8, True), (9, False)]
    _, both = await host.call("GET", f"{path}?labels=bug,critical")
    assert both == []
    _, everything = await host.call("GET", f"{path}?state=all&per_page=100")
    assert {row["number"] for row in everything} == set(range(1, 11))
