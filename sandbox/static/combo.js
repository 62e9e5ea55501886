// A text field that offers options while one types: for external selects and for choosing several.

import { h, fill } from "./dom.js";
import { textObject } from "./mrkdwn.js";

let serial = 0;

/**
 * A combobox. `load(query)` gives options `{text, value, description?}`; `onChange(options)` gets the
 * chosen ones, a list in both modes. `multi` keeps several as chips; a single choice stays until another is made.
 */
export function combo({ label, placeholder, multi, chosen = [], load, onChange }) {
  const id = `combo-${++serial}`;
  let picked = [...chosen];
  let shown = [];
  let active = -1;
  let asked = 0;
  let typed = false;

  const list = h("ul", { class: "combo-list", role: "listbox", id, hidden: true, "aria-label": `${label}: options` });
  const chips = h("span", { class: "chips" });
  const input = h("input", {
    type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-label": label,
    "aria-controls": id, "aria-expanded": "false", "aria-autocomplete": "list", placeholder: placeholder ?? "",
  });
  const root = h("div", { class: "combo" }, h("div", { class: "combo-field" }, chips, input), list);
  root.input = input;

  input.addEventListener("input", () => {
    typed = true;
    search();
  });
  input.addEventListener("focus", () => {
    if (!multi) input.select();
  });
  input.addEventListener("click", search);
  input.addEventListener("blur", () => {
    close();
    showPicked();
  });
  input.addEventListener("keydown", onKey);
  showPicked();
  return root;

  async function search() {
    const turn = ++asked;
    const query = typed ? input.value.trim() : "";
    if (!shown.length) note("Loading…");
    let options;
    try {
      options = await load(query);
    } catch (error) {
      if (turn === asked) note(error.message);
      return;
    }
    if (turn !== asked || document.activeElement !== input) return;
    shown = options.filter((option) => !picked.some((one) => multi && one.value === option.value));
    active = shown.length ? 0 : -1;
    draw();
  }

  function note(text) {
    fill(list, h("li", { class: "combo-note" }, text));
    list.hidden = false;
  }

  function draw() {
    if (!shown.length) note("No matching results");
    else fill(list, shown.map(optionNode));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark();
  }

  function optionNode(option, index) {
    const node = h(
      "li",
      { role: "option", id: `${id}-${index}`, onmousedown: (event) => event.preventDefault(), onclick: () => choose(option) },
      h("span", {}, textObject(option.text)),
      option.description && h("small", {}, textObject(option.description)),
    );
    return node;
  }

  function mark() {
    [...list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === active)));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `${id}-${active}`);
      list.children[active].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function onKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) search();
      else if (shown.length) active = (active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length;
      mark();
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (shown[active]) choose(shown[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && multi && !input.value && picked.length) setPicked(picked.slice(0, -1));
  }

  function choose(option) {
    setPicked(multi ? [...picked, option] : [option]);
    showPicked();
    close();
  }

  function setPicked(options) {
    picked = options;
    if (multi) showPicked();
    onChange(picked);
  }

  function showPicked() {
    typed = false;
    if (!multi) {
      input.value = picked[0]?.text.text ?? "";
      return;
    }
    input.value = "";
    fill(chips, picked.map((option) => {
      const drop = () => setPicked(picked.filter((one) => one !== option));
      return h("span", { class: "chip" }, textObject(option.text),
        h("button", { type: "button", "aria-label": `Remove ${option.text.text}`, onclick: drop }, "×"));
    }));
  }

  function close() {
    asked += 1;
    shown = [];
    active = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
}
