"""views.*: modals and App Homes."""

from __future__ import annotations

from sandbox.slack.blocks import check_view
from sandbox.slack.call import Answer, Call
from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Block
from sandbox.slack.views import STACK_LIMIT, View


async def open_modal(call: Call) -> Answer:
    source = _source(call, "modal")
    trigger = call.required("trigger_id")
    user = call.slack.triggers.exchange(trigger)
    view = call.slack.views.open(user, source)
    call.slack.triggers.opened(trigger, view.id)
    return _shown(call, view, "modal")


async def push(call: Call) -> Answer:
    source = _source(call, "modal")
    trigger = call.required("trigger_id")
    user = call.slack.triggers.exchange(trigger)
    stack = call.slack.views.stack(user)
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= STACK_LIMIT:
        raise SlackError("push_limit_reached")
    view = call.slack.views.push(user, source)
    call.slack.triggers.opened(trigger, view.id)
    return _shown(call, view, "modal")


async def update(call: Call) -> Answer:
    source = _source(call)
    try:
        view = call.slack.views.find(call.text("view_id"), call.text("external_id"))
    except KeyError:
        raise SlackError("not_found") from None
    if call.text("hash") not in ("", view.hash):
        raise SlackError("hash_conflict")
    call.slack.views.update(view, source)
    return _shown(call, view, "modal" if source["type"] == "modal" else "home")


async def publish(call: Call) -> Answer:
    source = _source(call, "home")
    user = call.required("user_id")
    if user not in call.slack.users:
        raise SlackError("user_not_found")
    home = call.slack.views.home(user)
    if home and call.text("hash") not in ("", home.hash):
        raise SlackError("hash_conflict")
    return _shown(call, call.slack.views.publish(user, source), "home")


def _source(call: Call, kind: str | None = None) -> Block:
    source = call.structure("view")
    check_view(source, kind)
    call.slack.with_ids(source["blocks"])
    return dict(source)


def _shown(call: Call, view: View, kind: str) -> Answer:
    call.slack.events.publish(kind, user=view.user)
    return {"view": view.as_slack()}
