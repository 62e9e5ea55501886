"""Paging: how far people have been woken, on the incident's message, and calls in Slack when no
pager takes it.
"""

from collections.abc import Sequence

from bot.domain.incidents.incidents import Incident
from bot.domain.incidents.pages import Page, PageState, newest
from bot.messages import blocks as b
from bot.messages.blocks import Message


def status(pages: Sequence[Page], by_hand: str = "") -> str:
    """The line on the incident's message; empty where nobody is to be woken."""
    last = newest(pages)
    before = [page for page in pages if page not in last and page.state is not PageState.OVER]
    told = [_one(page, by_hand, f"Earlier paging by {page.pager}") for page in before]
    return "; ".join([*(_one(page, by_hand) for page in last), *told])


def _one(page: Page, by_hand: str, name: str = "") -> str:
    name = name or (f"Paging by {page.pager}" if page.pager else "Paging")
    match page.state:
        case PageState.WAITING:
            return f"{name}: {'ending' if page.ends else 'waiting'}"
        case PageState.RETRYING:
            text = "retrying to end it" if page.ends else "retrying"
            return f"{name}: {text} ({page.attempts}), {b.line(page.last_error, 120)}"
        case PageState.ACCEPTED:
            unseen = "" if page.due_at else ", acknowledgement not visible"
            return f"{name}: paged{unseen}"
        case PageState.ACKNOWLEDGED:
            return f"{name}: acknowledged by {b.line(page.by or 'somebody', 80)}"
        case PageState.OVER:
            closed = f", closed there by {b.line(page.by, 80)}" if page.by and not page.ends else ""
            return f"{name}: over{closed}"
        case PageState.FAILED:
            why = f" ({b.line(page.last_error, 120)})"
            if page.ends:
                return f"{name}: not ended{why}, end it there"
            if not page.pager:
                return f"{name}: not configured{_call(by_hand)}"
            return f"{page.pager}: not delivered{why}{_call(by_hand)}"


def _call(by_hand: str) -> str:
    return f", {b.line(by_hand, 120)}" if by_hand else ""


def call(incident: Incident, page: Page, group: str | None, by_hand: str) -> Message:
    """The mention in the thread when no pager woke anybody."""
    who = f"<!subteam^{group}> " if group else ""
    return Message(f"{who}{_what_is_wrong(page)} {incident.name} needs people{_call(by_hand)}.")


def letter(incident: Incident, page: Page) -> Message:
    """The direct message to those who may lead an incident."""
    title = f"{incident.name} {b.line(incident.title, 120)} ({incident.severity})"
    return Message(f"{title} needs you: {b.line(incident.impact, 200)}\n{_what_is_wrong(page)}")


def _what_is_wrong(page: Page) -> str:
    if not page.pager:
        return "No pager is set up."
    not_yet = " yet" if page.state is PageState.RETRYING else ""
    return f"{page.pager} did not take the page{not_yet} ({b.line(page.last_error, 120)})."
