// Block Kit as DOM nodes: one function a block type.

import { element, unknown } from "./elements.js";
import { h } from "./dom.js";
import { control } from "./inputs.js";
import { textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/**
 * Nodes for a list of blocks. `surface` is what interactive elements act on (see elements.js);
 * `errors` maps block ids to what is wrong with their input.
 */
export function renderBlocks(blocks, surface, errors = {}) {
  return blocks.map((block, index) => {
    const id = block.block_id ?? `block-${index}`;
    const make = MAKERS[block.type];
    const node = make ? make(block, id, surface, errors[id]) : h("div", {}, unknown(block.type));
    node.classList.add("block", `block-${block.type}`);
    node.dataset.block = id;
    return node;
  });
}

const MAKERS = {
  header: (block) => h("h3", {}, textObject(block.text)),
  section,
  context: (block) => h("div", {}, (block.elements ?? []).map(contextElement)),
  actions: (block, id, surface) => h("div", {}, (block.elements ?? []).map((spec) => element(spec, id, surface))),
  divider: () => h("hr"),
  rich_text: (block) => richText(block),
  image,
  input,
  alert: (block) => h("div", { role: "note", "data-level": block.level ?? "default" }, textObject(block.text)),
};

function section(block, id, surface) {
  return h(
    "div",
    {},
    h(
      "div",
      { class: "section-words" },
      block.text && h("div", {}, textObject(block.text)),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, textObject(field)))),
    ),
    block.accessory && h("div", { class: "accessory" }, accessory(block.accessory, id, surface)),
  );
}

const accessory = (spec, id, surface) => (spec.type === "image" ? picture(spec) : element(spec, id, surface));

const contextElement = (part) => (part.type === "image" ? picture(part) : h("span", {}, textObject(part)));

function picture(spec) {
  const src = spec.slack_file?.id ? `/slack/files/${spec.slack_file.id}` : spec.image_url;
  const safe = /^(?:https?:|\/)/i.test(src ?? "");
  return safe ? h("img", { src, alt: spec.alt_text, loading: "lazy" }) : h("span", {}, spec.alt_text);
}

function image(block) {
  return h("figure", {}, block.title && h("figcaption", {}, textObject(block.title)), picture(block));
}

let serial = 0;

function input(block, id, surface, error) {
  const spec = block.element;
  const hintId = `hint-${++serial}`;
  const node = control(spec, {
    label: block.label.text,
    held: surface.held?.(id, spec.action_id),
    load: (query) => surface.load(spec, id, query),
    onChange: (state) => {
      surface.hold?.(id, spec.action_id, state);
      if (block.dispatch_action) surface.press({ button: spec.action_id, block_id: id, value: state.value });
    },
  });
  const target = node?.input ?? node;
  target?.setAttribute("data-focus", `${id}/${spec.action_id}`);
  target?.setAttribute("aria-describedby", hintId);
  if (error) target?.setAttribute("aria-invalid", "true");
  return h(
    "div",
    {},
    h("div", { class: "label", "aria-hidden": "true" }, textObject(block.label), block.optional && h("span", { class: "optional" }, "optional")),
    node ?? unknown(spec.type),
    h("div", { id: hintId }, error && h("p", { class: "error", role: "alert" }, error), block.hint && h("p", { class: "hint" }, textObject(block.hint))),
  );
}
