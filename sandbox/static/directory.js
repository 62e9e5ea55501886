// Who and what the workspace has: people, channels, and how they look.

import { h } from "./dom.js";

const people = new Map();
const channels = new Map();

/** Takes over the lists of `GET /people` and `GET /channels`. */
export function setDirectory(everybody, rooms) {
  people.clear();
  channels.clear();
  for (const person of everybody) {
    people.set(person.name, person);
    if (person.id) people.set(person.id, person);
  }
  for (const channel of rooms) {
    channels.set(channel.name, channel);
    if (channel.id) channels.set(channel.id, channel);
  }
}

/** What a mention of this id or name shows. */
export const personName = (idOrName) => people.get(idOrName)?.name ?? idOrName;
export const channelName = (idOrName) => channels.get(idOrName)?.name ?? idOrName;
export const isPerson = (idOrName) => people.has(idOrName);

/** Everybody once, as options for a people picker. */
export const everybody = () => [...new Set(people.values())];

/** All channels once, without direct messages. */
export const everyChannel = () => [...new Set(channels.values())].filter((channel) => !channel.is_im);

let viewer = "";

/** Whose mentions stand out. */
export function setViewer(name) {
  viewer = name;
}

export const isViewer = (name) => name === viewer;

const LEADING = ["admin", "approver", "deployer", "lead", "qa"];

/** The one word that tells most about what somebody may do here. */
export function mainRole(person) {
  if (person.guest) return "guest";
  const roles = person.roles ?? [];
  return LEADING.find((role) => roles.includes(role)) ?? "no role";
}

/** A square with the initial; the colour belongs to the name. */
export function avatar(name, size = "") {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  const node = h("span", { class: `avatar ${size}`, "aria-hidden": "true" }, name.charAt(0).toUpperCase());
  node.style.setProperty("--hue", String(sum));
  return node;
}

/** The bot's own sign: one lamp for go, one for no-go. */
export function botAvatar(size = "") {
  return h("span", { class: `avatar bot ${size}`, "aria-hidden": "true" }, h("i"), h("i"));
}
