// Starts the page and keeps it in step with the sandbox: what changed is read again and drawn.

import { homeSurface, messageMenu, messageSurface, modalUse, say, shortcutMenu } from "./acts.js";
import { coalesce, get, listen } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { setDirectory, setViewer } from "./directory.js";
import { fill, h, toast } from "./dom.js";
import { modalHost } from "./modal.js";
import { showMessages } from "./messages.js";
import { closeDrawers, setUpPanels, showThreadPanel } from "./panels.js";
import { showPeople, showRooms } from "./sidebar.js";
import * as model from "./state.js";
import { worldPanel } from "./world.js";

const { state } = model;
const $ = (id) => document.getElementById(id);

const main = composer({
  commands: () => state.commands, send: (text) => sendFrom(text, null), shortcuts: (anchor) => shortcutMenu(anchor, () => soon.all()),
});
const inThread = composer({ commands: () => [], send: (text) => sendFrom(text, state.thread) });
const modal = modalHost(modalUse(() => soon.all()));
const world = worldPanel($("world-body"), () => state.me);
const surface = messageSurface(() => soon.all());
const useMenu = (message, anchor) => messageMenu(message, anchor, () => soon.all());

const soon = {
  message: coalesce(quietly(readMessages)),
  modal: coalesce(quietly(readModal)),
  home: coalesce(quietly(() => readHome())),
  channels: coalesce(quietly(readChannels)),
  ...Object.fromEntries(Object.entries(world).map(([kind, read]) => [kind, coalesce(quietly(read), kind === "journal" ? 400 : 60)])),
  all() {
    model.changed();
    soon.message();
    soon.modal();
    soon.home();
  },
};

/** A read that fails while the sandbox restarts is made up for by the next change. */
function quietly(read) {
  return async () => {
    try {
      await read();
    } catch (error) {
      if (!(error instanceof TypeError)) toast(error.message, "bad");
    }
  };
}

async function readMessages() {
  await Promise.all([model.loadChanged(), readThread()]);
  drawPlace();
  drawSides();
}

async function readThread() {
  const { thread, place } = state;
  if (!thread) return;
  const { messages } = await get("/messages", { channel: model.channelOf(place), as: state.me, thread_ts: thread });
  if (state.thread === thread) state.replies = messages;
}

/** The bot made a channel, or filled, described or archived one. */
async function readChannels() {
  takeChannels((await get("/channels")).channels);
  model.changed();
  await readMessages();
}

function takeChannels(channels) {
  setDirectory(state.people, channels);
  state.channels = channels.filter((one) => !one.is_im);
  $("place-topic").textContent = topic();
}

async function readModal() {
  modal.show(await get("/modal", { as: state.me }));
}

/** `open` tells the bot that somebody looks, as Slack does when the tab is opened. */
async function readHome(open = false) {
  if (state.place !== "home") return;
  const home = await get("/home", { as: state.me, open });
  const signature = JSON.stringify(home);
  if ($("home").dataset.signature === signature) return;
  $("home").dataset.signature = signature;
  fill($("home"), home ? renderBlocks(home.blocks, homeSurface(home, () => soon.all())) : h("p", { class: "empty" }, "Nothing published yet."));
}

function drawSides() {
  const waiting = new Set(state.people.map((person) => person.name).filter((name) => model.unread("dm", name)));
  showPeople($("people"), state.people, state.me, waiting, switchPerson);
  const rooms = [
    ...state.channels.map((channel) => ({ place: channel.name, title: channel.name, kind: "channel" })),
    { place: "dm", title: "gonogo", kind: "dm" },
  ].map((room) => ({ ...room, unread: model.unread(room.place) }));
  showRooms($("room-list"), [...rooms, { place: "home", title: "gonogo Home", kind: "home", unread: 0 }], state.place, goTo);
  const total = rooms.reduce((sum, room) => sum + room.unread, 0);
  document.title = `${total ? `(${total}) ` : ""}${title()} · Acme`;
}

function drawPlace() {
  if (state.place === "home") return;
  const messages = model.messagesIn(state.place);
  showMessages($("pane"), $("messages"), messages, { surface, openThread, openMenu: useMenu, newFrom: state.newFrom });
  $("welcome").hidden = messages.length > 0;
  if (state.thread) showMessages($("thread-pane"), $("thread-messages"), state.replies, { surface, openMenu: useMenu });
  if (document.visibilityState === "visible") model.markRead(state.place);
}

const title = () => ({ dm: "gonogo", home: "gonogo Home" })[state.place] ?? `#${state.place}`;

const TOPICS = {
  deployments: "What ships, and what is live",
  dm: "What the bot tells you alone",
  home: "Yours, kept up to date by the bot",
};

function topic() {
  const channel = state.channels.find((one) => one.name === state.place);
  const own = channel?.archived ? `${channel.topic} (archived)` : channel?.topic;
  return own || (TOPICS[state.place] ?? "");
}

function goTo(place) {
  state.drafts.set(state.place, main.draft());
  if (place !== state.place) openThread(null);
  state.place = place;
  state.newFrom = model.unread(place) ? model.readUpTo(place) : null;
  const isHome = place === "home";
  $("place-title").textContent = title();
  $("place-topic").textContent = topic();
  for (const [id, hidden] of [["home", !isHome], ["messages", isHome], ["composer", isHome]]) $(id).hidden = hidden;
  emptyList($("messages"));
  drawWelcome();
  if (!isHome) main.open(`Message ${title()}`, state.drafts.get(place) ?? "");
  closeDrawers();
  drawPlace();
  drawSides();
  soon.all();
  if (isHome) quietly(() => readHome(true))();
}

/** Nothing of a list survives a change of place or person: marks and clicks belong to one of each. */
function emptyList(list) {
  list.replaceChildren();
  delete list.dataset.filled;
}

function drawWelcome() {
  const tries = ["/deploy v1.2.1", "/deployments status", "/deployments help"];
  const pick = (text) => h("button", { type: "button", class: "button", onclick: () => main.insert(text) }, text);
  fill(
    $("welcome"),
    h("h2", {}, state.place === "dm" ? "Messages of gonogo to you" : `This is the start of ${title()}`),
    state.place === "dm"
      ? h("p", {}, "When something waits for you, the bot says so here.")
      : [h("p", {}, "Type a command below. These are good first ones:"), h("div", { class: "row" }, tries.map(pick))],
  );
  $("welcome").hidden = state.place === "home" || model.messagesIn(state.place).length > 0;
}

async function switchPerson(name) {
  model.become(name);
  setViewer(name);
  if (state.place === "dm") openThread(null);
  drawSides();
  $("messages").setAttribute("aria-busy", "true"); // still those of the person before
  await quietly(model.loadChanged)();
  emptyList($("thread-messages"));
  goTo(state.place);
  $("messages").removeAttribute("aria-busy");
}

function openThread(ts) {
  state.thread = ts;
  state.replies = [];
  showThreadPanel(ts !== null);
  if (ts === null) return;
  $("thread-place").textContent = title();
  emptyList($("thread-messages"));
  inThread.open("Reply in thread");
  inThread.focus();
  soon.message();
}

async function sendFrom(text, thread) {
  const place = state.place;
  const taken = await say(text, place, thread);
  soon.all();
  return taken;
}

async function start() {
  fill($("composer"), main.root);
  fill($("thread-composer"), inThread.root);
  setUpPanels({ closeThread: () => openThread(null) });
  const [{ people }, { channels }, { commands, shortcuts }] = await Promise.all([get("/people"), get("/channels"), get("/commands")]);
  Object.assign(state, { people, commands, shortcuts: shortcuts ?? [] });
  takeChannels(channels);
  if (!people.some((one) => one.name === state.me)) model.become(people[0].name);
  setViewer(state.me);
  await quietly(world.clock)(); // first: what is drawn says "today" by it
  await Promise.all([model.loadChanged, ...Object.values(world)].map((read) => quietly(read)()));
  goTo(state.place);
  listen(onChange, onLink);
  document.addEventListener("visibilitychange", drawPlace);
  document.addEventListener("pointerup", soon.message); // what was not drawn anew while it was pressed
}

function onChange({ kind, channel }) {
  if (kind === "message") model.changed(channel);
  if (kind === "reset") return startAnew();
  return soon[kind]?.();
}

/** The world was made anew: nothing that was shown is true any more. */
function startAnew() {
  state.notices.clear();
  openThread(null);
  everything();
}

function everything() {
  for (const read of Object.values(soon)) read();
}

/** After a break anything may have changed. */
function onLink(up) {
  $("link-state").hidden = up;
  if (up) everything();
}

start();
