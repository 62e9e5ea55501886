// Side panels and drawers: two columns beside the messages, one above them on a phone.

const $ = (id) => document.getElementById(id);
const wide = window.matchMedia("(min-width: 1100px)");
const phone = window.matchMedia("(max-width: 719px)");
const WORLD_KEY = "gonogo.world";

let worldWanted = false;
let threadOpen = false;
let closeThread = () => {};

/** Wires the buttons that open and close panels; Escape closes the topmost one. */
export function setUpPanels(use) {
  closeThread = use.closeThread;
  worldWanted = wide.matches && localStorage.getItem(WORLD_KEY) !== "closed";
  $("toggle-world").addEventListener("click", () => setWorld($("world").hidden));
  $("close-world").addEventListener("click", () => setWorld(false));
  $("close-thread").addEventListener("click", closeThread);
  $("open-rooms").addEventListener("click", () => setRooms(!document.body.classList.contains("rooms-open")));
  $("scrim").addEventListener("click", closeDrawers);
  wide.addEventListener("change", layOut);
  phone.addEventListener("change", closeDrawers);
  document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && closeTop());
  layOut();
}

export function showThreadPanel(open) {
  threadOpen = open;
  layOut();
}

/** Takes drawers away after a choice was made in them. */
export function closeDrawers() {
  setRooms(false);
  if (!wide.matches) setWorld(false);
}

function setRooms(open) {
  document.body.classList.toggle("rooms-open", open);
  $("open-rooms").setAttribute("aria-expanded", String(open));
  layOut();
  if (open) $("rooms").querySelector("[aria-current]")?.focus();
}

function setWorld(open) {
  worldWanted = open;
  if (wide.matches) localStorage.setItem(WORLD_KEY, open ? "open" : "closed");
  if (open && threadOpen) closeThread();
  layOut();
}

function closeTop() {
  if (document.querySelector("dialog[open], :popover-open")) return;
  if (document.body.classList.contains("rooms-open")) setRooms(false);
  else if (threadOpen) closeThread();
  else if (!wide.matches) setWorld(false);
}

function layOut() {
  $("thread").hidden = !threadOpen;
  $("world").hidden = !worldWanted || threadOpen;
  $("toggle-world").setAttribute("aria-expanded", String(!$("world").hidden));
  const drawer = document.body.classList.contains("rooms-open") || (!wide.matches && !$("world").hidden);
  $("scrim").hidden = !drawer;
}
