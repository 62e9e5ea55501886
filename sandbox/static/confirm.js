// The question before a step that matters, as Block Kit's `confirm` object words it.

import { h } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const plain = (text) => ({ type: "plain_text", text });

/** Asks; true when confirmed. `spec` is a Block Kit confirm object. */
export function confirmed(spec) {
  return new Promise((resolve) => {
    const deny = h("button", { type: "submit", class: "button", value: "no" }, textObject(spec.deny ?? plain("Cancel")));
    const tone = spec.style === "danger" ? "danger" : "primary";
    const yes = h("button", { type: "submit", class: `button ${tone}`, value: "yes" }, textObject(spec.confirm ?? plain("Yes")));
    const dialog = h(
      "dialog",
      { class: "dialog small", "aria-labelledby": "confirm-title" },
      h(
        "form",
        { method: "dialog" },
        h("h2", { id: "confirm-title" }, textObject(spec.title ?? plain("Are you sure?"))),
        h("div", { class: "dialog-body" }, textObject(spec.text)),
        h("footer", {}, deny, yes),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    // The safe answer has the focus where the step is a dangerous one.
    (tone === "danger" ? deny : yes).focus();
  });
}
