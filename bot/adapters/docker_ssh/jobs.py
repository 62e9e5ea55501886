"""Jobs: a command of an image, run once beside the container, and what became of it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.adapters.docker_ssh.view import View
from bot.config.targets import ONE_ONLY, DockerSshTarget
from bot.domain.rollbacks.targets import Fate

ENDS = {
    "0": Fate.SUCCEEDED,
    "10": Fate.FAILED_RESTORED,  # not pulled
    "11": Fate.FAILED_RESTORED,  # not started
    "31": Fate.FAILED_BROKEN,
}
NEVER_BEGAN = "it never began"
LONGER = timedelta(seconds=60)
"""By how much the host waits longer for the end than whoever asks."""


def words(
    target: DockerSshTarget, digest: str, command: Sequence[str], limit: timedelta
) -> Iterator[str]:
    """What the script is told behind the names: what the container has, but for what only one
    container can have.
    """
    flags = [flag for flag in target.flags if flag.partition("=")[0] not in ONE_ONLY]
    spans = (target.pull, target.pull + limit + LONGER)
    yield from (digest, target.env_file or "", *(str(int(s.total_seconds())) for s in spans))
    yield from (str(len(flags)), *flags, *command)


def judge(view: View) -> tuple[Fate | None, str]:
    """The fate, None while it goes on, and a sentence."""
    if result := view.lines("result"):
        return ENDS.get(result[0], Fate.UNKNOWN), " ".join(result[1:])
    if not view.text("begun"):
        return Fate.FAILED_RESTORED, NEVER_BEGAN
    if view.text("holder"):
        return None, "it runs"
    # What began it was killed; its container, found by its label, goes on.
    status, _, code = view.text("task").partition(" ")
    if status == "running":
        return None, "it runs"
    if status != "exited":
        return Fate.UNKNOWN, "it was killed, and nobody knows whether it was done"
    if code == "0":
        return Fate.SUCCEEDED, "it ended well"
    return Fate.FAILED_BROKEN, f"it ended with {code}"
