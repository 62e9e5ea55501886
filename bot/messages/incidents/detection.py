"""Detection: what is said about an incident that a monitor reported."""

from collections.abc import Sequence

from bot.domain.incidents.detection import JUDGED, KUMA, Beat
from bot.domain.incidents.incidents import UNRESTORED, Incident, State
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message


def title(beat: Beat) -> str:
    """The title of an incident that nobody has looked at yet."""
    return f"{beat.name} is down"


def impact(beat: Beat) -> str:
    """What is known of its impact, which is what the monitor saw."""
    why = f" ({beat.text})" if beat.text else ""
    return f"{KUMA} does not reach {beat.name}{why}"


def counted(incident: Incident) -> str:
    """How often its monitor reported it, on the incident's message."""
    return f"{KUMA}: DOWN x{incident.alerts}"


def detected(
    incident: Incident,
    beat: Beat,
    others: Sequence[Incident] = (),
    before: Incident | None = None,
) -> Message:
    """The first thing in the thread: somebody has to judge it. `others` are open about the same
    service; `before` is the last one of this monitor, which is restored.
    """
    text = (
        f"{_called(incident)}{_down(beat)}. It counts as {incident.severity} until somebody says "
        "otherwise: Edit changes that, Close takes it back as a false positive."
    )
    if before:
        text += f"\n{before.name} of this monitor{_ended(before)}: Resolve it, if it is over."
    if others:
        text += f"\n{beside(others)}: if it is the same, Close one of them as a duplicate."
    return Message(text)


def again(old: Incident, new: Incident, beat: Beat, others: Sequence[Incident] = ()) -> Message:
    """In the thread when what was restored, or only up, is down once more."""
    back = "goes on" if old.state in UNRESTORED else "is open again"
    was_up = f" Its last UP was {b.when(old.up_at)}." if old.up_at else ""
    text = (
        f"{_called(new)}{_down(beat, 'down again')}, so {new.name} {back}, as {new.severity}."
        f"{was_up} If users do not notice, pause that monitor in {KUMA}, or Edit the severity."
    )
    if new.cause and new.cause != old.cause:
        text += f"\n{b.line(new.cause, 80)} is suspected now."
    if others:
        text += f"\n{beside(others)}: if it is the same, Close one of them as a duplicate."
    return Message(text)


def late(incident: Incident, beat: Beat, command: str) -> Message:
    """In the thread, where a report is older than the end of what it reports."""
    is_closed = incident.state is State.CLOSED
    help = f"{b.line(command)} opens a new one" if is_closed else "Reopen it"
    return Message(
        f"{_down(beat)}, but {incident.name}{_ended(incident)}, so nothing was changed: "
        f"{help}, if users notice."
    )


def judged(
    incident: Incident, beat: Beat, command: str, originals: Sequence[Incident] = ()
) -> Message:
    """In the thread, where what people closed as nothing to be restored goes on; `originals` is
    what a duplicate is one of.
    """
    assert incident.closed_at is not None
    closure = str(incident.closure).replace("_", " ")
    until = f"until {b.when(incident.closed_at + JUDGED)}"
    if originals:
        until = f"while {originals[0].name} goes on, and only {until}"
    return Message(
        f"{KUMA} still reports {b.line(beat.name, 80)} down. {incident.name} was closed as "
        f"{closure}, so nothing is opened for that {until}: "
        f"pause that monitor in {KUMA}, or {b.line(command)}, if users notice."
    )


def flaps(beat: Beat) -> Message:
    """In the thread, where it was up for too short a time to be over."""
    return Message(f"{_down(beat, 'down again')}: it flaps, so nobody is woken again.")


def _down(beat: Beat, word: str = "down") -> str:
    return f"{KUMA} reports {b.line(beat.name, 80)} {word} since {b.when(beat.at)}"


def _ended(incident: Incident) -> str:
    if incident.restored_at is None and incident.closed_at is not None:
        return f" is closed since {b.when(incident.closed_at)}"
    when = f" since {b.when(incident.restored_at)}" if incident.restored_at else ""
    return f" is restored{when}"


def unknown(beat: Beat, services: Sequence[str], command: str) -> Message:
    """In the channel, where a monitor is down of which nobody said what it watches."""
    return Message(
        f"{_down(beat)}. No service is named "
        f"so ({b.line(', '.join(services), 300)}), so no incident was opened: "
        f"{b.line(command)} does it, if users notice. `incidents.uptime_kuma.monitors` says which "
        "service a monitor watches, `ignore` beside it which are none of yours."
    )


def mild(incident: Incident, beat: Beat) -> Message:
    """In the thread, where people made less of it than of what a monitor opens."""
    return Message(
        f"{_called(incident)}{_down(beat)}. It is counted here, as {incident.severity}: "
        "Edit raises that, if users notice."
    )


def beside(others: Sequence[Incident]) -> str:
    """Which incidents of the same service are open as well."""
    named = " and ".join(f"{one.name} ({one.severity}, {one.state})" for one in others)
    return f"{named} {'is' if len(others) == 1 else 'are'} open about the same service"


def _called(incident: Incident) -> str:
    """Whoever has to look at it, if that is a person."""
    return "" if incident.owner == KUMA else f"{b.mention(incident.owner)} "


def joined(beat: Beat) -> str:
    """On the timeline of an incident that a person had opened before."""
    return f"{impact(beat)}, too"


def again_down(beat: Beat) -> str:
    """On the timeline, after it had been up."""
    return f"{impact(beat)} again"


def up(beat: Beat) -> str:
    """On the timeline."""
    return f"{KUMA} reaches {beat.name} again"


def proposal(incident: Incident, beat: Beat) -> Message:
    """In the thread when the monitor is well again: whether users are served, people judge."""
    text = (
        f"{KUMA} reaches {b.line(beat.name, 80)} again since {b.when(beat.at)}. "
        "That is no proof that users are served: press Restored when they are."
    )
    if incident.state not in UNRESTORED:
        return Message(text.partition(". ")[0] + ".")
    restored = b.button("Restored", "incident_restored", str(incident.id), style="primary")
    parts: tuple[Block, ...] = (b.section(text), b.actions(f"up:{incident.id}", restored))
    return Message(text, parts)
