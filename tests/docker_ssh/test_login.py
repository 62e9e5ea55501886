"""Who is spoken to over SSH, and what is said: one text, and words."""

from __future__ import annotations

import hashlib
from pathlib import Path

import asyncssh
import pytest

from bot.adapters.docker_ssh.script import script
from bot.config import ConfigError
from bot.domain.errors import Declined, Fault
from sandbox import app
from tests.docker_ssh.hostile import HOSTILE, at_every_place
from tests.docker_ssh.stage import NEW, OLD, PROGRAMS, Stage, wanted
from tests.docker_ssh.switching import running, switch

pytestmark = pytest.mark.needs(*PROGRAMS)


async def test_the_host_is_told_one_text_whatever_is_asked(stage: Stage) -> None:
    target = stage.target(flags=["--env=A=$(id); touch PWNED `id` ' \" \\ *"])
    await switch(target, NEW, "D1")
    await target.logs()
    await target.resolve_unknown(wanted(), "D1")
    entries = stage.world.journal.entries("ssh", "EXEC")
    assert {str(entry["path"]) for entry in entries} == {
        *("/look", "/start", "/watch", "/logs", "/resolve")
    }
    bodies = [entry["body"] for entry in entries]
    digest = hashlib.sha256(script().encode()).hexdigest()
    assert all(
        isinstance(body, dict) and (body["program"], body["script"]) == (["bash", "-c"], digest)
        for body in bodies
    )
    assert not [*stage.world.host.key_file.parent.rglob("PWNED")]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_a_hostile_word_at_any_place_is_a_word(stage: Stage, hostile: str) -> None:
    target, host = stage.tampered(flags=["--init"], deadline="PT1S")
    await at_every_place(target, host, wanted(), hostile)
    assert not [*stage.world.host.key_file.parent.rglob("PWNED")]
    assert not Path("PWNED").exists()


async def test_a_host_with_another_key_is_never_spoken_to(stage: Stage) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    for known in (f"[127.0.0.1]:{stage.world.host.port} {other}", f"elsewhere.example {other}"):
        target = stage.target(variables={"DOCKER_SSH_KNOWN_HOSTS": known})
        with pytest.raises(Fault, match="a key that DOCKER_SSH_KNOWN_HOSTS does not hold"):
            await target.current()
        with pytest.raises(Declined):
            await target.start(wanted(), "D1")
    assert stage.commands() == []


async def test_known_hosts_may_be_a_file_and_the_key_may_have_a_passphrase(
    stage: Stage, tmp_path: Path
) -> None:
    known, key = tmp_path / "known_hosts", tmp_path / "key"
    known.write_text(stage.world.host.known_hosts)
    asyncssh.read_private_key(stage.world.host.key_file).write_private_key(key, passphrase="pw")
    variables = {"DOCKER_SSH_KNOWN_HOSTS": str(known), "DOCKER_SSH_KEY_FILE": str(key)}
    right = variables | {"DOCKER_SSH_KEY_PASSPHRASE": "pw"}
    assert await running(stage.target(variables=right)) == OLD
    for wrong in (variables, variables | {"DOCKER_SSH_KEY_PASSPHRASE": "other"}):
        with pytest.raises(ConfigError, match=r"(?i)passphrase"):
            stage.target(variables=wrong)
    with pytest.raises(ConfigError, match="No such file"):
        stage.target(variables={"DOCKER_SSH_KNOWN_HOSTS": str(tmp_path / "nothing")})


async def test_a_key_that_is_not_let_in_and_a_host_that_is_away_are_told_apart(
    stage: Stage, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(other)
    with pytest.raises(Declined, match="does not let deploy in with our key"):
        await stage.target(variables={"DOCKER_SSH_KEY_FILE": str(other)}).start(wanted(), "D1")
    known = stage.world.host.known_hosts
    away = stage.target(port=app.free_port(), variables={"DOCKER_SSH_KNOWN_HOSTS": known})
    with pytest.raises(Fault, match=r"not reachable \(connection refused\)") as fault:
        await away.start(wanted(), "D1")
    assert type(fault.value) is Fault
    stage.world.faults.add(system="ssh", kind="reset_before", method="CONNECT")
    with pytest.raises(Fault, match="is not reachable"):
        await stage.target().current()


async def test_one_login_serves_what_follows_soon_and_a_connection_that_is_cut_no_more(
    stage: Stage,
) -> None:
    target = stage.target()
    assert await running(target) == OLD
    stage.world.faults.add(system="ssh", kind="reset_before", method="CONNECT")
    assert await running(target) == OLD
    stage.world.host.cut()
    with pytest.raises(Fault, match="is not reachable"):  # it logs in anew
        await target.current()
    assert await running(target) == OLD


async def test_a_cut_in_the_middle_of_reading_is_no_answer(stage: Stage) -> None:
    stage.world.faults.add(system="ssh", kind="cut:0.05", path="/look")
    with pytest.raises(Fault, match="lost"):
        await stage.target().current()
