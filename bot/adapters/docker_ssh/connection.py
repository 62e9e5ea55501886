"""Connection: one command on one host over SSH, to nobody but whom known_hosts names."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.errors import Declined, Fault, Unanswered
from bot.ports.fences import pass_fence
from bot.ports.silences import awaited

if TYPE_CHECKING:
    import asyncssh

SYSTEM = "ssh"
CONNECTS_WITHIN = 5.0
"""Seconds for the connection, and as many for logging in."""

ALIVE_EVERY, SILENT_AT_MOST = 5, 3
"""Seconds between two questions whether the host is still there, and how many may go unanswered."""

KEPT_FOR = 5.0
"""Seconds for which a connection is kept for the next command: that of a switch follows soon, and
logging in takes longer than most of them.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command that ended by itself said, and its status."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Trust:
    """Our key, and the keys of the hosts that we speak to; read once."""

    key: Any
    known_hosts: Any

    @classmethod
    def read(cls, key_file: Path, passphrase: str | None, known_hosts: str) -> Trust:
        """Raises OSError, ValueError with a sentence that holds no secret."""
        import asyncssh

        try:
            key = asyncssh.read_private_key(key_file, passphrase)
        except asyncssh.KeyEncryptionError:
            raise ValueError("the key cannot be decrypted: check the passphrase") from None
        except asyncssh.KeyImportError as error:
            raise ValueError(str(error)) from None
        # A file has one line, a text has at least two words.
        text = known_hosts if len(known_hosts.split()) > 1 else Path(known_hosts).read_text()
        return cls(key, asyncssh.import_known_hosts(text))


class Host:
    """One host and how we log in there. A connection carries one command at a time."""

    def __init__(self, host: str, port: int, user: str, trust: Trust) -> None:
        self._address = (host, port)
        self._user = user
        self._trust = trust
        self._kept: asyncssh.SSHClientConnection | None = None
        self._until: asyncio.TimerHandle | None = None

    async def run(
        self, command: str, *, within: float, write: bool = False, silent: str = SYSTEM
    ) -> Answer:
        """Run a command and wait for its end; while it lasts, this is who is `silent`.

        Raises Fault. For a write: Declined when this host will never run it for us, Unanswered when
        it may have been run; any other Fault means that it was not.
        """
        with awaited(silent):
            if (kept := self._take()) is not None:
                with contextlib.suppress(_NoSession):  # it was lost, and nothing was run
                    return await self._on(kept, command, within, write)
            return await self._on(await self._connect(write), command, within, write)

    async def _on(
        self, connection: asyncssh.SSHClientConnection, command: str, within: float, write: bool
    ) -> Answer:
        try:
            async with asyncio.timeout(within):
                answer = await self._run(connection, command, write)
        except TimeoutError:
            connection.abort()
            raise _lost(write, f"no answer within {within:g} s") from None
        except BaseException:
            connection.abort()
            raise
        self._keep(connection)
        return answer

    def close(self) -> None:
        """Give the connection back."""
        if (kept := self._take()) is not None:
            kept.abort()

    def _take(self) -> asyncssh.SSHClientConnection | None:
        """The connection that was kept, if it is still open."""
        kept, self._kept = self._kept, None
        if self._until is not None:
            self._until.cancel()
        return kept if kept is not None and not kept.is_closed() else None

    def _keep(self, connection: asyncssh.SSHClientConnection) -> None:
        self.close()  # another command may have ended meanwhile
        self._kept = connection
        self._until = asyncio.get_running_loop().call_later(KEPT_FOR, self.close)

    async def _connect(self, write: bool) -> asyncssh.SSHClientConnection:
        import asyncssh

        host, port = self._address
        never = Declined if write else Fault
        try:
            async with asyncio.timeout(2 * CONNECTS_WITHIN):
                return await asyncssh.connect(
                    host,
                    port,
                    username=self._user,
                    client_keys=[self._trust.key],
                    known_hosts=self._trust.known_hosts,
                    connect_timeout=CONNECTS_WITHIN,
                    login_timeout=CONNECTS_WITHIN,
                    keepalive_interval=ALIVE_EVERY,
                    keepalive_count_max=SILENT_AT_MOST,
                    # Nothing of this machine's own: no agent, no configuration.
                    agent_path=None,
                    config=None,
                )
        except asyncssh.HostKeyNotVerifiable:
            text = f"{host} shows a key that DOCKER_SSH_KNOWN_HOSTS does not hold for it"
            raise never(SYSTEM, text) from None
        except asyncssh.PermissionDenied:
            raise never(SYSTEM, f"{host} does not let {self._user} in with our key") from None
        except (OSError, TimeoutError, asyncssh.Error) as error:
            raise Fault(SYSTEM, f"{host} is not reachable ({_in_words(error)})") from error

    async def _run(
        self, connection: asyncssh.SSHClientConnection, command: str, write: bool
    ) -> Answer:
        import asyncssh

        if write:
            pass_fence(SYSTEM)
        try:
            done = await connection.run(command, stdin=asyncssh.DEVNULL, errors="replace")
        except asyncssh.ChannelOpenError as error:
            raise _NoSession(SYSTEM, f"the host opens no session ({error.reason})") from error
        except (OSError, asyncssh.Error) as error:
            raise _lost(write, f"the connection was lost ({_in_words(error)})") from error
        # A connection that is cut raises nothing: there is merely no status.
        if done.exit_status is None or done.exit_status < 0:
            raise _lost(write, "the connection was lost before the command ended")
        return Answer(done.exit_status, str(done.stdout or ""), str(done.stderr or ""))


class _NoSession(Fault):
    """The command was not run."""


def _lost(write: bool, text: str) -> Fault:
    return (Unanswered if write else Fault)(SYSTEM, text)


def _in_words(error: Exception) -> str:
    match error:
        case ConnectionRefusedError():
            return "connection refused"
        case TimeoutError():
            return "no answer"
        case OSError():
            return error.strerror or type(error).__name__
        case _:
            return type(error).__name__
