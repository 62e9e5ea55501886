"""Control of the local Slack: what its people type, press, fill in and see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.api.places import channel, person
from sandbox.api.seeing import Seeing
from sandbox.refusals import Refusal
from sandbox.slack import clicks, commands, forms, homes, payloads, people
from sandbox.slack.channels import Channel
from sandbox.slack.clicks import Press
from sandbox.slack.delivery import NotAcked, deliver
from sandbox.slack.errors import SlackError
from sandbox.slack.identity import TEAM_ID
from sandbox.slack.payloads import Actor
from sandbox.slack.rendering import rendered
from sandbox.slack.views import View

if TYPE_CHECKING:
    from sandbox.world import World

Body = dict[str, Any]
OK = {"ok": True}


def routes(world: World) -> list[web.RouteDef]:
    """The calls about Slack."""
    control, seeing = _Control(world), Seeing(world)
    return [
        web.get("/people", seeing.people),
        web.get("/channels", seeing.channels),
        web.get("/messages", seeing.messages),
        web.get("/commands", seeing.commands),
        web.get("/modal", seeing.modal),
        web.get("/home", control.home),
        web.get("/options", control.options),
        web.post("/say", control.say),
        web.post("/click", control.click),
        web.post("/submit", control.submit),
        web.post("/close", control.close),
        web.post("/shortcut", control.shortcut),
        web.post("/edit", control.edit),
        web.post("/delete", control.delete),
        web.post("/pin", control.pin),
        web.post("/slack/disconnect", control.disconnect),
        web.post("/slack/mode", control.mode),
    ]


class _Control:
    def __init__(self, world: World) -> None:
        self._world = world

    def _actor(self, body: Body) -> Actor:
        return Actor(person(self._world, body["as"]), body.get("team") or TEAM_ID)

    def _place(self, body: Body) -> tuple[Actor, Channel]:
        return self._actor(body), channel(self._world, body["channel"])

    def _view(self, actor: Actor, view_id: str | None) -> View:
        view = self._world.slack.views.top(actor.user.id)
        if view_id:
            try:
                view = self._world.slack.views.find(view_id)
            except KeyError:
                view = None
        if view is None or view.user != actor.user.id:
            raise Refusal("no_modal", f"{actor.user.name} has no such view open.")
        return view

    async def say(self, request: web.Request) -> web.Response:
        body = await request.json()
        actor, place = self._place(body)
        text, thread = str(body["text"]), body.get("thread_ts")
        if not text.startswith("/"):
            message = people.talk(self._world, actor, place, text, thread)
            said = {"ts": message.ts, "ack_ms": None, "response": None, "trigger_id": None}
            return web.json_response(OK | said)
        outcome = await commands.run(self._world, actor, place, text, thread)
        slack, response, modal = self._world.slack, None, None
        if outcome.answer:
            answer = outcome.answer
            response = {"text": answer.text, "blocks": answer.blocks, "ts": answer.ts}
            response["rendered"] = rendered(slack, answer)
        if outcome.trigger:
            modal = slack.triggers.view_of(outcome.trigger)
        return web.json_response(
            {
                "ok": outcome.error is None,
                "ack_ms": outcome.ack.ms if outcome.ack else None,
                "response": response,
                "modal": modal,
                "trigger_id": outcome.trigger,
            }
            | ({"error": outcome.error} if outcome.error else {})
        )

    async def click(self, request: web.Request) -> web.Response:
        body = await request.json()
        press = Press(
            body["button"],
            body.get("block_id"),
            body.get("value"),
            bool(body.get("stale")),
            body.get("confirm") is not False,
        )
        actor = self._actor(body)
        try:
            if "view_id" in body:
                view = self._view(actor, body["view_id"])
                await forms.fill(self._world, actor, view, body.get("values") or {})
                pressed = await clicks.press_in_view(self._world, actor, view, press)
            else:
                place = channel(self._world, body["channel"])
                ts = str(body["ts"])
                pressed = await clicks.press_in_message(self._world, actor, place, ts, press)
        except NotAcked as error:
            return _not_acked(error, modal=None)
        ms = pressed.ack.ms if pressed.ack else None
        return web.json_response(OK | {"ack_ms": ms, "modal": pressed.modal})

    async def submit(self, request: web.Request) -> web.Response:
        body = await request.json()
        actor = self._actor(body)
        view = self._view(actor, body.get("view_id"))
        try:
            await forms.fill(self._world, actor, view, body.get("values") or {})
            done = await forms.submit(self._world, actor, view)
        except NotAcked as error:
            return _not_acked(error)
        except SlackError as error:
            raise Refusal(
                "invalid_view", f"The bot answered with an invalid view: {error.extra}"
            ) from None
        answer: Body = OK | {"ack_ms": done.ack.ms}
        if done.action:
            answer["response_action"] = done.action
        if done.errors:
            answer["errors"] = dict(done.errors)
        return web.json_response(answer)

    async def close(self, request: web.Request) -> web.Response:
        body = await request.json()
        try:
            everything = bool(body.get("everything"))
            await forms.close(self._world, self._actor(body), everything=everything)
        except NotAcked as error:
            return _not_acked(error)
        return web.json_response(OK)

    async def options(self, request: web.Request) -> web.Response:
        query = request.query
        actor, action_id = self._actor(dict(query)), query["action_id"]
        typed = query.get("query", "")
        try:
            if "ts" in query:
                place = channel(self._world, query["channel"])
                found = await clicks.message_options(
                    self._world, actor, place, query["ts"], action_id, typed
                )
            else:
                view = self._view(actor, query.get("view_id"))
                found = await forms.view_options(self._world, actor, view, action_id, typed)
        except NotAcked as error:
            return _not_acked(error)
        return web.json_response({"options": found})

    async def home(self, request: web.Request) -> web.Response:
        actor = self._actor(dict(request.query))
        if request.query.get("open") != "false":
            await homes.open_home(self._world, actor)
        view = self._world.slack.views.home(actor.user.id)
        return web.json_response(view and view.as_slack())

    async def shortcut(self, request: web.Request) -> web.Response:
        body = await request.json()
        kind = "message" if "ts" in body else "global"
        known = self._world.manifest.shortcut(body["name"], kind)
        if known is None:
            wanted = f"{kind} shortcut {body['name']}"
            raise Refusal("no_such_shortcut", f"The app has no {wanted}.", 404)
        name = known["callback_id"]
        if kind == "message":
            actor, place = self._place(body)
            message = people.find_message(place, str(body["ts"]))
            payload = payloads.message_shortcut(self._world, actor, name, place, message)
        else:
            payload = payloads.shortcut(self._world, self._actor(body), name)
        try:
            ack = await deliver(self._world, "interactive", payload)
        except NotAcked as error:
            return _not_acked(error, modal=None)
        modal = self._world.slack.triggers.view_of(payload["trigger_id"])
        return web.json_response(OK | {"ack_ms": ack.ms, "modal": modal})

    async def edit(self, request: web.Request) -> web.Response:
        body = await request.json()
        people.edit(self._world, *self._place(body), str(body["ts"]), str(body["text"]))
        return web.json_response(OK)

    async def delete(self, request: web.Request) -> web.Response:
        body = await request.json()
        people.delete(self._world, *self._place(body), str(body["ts"]))
        return web.json_response(OK)

    async def pin(self, request: web.Request) -> web.Response:
        body = await request.json()
        people.pin(self._world, *self._place(body), str(body["ts"]))
        return web.json_response(OK)

    async def disconnect(self, request: web.Request) -> web.Response:
        body = await request.json() if request.body_exists else {}
        told = await self._world.link.disconnect(body.get("reason", "refresh_requested"))
        return web.json_response(OK | {"connections": told})

    async def mode(self, request: web.Request) -> web.Response:
        mode = (await request.json())["mode"]
        if mode not in ("socket", "http"):
            raise Refusal("unknown_mode", f"{mode} is neither socket nor http.", 400)
        self._world.slack_mode = mode
        return web.json_response(OK)


def _not_acked(error: NotAcked, **more: object) -> web.Response:
    return web.json_response({"ok": False, "ack_ms": None, "error": error.word, **more})
