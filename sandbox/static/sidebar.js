// The left side and the person switcher: where one may go, who one is, what is unread.

import { avatar, botAvatar, mainRole } from "./directory.js";
import { h, icon, syncList } from "./dom.js";

/** The switcher; `waiting` holds the names of people with unread messages of the bot. */
export function showPeople(node, people, me, waiting, choose) {
  const rows = people.map((person) => ({
    name: person.name, role: mainRole(person), roles: (person.roles ?? []).join(", "), on: person.name === me, waits: waiting.has(person.name),
  }));
  syncList(node, rows, (row) => row.name, (row) => h(
    "button",
    {
      type: "button", role: "radio", "aria-checked": String(row.on), tabindex: row.on ? "0" : "-1", "data-focus": "person", class: "person",
      title: row.roles ? `${row.name}: ${row.roles}` : `${row.name}: ${row.role}`, onclick: () => choose(row.name),
      onkeydown: (event) => step(event, people, row.name, choose),
    },
    avatar(row.name, "tiny"),
    h("span", { class: "person-words" }, h("b", {}, row.name), h("small", {}, row.role)),
    row.waits && !row.on && h("span", { class: "dot", role: "img", "aria-label": "unread messages" }),
  ));
}

function step(event, people, name, choose) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const index = people.findIndex((person) => person.name === name);
  const next = people.at((index + by) % people.length).name;
  const group = event.currentTarget.parentElement;
  choose(next);
  group.querySelector(`[data-key="${CSS.escape(next)}"]`).focus();
}

/** The list of places; `rooms` are `{place, title, kind: "channel"|"dm"|"home", unread}`. */
export function showRooms(node, rooms, here, choose) {
  const sections = [
    { title: "Channels", kind: "channel" },
    { title: "Direct messages", kind: "dm" },
    { title: "Apps", kind: "home" },
  ];
  const rows = sections.flatMap(({ title, kind }) => [
    { heading: title, place: `heading-${kind}` },
    ...rooms.filter((room) => room.kind === kind).map((room) => ({ ...room, on: room.place === here })),
  ]);
  syncList(node, rows, (row) => row.place, (row) => (row.heading ? h("li", { class: "rooms-heading" }, row.heading) : h(
    "li",
    {},
    h(
      "button",
      {
        type: "button", class: `room${row.unread ? " unread" : ""}`, "aria-current": row.on ? "page" : null, "data-focus": "room",
        onclick: () => choose(row.place),
      },
      SIGNS[row.kind](),
      h("span", { class: "room-title" }, row.title),
      row.unread > 0 && h("span", { class: "count", "aria-label": `${row.unread} unread` }, String(row.unread)),
    ),
  )));
}

const SIGNS = {
  channel: () => h("span", { class: "hash", "aria-hidden": "true" }, "#"),
  dm: () => botAvatar("mini"),
  home: () => icon("home"),
};
