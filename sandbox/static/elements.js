// What can be pressed: buttons, overflow menus, and controls that act when their value changes.

import { confirmed } from "./confirm.js";
import { h, icon, toast } from "./dom.js";
import { control } from "./inputs.js";
import { openMenu } from "./menu.js";
import { textObject } from "./mrkdwn.js";

/**
 * One interactive element of a block. `surface` tells where it stands:
 * `press({button, block_id, value?})` sends the action and resolves when it was acked,
 * `load(spec, blockId, query)` asks for options, `held(key)` / `hold(key, state)` keep typed values.
 */
export function element(spec, blockId, surface) {
  if (spec.type === "button") return button(spec, blockId, surface);
  if (spec.type === "overflow") return overflow(spec, blockId, surface);
  const label = spec.placeholder?.text ?? spec.action_id ?? "Choose";
  const node = control(spec, {
    label,
    held: surface.held?.(blockId, spec.action_id),
    load: (query) => surface.load(spec, blockId, query),
    onChange: (state) => {
      surface.hold?.(blockId, spec.action_id, state);
      act(spec, surface, node, { button: spec.action_id, block_id: blockId, value: state.value });
    },
  });
  node?.setAttribute("data-focus", `${blockId}/${spec.action_id}`);
  return node ?? unknown(spec.type);
}

/** A placeholder, so that nothing the bot says vanishes unseen. */
export const unknown = (type) => h("span", { class: "unknown" }, `[${type}: this page cannot show it]`);

function button(spec, blockId, surface) {
  const node = h(
    spec.url ? "a" : "button",
    {
      type: spec.url ? null : "button", href: safeUrl(spec.url), target: spec.url && "_blank", rel: spec.url && "noopener noreferrer",
      class: `button ${spec.style ?? ""}`, "aria-label": spec.accessibility_label,
      "data-focus": `${blockId}/${spec.action_id}`, "data-action": spec.action_id,
    },
    textObject(spec.text),
  );
  node.addEventListener("click", () => act(spec, surface, node, { button: spec.action_id ?? spec.text.text, block_id: blockId }));
  return node;
}

const safeUrl = (url) => (url && /^(?:https?|mailto):/i.test(url) ? url : null);

function overflow(spec, blockId, surface) {
  const choose = (option) => {
    if (option.url) window.open(safeUrl(option.url) ?? "about:blank", "_blank", "noopener");
    act(spec, surface, node, { button: option.text.text, block_id: blockId, value: option.value });
  };
  const node = h(
    "button",
    {
      type: "button", class: "button square", "aria-label": "More actions", "aria-haspopup": "menu", "data-focus": `${blockId}/${spec.action_id}`,
      onclick: () => openMenu(node, spec.options.map((option) => ({ text: option.text, choose: () => choose(option) }))),
    },
    icon("more"),
  );
  return node;
}

async function act(spec, surface, node, action) {
  if (node.getAttribute("aria-busy") === "true") return;
  if (spec.confirm && !(await confirmed(spec.confirm))) return;
  node.setAttribute("aria-busy", "true");
  try {
    await surface.press(action);
  } catch (error) {
    toast(error.message, "bad");
  } finally {
    node.removeAttribute("aria-busy");
  }
}
