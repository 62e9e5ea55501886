// The field one types in: grows with its text, sends on Enter, and offers slash commands with hints.

import { h, fill, icon } from "./dom.js";

let serial = 0;

/**
 * A composer. `commands()` gives `{command, description, usage_hint}`; `send(text)` resolves true when
 * the text may be cleared; `shortcuts(anchor)`, where there are some, opens their menu. Up in an empty
 * field brings back what was sent before.
 */
export function composer({ commands, send, shortcuts }) {
  const id = `hints-${++serial}`;
  const sent = [];
  let back = 0;
  let offered = [];
  let active = 0;
  let busy = false;

  const hints = h("ul", { class: "hints", role: "listbox", id, hidden: true, "aria-label": "Commands" });
  const field = h("textarea", {
    rows: "1", "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false", autocomplete: "off", spellcheck: "false",
    enterkeyhint: "send",
  });
  const button = h("button", { type: "submit", class: "send", "aria-label": "Send", disabled: true }, icon("send"));
  const more = shortcuts && h("button", {
    type: "button", class: "icon-button", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu",
    onclick: () => shortcuts(more),
  }, icon("bolt"));
  const root = h("form", { class: "composer" }, hints, h("div", { class: "composer-box" }, more, field, button));

  field.addEventListener("input", changed);
  field.addEventListener("keydown", onKey);
  field.addEventListener("blur", () => showHints([]));
  field.addEventListener("focus", changed);
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  return {
    root,
    focus: () => field.focus(),
    /** The text now, so that a draft survives a change of channel. */
    draft: () => field.value,
    /** Makes the composer belong to another place. */
    open(label, draft = "") {
      field.setAttribute("aria-label", label);
      field.placeholder = label;
      set(draft);
    },
    insert(text) {
      set(text);
      field.focus();
    },
  };

  function set(text) {
    field.value = text;
    changed();
  }

  function changed() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    button.disabled = busy || !field.value.trim();
    const typed = /^\/\S*/.exec(field.value)?.[0];
    if (!typed || document.activeElement !== field) return showHints([]);
    const complete = /\s/.test(field.value);
    const known = commands();
    showHints(complete ? known.filter((one) => one.command === typed) : known.filter((one) => one.command.startsWith(typed)), complete);
  }

  function showHints(list, usageOnly = false) {
    offered = usageOnly ? [] : list;
    active = 0;
    hints.hidden = !list.length;
    field.setAttribute("aria-expanded", String(offered.length > 0));
    fill(hints, list.map((one, index) => h(
      "li",
      {
        role: usageOnly ? null : "option", id: `${id}-${index}`, class: usageOnly ? "usage" : "",
        onmousedown: (event) => event.preventDefault(), onclick: () => !usageOnly && complete(one),
      },
      h("span", {}, h("b", {}, one.command), " ", h("span", { class: "usage-hint" }, one.usage_hint ?? "")),
      h("small", {}, one.description),
    )));
    mark();
  }

  function mark() {
    if (!offered.length) return field.removeAttribute("aria-activedescendant");
    [...hints.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === active)));
    field.setAttribute("aria-activedescendant", `${id}-${active}`);
    return hints.children[active].scrollIntoView({ block: "nearest" });
  }

  function complete(one) {
    set(`${one.command} `);
    field.focus();
  }

  function onKey(event) {
    if (event.isComposing) return;
    if (offered.length && onHintKey(event)) return event.preventDefault();
    if (event.key === "Escape" && !hints.hidden) {
      event.stopPropagation();
      showHints([]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && sent.length && (!field.value || field.value === sent[back])) {
      event.preventDefault();
      back = Math.max(0, field.value ? back - 1 : sent.length - 1);
      set(sent[back]);
    }
    return undefined;
  }

  /** True when the key belonged to the list of commands. */
  function onHintKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      active = (active + (event.key === "ArrowDown" ? 1 : -1) + offered.length) % offered.length;
      mark();
      return true;
    }
    const exact = field.value === offered[active].command;
    if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !exact)) {
      complete(offered[active]);
      return true;
    }
    return false;
  }

  async function submit() {
    const text = field.value.trim();
    if (!text || busy) return;
    busy = true;
    root.setAttribute("aria-busy", "true");
    set("");
    try {
      if (await send(text)) sent.push(text);
      else if (!field.value) set(text);
    } finally {
      busy = false;
      back = sent.length - 1;
      root.removeAttribute("aria-busy");
      changed();
    }
  }
}
