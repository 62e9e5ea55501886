// What the page knows: who one is, where one looks, the messages, and what was read.

import { get } from "./api.js";

const READ_KEY = "gonogo.read";
const ME_KEY = "gonogo.me";

export const state = {
  me: localStorage.getItem(ME_KEY) ?? "ana",
  place: "deployments",
  thread: null,
  people: [],
  channels: [],
  commands: [],
  shortcuts: [],
  replies: [],
  messages: new Map(),
  notices: new Map(),
  drafts: new Map(),
  newFrom: null,
};

const read = JSON.parse(localStorage.getItem(READ_KEY) ?? "{}");

export function become(name) {
  state.me = name;
  localStorage.setItem(ME_KEY, name);
}

/** The sandbox's name of a place: the DM with the bot belongs to whoever looks. */
export const channelOf = (place, person = state.me) => (place === "dm" ? `@${person}` : place);

const keyOf = (place, person = state.me) => `${person}/${channelOf(place, person)}`;

let stale = "everything";

/** Notes that a channel changed, by its id; without one, that anything may have. */
export function changed(channelId) {
  const channel = state.channels.find((one) => one.id === channelId);
  if (!channel && !channelId) stale = "everything";
  else if (stale !== "everything") stale.add(channel?.name ?? "dm");
}

/** Reads what changed since the last time; of other people the messages of the bot to them. */
export async function loadChanged() {
  const names = state.people.map((person) => person.name);
  const everything = stale === "everything" || !state.messages.has(keyOf(state.channels[0].name));
  const rooms = state.channels.map((channel) => channel.name).filter((name) => everything || stale.has(name));
  const direct = everything || stale.has("dm") ? names : [];
  stale = new Set();
  await Promise.all([...rooms.map((room) => load(room, state.me)), ...direct.map((name) => load("dm", name))]);
  forgetFuture();
}

async function load(place, person) {
  const { messages } = await get("/messages", { channel: channelOf(place, person), as: person });
  state.messages.set(keyOf(place, person), messages);
}

/** Messages of a place, with the page's own notices (a command that failed) among them. */
export function messagesIn(place) {
  const key = keyOf(place);
  const own = state.notices.get(key) ?? [];
  return [...(state.messages.get(key) ?? []), ...own].sort((one, other) => (one.ts < other.ts ? -1 : 1));
}

/** Adds a line that only this person sees, in the way Slack tells of failed commands. */
export function addNotice(place, ts, text) {
  const key = keyOf(place);
  const notice = { ts, text, bot: "Slackbot", ephemeral_for: state.me, local: true };
  state.notices.set(key, [...(state.notices.get(key) ?? []), notice]);
}

export const readUpTo = (place, person = state.me) => read[keyOf(place, person)] ?? "0";

/** Everything that is in this place now has been seen by the current person. */
export function markRead(place) {
  const last = state.messages.get(keyOf(place))?.at(-1)?.ts;
  if (last && last > readUpTo(place)) {
    read[keyOf(place)] = last;
    localStorage.setItem(READ_KEY, JSON.stringify(read));
  }
}

/** How many messages of others came since this person last looked. */
export function unread(place, person = state.me) {
  const since = readUpTo(place, person);
  const messages = state.messages.get(keyOf(place, person)) ?? [];
  return messages.filter((message) => message.ts > since && message.user !== person).length;
}

/** A world that began anew has no past: reading marks later than all its messages are gone. */
function forgetFuture() {
  for (const [key, messages] of state.messages) {
    const last = messages.at(-1)?.ts ?? "0";
    if (read[key] > last) delete read[key];
  }
}
