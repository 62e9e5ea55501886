"""The last lines of a container's log, without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import Fault
from tests.docker_ssh.stage import PROGRAMS, Stage

pytestmark = pytest.mark.needs(*PROGRAMS)


async def test_logs_are_read_without_the_secrets_of_the_service(
    stage: Stage, tmp_path: Path
) -> None:
    variables = tmp_path / "app.env"
    variables.write_text(
        "# comment\nAPI_TOKEN=redacted-12345\nCOLOUR=green-green\nDB_KEY=$&.*abcd\n"
    )
    stage.world.host.engine.containers[0].log += [
        "ERROR: refused redacted-12345, twice redacted-12345; green-green",
        "key is $&.*abcd, slack xoxb-1-2-3",
        "all is well",
    ]
    tail = await stage.target(env_file=str(variables)).logs(lines=3)
    assert tail.text == (
        "ERROR: refused [redacted], twice [redacted]; green-green\n"
        "key is [redacted], slack [redacted]\n"
        "all is well\n"
    )
    assert tail.errors == ("ERROR: refused [redacted], twice [redacted]; green-green",)
    assert (await stage.target(errors="well$").logs(lines=1)).errors == ("all is well",)


async def test_logs_of_nothing_are_a_fault(stage: Stage) -> None:
    await stage.world.host.engine.run(["rm", "-f", "app"])
    with pytest.raises(Fault, match="No such container"):
        await stage.target().logs()
