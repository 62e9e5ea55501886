// The open modal of the current person: fields keep what was typed while the bot updates the view.

import { renderBlocks } from "./blocks.js";
import { h, fill, replaceKeepingFocus } from "./dom.js";
import { initialValue } from "./inputs.js";
import { textObject } from "./mrkdwn.js";

const plain = (text) => ({ type: "plain_text", text });
const REQUIRED = "Please complete this required field.";

/**
 * Keeps one dialog in step with the view the sandbox says is open. `use` is
 * `{submit(view, values) -> answer, close(view), press(view, action), load(view, spec, blockId, query)}`.
 */
export function modalHost(use) {
  let dialog = null;
  let view = null;
  let signature = "";
  let held = new Map();
  let errors = {};
  let busy = false;

  return { show };

  /** Shows `next`, or closes the dialog when it is null. */
  function show(next) {
    const nextSignature = JSON.stringify(next);
    if (nextSignature === signature) return;
    signature = nextSignature;
    if (!next) return hide();
    if (view?.id !== next.id) held = new Map();
    errors = next.errors;
    view = next;
    draw();
  }

  function hide() {
    view = null;
    dialog?.close(); // gives the focus back to where it was
    dialog?.remove();
    dialog = null;
  }

  function draw(trouble = "") {
    const fresh = form(trouble);
    if (dialog) replaceKeepingFocus(dialog.firstElementChild, fresh);
    else {
      dialog = h("dialog", { class: "dialog modal", "aria-labelledby": "modal-title" }, fresh);
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        use.close(view);
      });
      document.body.append(dialog);
      dialog.showModal();
      (fresh.querySelector("[autofocus], .dialog-body :is(input, textarea, select)") ?? fresh.querySelector("button")).focus();
    }
  }

  function form(trouble) {
    const blocks = view.blocks ?? [];
    const hasInput = blocks.some((block) => block.type === "input");
    const submitText = view.submit ?? (hasInput ? plain("Submit") : null);
    const close = h("button", { type: "button", class: "button", onclick: () => use.close(view) }, textObject(view.close ?? plain("Cancel")));
    const node = h(
      "form",
      { novalidate: true },
      h(
        "header",
        {},
        h("h2", { id: "modal-title" }, textObject(view.title)),
        h("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => use.close(view) }, "×"),
      ),
      h("div", { class: "dialog-body" }, trouble && h("p", { class: "trouble", role: "alert" }, trouble), renderBlocks(blocks, surface(), errors)),
      h("footer", {}, close, submitText && h("button", { type: "submit", class: "button primary", "data-focus": "submit" }, textObject(submitText))),
    );
    node.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(node);
    });
    return node;
  }

  function surface() {
    const name = (blockId, actionId) => `${blockId}\n${actionId}`;
    return {
      press: (action) => use.press(view, { ...action, values: valuesOf() }),
      load: (spec, blockId, query) => use.load(view, spec, blockId, query),
      held: (blockId, actionId) => held.get(name(blockId, actionId)),
      hold: (blockId, actionId, state) => held.set(name(blockId, actionId), state),
    };
  }

  async function submit(node) {
    if (busy) return;
    const inputs = view.blocks.filter((block) => block.type === "input");
    errors = missing(inputs);
    if (Object.keys(errors).length) return redraw();
    busy = true;
    fill(node.querySelector("[type=submit]"), "Sending…");
    let trouble = "";
    try {
      const answer = await use.submit(view, valuesOf());
      errors = answer.errors ?? {};
      if (answer.ok === false) trouble = `We had some trouble connecting (${answer.error}). Try again?`;
    } catch (error) {
      trouble = error.message;
    } finally {
      busy = false;
    }
    if (dialog?.contains(node)) redraw(trouble);
  }

  function redraw(trouble) {
    draw(trouble);
    dialog.querySelector("[aria-invalid=true]")?.focus();
  }

  function missing(inputs) {
    const empty = inputs.filter((block) => !block.optional && isEmpty(valueOf(block)));
    return Object.fromEntries(empty.map((block) => [block.block_id, REQUIRED]));
  }

  function valueOf(block) {
    const state = held.get(`${block.block_id}\n${block.element.action_id}`);
    return state ? state.value : initialValue(block.element);
  }

  /** What was touched; the sandbox knows what fields held at first. */
  function valuesOf() {
    const touched = [...held].filter(([, state]) => state.value !== null);
    return Object.fromEntries(touched.map(([name, state]) => [nameForSubmit(name), state.value]));
  }

  /** Block ids are unique; in blocks with several fields the action id is. */
  function nameForSubmit(name) {
    const [blockId, actionId] = name.split("\n");
    return view.blocks.some((block) => block.type === "input" && block.block_id === blockId) ? blockId : actionId;
  }
}

const isEmpty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
