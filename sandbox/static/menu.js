// A small menu under a button: arrow keys move, Enter chooses, Escape or a click beside it closes.

import { h } from "./dom.js";
import { textObject } from "./mrkdwn.js";

/** Opens a menu of `{text, choose, tone?}` under `anchor`; `text` is a text object. */
export function openMenu(anchor, items) {
  const menu = h("div", { class: "menu", role: "menu", popover: "auto" }, items.map((item) => entry(item)));
  (anchor.closest("dialog") ?? document.body).append(menu);
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    if (menu.contains(document.activeElement) || document.activeElement === document.body) anchor.focus();
    menu.remove();
  });
  menu.addEventListener("keydown", (event) => move(event, menu));
  menu.showPopover();
  place(menu, anchor);
  menu.firstElementChild?.focus();

  function entry(item) {
    const choose = () => {
      menu.hidePopover();
      item.choose();
    };
    return h("button", { type: "button", role: "menuitem", class: item.tone ?? "", onclick: choose }, textObject(item.text));
  }
}

function place(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const below = at.bottom + menu.offsetHeight + 8 < window.innerHeight;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - menu.offsetHeight - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - menu.offsetWidth - 8))}px`;
}

function move(event, menu) {
  const entries = [...menu.children];
  const index = entries.indexOf(document.activeElement);
  const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  entries.at(next % entries.length).focus();
}
