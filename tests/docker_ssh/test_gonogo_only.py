"""gonogo-only, the program that a host may name for gonogo's key: a real sshd lets through it what
the bot does with its container, and nothing else.
"""

from __future__ import annotations

import getpass
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from bot.adapters.docker_ssh import DockerSsh
from bot.adapters.docker_ssh.connection import Host, Trust
from bot.adapters.docker_ssh.script import command
from bot.config.targets import DockerSshTarget
from bot.domain.errors import Declined, Fault
from bot.domain.rollbacks.targets import Fate
from sandbox.app import HOST
from sandbox.host.server import REPOSITORY
from tests.docker_ssh.hostile import HOSTILE
from tests.docker_ssh.machine import RUN_SSHD, Sshd, fixed_ports
from tests.docker_ssh.stage import NEW, OLD, PROGRAMS, Stage, wanted
from tests.docker_ssh.switching import is_good, running, switch

pytestmark = pytest.mark.needs(*PROGRAMS, "sshd", "sha256sum")
PROGRAM = Path(__file__).parents[2] / "examples" / "hosts" / "gonogo-only"
FLAG = "--volume=app:/data"


@dataclass
class Guarded:
    """The sandbox's host behind a real sshd, whose key is for gonogo-only; what was refused is in
    `log`.
    """

    stage: Stage
    sshd: Sshd
    trust: Trust
    log: Path

    @property
    def publish(self) -> str:
        return f"{HOST}:{self.stage.world.host.published}"

    def target(self, **settings: object) -> DockerSsh:
        place = {"port": self.sshd.port, "user": getpass.getuser(), "flags": [FLAG]}
        made = self.stage.world.host.target(**place | settings)
        config = DockerSshTarget.model_validate(made)
        host = Host(config.host, config.port, config.user, self.trust)
        return DockerSsh(config, host, self.stage.clock, hide=str)

    async def says(self, *told: str | None) -> list[tuple[int | None, str]]:
        """What a person with that key gets for each command, or for a shell."""
        async with self.login() as connection:
            runs = [await connection.run(one, stdin=asyncssh.DEVNULL) for one in told]
        return [(done.exit_status, str(done.stdout)) for done in runs]

    def login(self) -> AbstractAsyncContextManager[asyncssh.SSHClientConnection]:
        return asyncssh.connect(
            *(HOST, self.sshd.port),
            username=getpass.getuser(),
            client_keys=[self.trust.key],
            known_hosts=self.trust.known_hosts,
            agent_path=None,
            config=None,
        )


@pytest.fixture
async def guarded(stage: Stage, tmp_path: Path) -> AsyncIterator[Guarded]:
    host = stage.world.host
    log, programs = tmp_path / "log", host.key_file.parent / "bin"
    (programs / "logger").write_text(f'#!/bin/sh\necho "$*" >>{log}\n')
    (programs / "logger").chmod(0o755)
    containers = tmp_path / "containers"
    line = ("app", REPOSITORY, f"{HOST}:{host.published}", "-", FLAG)
    containers.write_text(f"other acme/other 3001 -\n{' '.join(line)}")
    key = asyncssh.read_private_key(host.key_file).export_public_key().decode().strip()
    told = f"PATH={programs}:$PATH XDG_STATE_HOME={host.state} {PROGRAM} {containers}"
    (tmp_path / "authorized_keys").write_text(f'restrict,command="{told}" {key}\n')
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    host_key.write_private_key(tmp_path / "host_key")
    (tmp_path / "host_key").chmod(0o600)
    host_key.write_public_key(tmp_path / "host_key.pub")
    (tmp_path / "sshd_config").write_text(
        f"ListenAddress {HOST}\nHostKey {tmp_path}/host_key\nPidFile none\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nStrictModes no\n"
        f"SetEnv HOME={tmp_path}\nSubsystem sftp internal-sftp\n"
        f"AuthorizedKeysFile {tmp_path}/authorized_keys\n"
    )
    made_run_sshd = not RUN_SSHD.exists() and os.geteuid() == 0
    if made_run_sshd:
        RUN_SSHD.mkdir()
    async with Sshd(tmp_path, next(fixed_ports())) as sshd:
        yield Guarded(stage, sshd, Trust.read(host.key_file, None, sshd.known_hosts), log)
    if made_run_sshd:
        RUN_SSHD.rmdir()


def test_it_knows_the_text_that_is_sent() -> None:
    """Whoever changes that text puts this line in place of the one there."""
    text = command("look").removesuffix("look").encode()
    assert f"    {len(text)}:{hashlib.sha256(text).hexdigest()}\n" in PROGRAM.read_text()


async def test_all_that_gonogo_does_goes_through(guarded: Guarded) -> None:
    target = guarded.target()
    assert await running(target) == OLD
    assert {one.artifact.version for one in await target.candidates()} >= {NEW}
    assert (await target.plan(wanted())).obstacle == ""
    is_good(await switch(target, NEW, "D1"), Fate.SUCCEEDED)
    assert await running(target) == NEW
    _, sight = await target.resolve_unknown(wanted(), "D1")
    assert sight.fate is Fate.SUCCEEDED
    assert await target.logs()
    assert not guarded.log.exists()


async def test_a_shell_a_file_and_a_tunnel_are_refused(guarded: Guarded) -> None:
    told = (None, "id", "bash", "bash -c 'id' gonogo look", "scp -t /tmp", "sh -c id; id")
    no = (64, "gonogo-only: this key is for gonogo alone\n")
    assert await guarded.says(*told) == [no] * len(told)
    refused = guarded.log.read_text().splitlines()
    assert len(refused) == 6
    assert refused[1].startswith("-t gonogo-only -p auth.warning -- refused 127.0.0.1 ")
    assert refused[1].endswith(": this key is for gonogo alone: id")
    async with guarded.login() as connection:
        with pytest.raises(asyncssh.Error):
            await connection.start_sftp_client()
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_connection(HOST, guarded.stage.world.host.published)


def look(**changed: str) -> str:
    words = {"name": "app", "image": REPOSITORY, "wanted": "", "url": "", "file": ""} | changed
    return command("look", *words.values())


START = ("D9", "1", f"sha256:{'0' * 64}", "v1.0.0")
SPANS = ("3000", "", "2", "0", "300", "no", "2", "400", "60")


async def test_gonogos_own_text_does_nothing_elsewhere(guarded: Guarded) -> None:
    page = f"http://{guarded.publish}/health"
    [(status, _)] = await guarded.says(look(url=page))
    assert status == 0
    refused = [
        look().replace("trap '\"'\"''\"'\"' PIPE", "id                  "),
        look() + "; id",
        look() + " $(id)",
        look() + " `id`",
        look() + "\nid",
        look() + " 'open",
        look() + ' "two words"',
        look(name="db"),
        look(name="../app"),
        look(image="acme/other"),
        look(wanted="acme/other@sha256:1"),
        look(url="file:///etc/passwd"),
        look(url=f"http://{guarded.publish}@elsewhere.example/"),
        look(file="/etc/shadow"),
        command("logs", "app", "10", "", "/etc/shadow"),
        command("switch", "app", REPOSITORY, page, *START, guarded.publish, *SPANS),
        command("start", "app", REPOSITORY, page, *START, "22", *SPANS),
        command("start", "app", REPOSITORY, page, *START, guarded.publish, *SPANS, "--privileged"),
        command(
            *("start", "app", REPOSITORY, page, *START, guarded.publish, *SPANS),
            *(FLAG, "--volume=/:/host"),
        ),
        command(
            *("start_job", "app", REPOSITORY, "D9", "1", f"sha256:{'0' * 64}", ""),
            *("300", "400", "1", "--privileged", "sh"),
        ),
        *(look(name=word) for word in HOSTILE),
    ]
    answers = await guarded.says(*refused)
    for told, (status, said) in zip(refused, answers, strict=True):
        assert status in (64, 69), (told[-80:], said)
        assert said.startswith("gonogo-only: "), said
    assert len(guarded.log.read_text().splitlines()) == len(refused)
    assert guarded.stage.names() == ["app"]


async def test_a_host_that_knows_another_text_says_what_to_do(guarded: Guarded) -> None:
    """As after an update of the bot: nothing was changed, in words that name the way on."""
    target = guarded.target()
    program = guarded.log.with_name("gonogo-only")
    text = next(line for line in PROGRAM.read_text().splitlines() if line[4:9].isdigit())
    older = PROGRAM.read_text().replace(text, f"    20000:{'0' * 64}")
    program.write_text(older)
    program.chmod(0o755)
    keys = guarded.log.with_name("authorized_keys")
    keys.write_text(keys.read_text().replace(str(PROGRAM), str(program)))
    why = "gonogo sends another text than this host knows; install the gonogo-only of its version"
    with pytest.raises(Fault, match=why):
        await target.current()
    with pytest.raises(Declined, match=why):
        await target.start(wanted(), "D1")
