"""Fates: how a step ended, from its result or, where it was killed, from what it left behind."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from bot.adapters.docker_ssh.view import Container, View
from bot.domain.rollbacks.targets import Fate
from bot.domain.versions import is_same

ENDS: Mapping[str, Fate] = MappingProxyType(
    {
        "0": Fate.SUCCEEDED,
        "10": Fate.FAILED_RESTORED,  # not pulled
        "11": Fate.FAILED_RESTORED,  # no candidate
        "12": Fate.FAILED_RESTORED,  # the candidate failed
        "13": Fate.FAILED_RESTORED,  # not set aside
        "20": Fate.FAILED_RESTORED,  # interrupted, and restored
        "21": Fate.FAILED_RESTORED,  # failed, and restored
        "30": Fate.FAILED_BROKEN,
    }
)
STOPPING = "stopping it"
"""The step of the script after which an engine stops the old container, whoever is killed."""

SLACK = timedelta(seconds=10)
NEVER_BEGAN = "it never began"


def judge(
    view: View,
    *,
    name: str,
    operation: str,
    version: str,
    deadline: timedelta,
    grace: timedelta,
) -> tuple[Fate | None, str]:
    """The fate, None while it goes on, and a sentence."""
    if result := view.lines("result"):
        return ENDS.get(result[0], Fate.UNKNOWN), " ".join(result[1:])
    if not view.text("begun"):
        return Fate.FAILED_RESTORED, NEVER_BEGAN
    if holder := view.text("holder"):
        if holder != operation:
            return Fate.UNKNOWN, f"it was killed, and {holder} is at work there now"
        return None, _last_step(view)[1]
    if _is_being_stopped(view, f"{name}-prev-{operation}", grace):
        return None, "it was killed; what ran before is being stopped"
    fate, text = _left_behind(view, name, operation, version, deadline)
    candidate = f"{name}-cand-{operation}"
    left = f"; the candidate {candidate} is left over" if candidate in view.containers() else ""
    return fate, f"it was killed; {text}{left}"


def _left_behind(
    view: View, name: str, operation: str, version: str, deadline: timedelta
) -> tuple[Fate | None, str]:
    found = view.containers()
    current, aside = found.get(name), found.get(f"{name}-prev-{operation}")
    before = next(iter(view.containers("before_containers").values()), None)
    if current and current.labels.get("deploy.run") == operation:
        return _the_new_one(view, current, version, deadline)
    if current and before and current.id == before.id:
        if current.status != "running":
            return Fate.FAILED_BROKEN, f"what ran before is {current.status}"
        answers = "" if view.answers() else ", and does not answer"
        return Fate.FAILED_RESTORED, f"what ran before runs on{answers}"
    if current:
        return Fate.UNKNOWN, "another container has taken its place"
    if aside and aside.status == "running" and view.answers():
        return Fate.FAILED_RESTORED, f"what ran before runs on, under the name {aside.name}"
    if aside:
        return Fate.FAILED_BROKEN, f"what ran before is {aside.status}, as {aside.name}"
    return Fate.FAILED_BROKEN, "nothing runs there"


def _the_new_one(
    view: View, current: Container, version: str, deadline: timedelta
) -> tuple[Fate | None, str]:
    told = view.told()
    is_right = not version or (told is not None and is_same(told, version))
    if current.status != "running":
        return Fate.FAILED_BROKEN, f"the new container is {current.status}"
    if view.answers() and is_right:
        return Fate.SUCCEEDED, "the new container runs and is healthy"
    if current.started and _now(view) < current.started + deadline:
        return None, "the new container is not healthy yet"
    return Fate.FAILED_BROKEN, "the new container is not healthy"


def _is_being_stopped(view: View, aside: str, grace: timedelta) -> bool:
    container = view.containers().get(aside)
    since, text = _last_step(view)
    if container is None or container.status != "running" or text != STOPPING or not since:
        return False
    return _now(view) < since + grace + SLACK


def _now(view: View) -> datetime:
    """By the host's clock, as all times of containers and steps."""
    return datetime.fromtimestamp(int(view.text("time")), UTC)


def _last_step(view: View) -> tuple[datetime | None, str]:
    """When it began, and what it is; other lines are of Docker or of the container."""
    for line in reversed(view.lines("log")):
        stamp, _, text = line.partition(" ")
        try:
            return datetime.fromisoformat(stamp.replace("Z", "+00:00")), text
        except ValueError:
            continue
    return None, "it begins"
