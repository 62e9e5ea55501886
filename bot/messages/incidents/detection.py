"""Detection: what is said about an incident that a monitor reported."""

from collections.abc import Sequence

from bot.domain.incidents.detection import KUMA, Beat
from bot.domain.incidents.incidents import UNRESTORED, Incident
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


def detected(incident: Incident, beat: Beat, others: Sequence[Incident] = ()) -> Message:
    """The first thing in the thread: somebody has to judge it. `others` are open about the same
    service.
    """
    text = (
        f"{_called(incident)}{KUMA} reports {b.line(beat.name, 80)} down since {b.when(beat.at)}. "
        f"It counts as {incident.severity} until somebody says otherwise: Edit changes that, "
        "Close takes it back as a false positive."
    )
    if others:
        text += f"\n{beside(others)}: if it is the same, Close one of them as a duplicate."
    return Message(text)


def again(incident: Incident, beat: Beat) -> Message:
    """In the thread when what was restored is down once more."""
    return Message(
        f"{_called(incident)}{KUMA} reports {b.line(beat.name, 80)} down again since "
        f"{b.when(beat.at)}, so {incident.name} is open again, as {incident.severity}."
    )


def unknown(beat: Beat, services: Sequence[str], command: str) -> Message:
    """In the channel, where a monitor is down of which nobody said what it watches."""
    return Message(
        f"{KUMA} reports {b.line(beat.name, 80)} down since {b.when(beat.at)}. No service is named "
        f"so ({b.line(', '.join(services), 300)}), so no incident was opened: "
        f"{b.line(command)} does it, if users notice. `incidents.uptime_kuma.monitors` says which "
        "service a monitor watches."
    )


def mild(incident: Incident, beat: Beat) -> Message:
    """In the thread, where people made less of it than of what a monitor opens."""
    return Message(
        f"{_called(incident)}{KUMA} reports {b.line(beat.name, 80)} down since {b.when(beat.at)}. "
        f"It is counted here, as {incident.severity}: Edit raises that, if users notice."
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
