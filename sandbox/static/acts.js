// What a person does to messages and views, as calls to the sandbox.

import { get, post } from "./api.js";
import { h, toast } from "./dom.js";
import { openMenu } from "./menu.js";
import { addNotice, channelOf, state } from "./state.js";
import { now } from "./dates.js";

const plain = (text) => ({ type: "plain_text", text });
const TROUBLE = {
  operation_timeout: "gonogo did not answer within three seconds (operation_timeout).",
  dispatch_failed: "gonogo could not be reached (dispatch_failed).",
};

/** What interactive elements of a message act on; see elements.js. */
export const messageSurface = (changed) => (message) => {
  const at = () => ({ as: state.me, channel: channelOf(state.place), ts: message.ts });
  return surface(at, changed);
};

/** The same for an App Home. */
export const homeSurface = (view, changed) => surface(() => ({ as: state.me, view_id: view.id }), changed);

function surface(at, changed) {
  return {
    press: (action) => press({ ...at(), ...action }, changed),
    load: (spec, blockId, query) => options({ ...at(), action_id: spec.action_id, block_id: blockId, query }),
  };
}

async function press(action, changed) {
  const answer = await post("/click", action);
  if (answer.error) toast(TROUBLE[answer.error] ?? answer.error, "bad");
  changed();
}

/** Options for an external select, as option objects. */
async function options(query) {
  const answer = await get("/options", query);
  if (answer.error) throw new Error(TROUBLE[answer.error] ?? answer.error);
  return answer.options;
}

/** How the open modal acts; see modal.js. */
export const modalUse = (changed) => ({
  submit: async (view, values) => {
    const answer = await post("/submit", { as: state.me, view_id: view.id, values });
    changed();
    return answer;
  },
  close: async (view) => {
    await post("/close", { as: state.me, view_id: view.id });
    changed();
  },
  press: (view, action) => press({ as: state.me, view_id: view.id, ...action }, changed),
  load: (view, spec, blockId, query) =>
    options({ as: state.me, view_id: view.id, action_id: spec.action_id, block_id: blockId, query }),
});

/** Types `text` in a place or a thread; resolves true when it was taken, even if nobody answered. */
export async function say(text, place, threadTs = null) {
  const command = /^\/\S+/.exec(text)?.[0];
  try {
    const body = { as: state.me, channel: channelOf(place), text };
    const answer = await post("/say", threadTs ? { ...body, thread_ts: threadTs } : body);
    if (answer.error === "not_in_threads") toast(`${command} is not supported in threads. Sorry!`, "bad");
    else if (answer.error) addNotice(place, ts(), `${command} failed with the error "${answer.error}"`);
    return answer.error !== "not_in_threads";
  } catch (error) {
    toast(error.message, "bad");
    return false;
  }
}

const ts = () => (now().getTime() / 1000).toFixed(6);

/** The menu behind a message's "…": shortcuts of the app, pin, and delete for one's own. */
export function messageMenu(message, anchor, changed) {
  const at = { as: state.me, channel: channelOf(state.place), ts: message.ts };
  const act = (path, body = {}) => async () => {
    try {
      await post(path, { ...at, ...body });
      changed();
    } catch (error) {
      toast(error.message, "bad");
    }
  };
  const shortcuts = shortcutsOf("message").map((one) => ({ text: plain(one.name), choose: act("/shortcut", { name: one.name }) }));
  const own = message.user === state.me;
  openMenu(anchor, [
    ...shortcuts,
    { text: plain("Pin to channel"), choose: act("/pin") },
    ...(own ? [{ text: plain("Edit message"), choose: () => editMessage(message, (text) => act("/edit", { text })()) }] : []),
    ...(own ? [{ text: plain("Delete message"), choose: act("/delete"), tone: "stop" }] : []),
  ]);
}

const shortcutsOf = (type) => state.shortcuts.filter((one) => one.type === type);

/** The menu beside the field one types in: shortcuts of the app that are about no message. */
export function shortcutMenu(anchor, changed) {
  const use = (name) => async () => {
    try {
      const answer = await post("/shortcut", { as: state.me, name });
      if (answer.error) toast(TROUBLE[answer.error] ?? answer.error, "bad");
      changed();
    } catch (error) {
      toast(error.message, "bad");
    }
  };
  openMenu(anchor, shortcutsOf("global").map((one) => ({ text: plain(one.name), choose: use(one.name) })));
}

function editMessage(message, save) {
  const field = h("textarea", { class: "field", rows: "3", "aria-label": "Message" });
  field.value = message.text;
  const dialog = h("dialog", { class: "dialog small" }, h(
    "form",
    { method: "dialog" },
    h("h2", {}, "Edit message"),
    h("div", { class: "dialog-body" }, field),
    h("footer", {}, h("button", { class: "button", value: "no" }, "Cancel"), h("button", { class: "button primary", value: "yes" }, "Save changes")),
  ));
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "yes") save(field.value);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}
