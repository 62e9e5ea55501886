// A stream of messages: day headings, grouping by author, cards, reply counts, ephemeral marks.

import { renderBlocks } from "./blocks.js";
import { clockTime, dayHeading, dayKey, fromTs, fullTime } from "./dates.js";
import { avatar, botAvatar } from "./directory.js";
import { h, icon, syncList } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

const GROUP_MS = 5 * 60_000;
const STICKY_PX = 80;

/**
 * Shows `messages` (oldest first) in `list` inside the scrolling `pane`.
 * `use` is `{surface(message), openThread?(ts), openMenu?(message, anchor), newFrom?: ts}`.
 */
export function showMessages(pane, list, messages, use) {
  const fresh = !list.dataset.filled;
  // A screen reader reads what comes while one looks, not what was there already.
  list.setAttribute("aria-live", fresh ? "off" : "polite");
  const atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < STICKY_PX;
  syncList(list, rows(messages, use.newFrom), (row) => row.key, (row) => rowNode(row, use));
  list.dataset.filled = "yes";
  if (fresh || atEnd) pane.scrollTop = pane.scrollHeight;
}

/** Messages with what stands between them, each with a stable key. */
function rows(messages, newFrom) {
  const out = [];
  let before = null;
  for (const message of messages) {
    const day = dayKey(fromTs(message.ts));
    if (!before || dayKey(fromTs(before.ts)) !== day) out.push({ kind: "day", key: `day-${day}`, title: dayHeading(fromTs(message.ts)) });
    const isNew = newFrom && message.ts > newFrom && !(before?.ts > newFrom);
    if (isNew) out.push({ kind: "new", key: "new" });
    const compact = out.at(-1)?.kind === "message" && sameBreath(before, message);
    out.push({ kind: "message", key: `${message.ts}${message.ephemeral_for ? "e" : ""}`, compact, message });
    before = message;
  }
  return out;
}

function sameBreath(before, message) {
  return (
    before.user === message.user && before.bot === message.bot && !before.ephemeral_for === !message.ephemeral_for &&
    !before.reply_count && fromTs(message.ts) - fromTs(before.ts) < GROUP_MS
  );
}

function rowNode(row, use) {
  if (row.kind === "day") return h("li", { class: "day", role: "separator" }, h("span", {}, row.title));
  if (row.kind === "new") return h("li", { class: "new-line", role: "separator" }, h("span", {}, "New"));
  return messageNode(row.message, row.compact, use);
}

function messageNode(message, compact, use) {
  const author = message.user ?? message.bot;
  const when = fromTs(message.ts);
  const time = h("time", { datetime: when.toISOString(), title: fullTime(when) }, clockTime(when));
  const head = h(
    "div",
    { class: "message-head" },
    h("strong", {}, author),
    message.bot && !message.local && h("span", { class: "badge" }, "App"),
    time,
    message.pinned && h("span", { class: "pinned" }, "Pinned"),
  );
  return h(
    "li",
    {
      class: `message${compact ? " compact" : ""}${message.ephemeral_for ? " ephemeral" : ""}`,
      "data-ts": message.ts, "aria-label": `${author}, ${clockTime(when)}`, tabindex: "-1",
    },
    h("div", { class: "gutter" }, compact ? time.cloneNode(true) : message.bot === "gonogo" ? botAvatar() : avatar(author)),
    h(
      "div",
      { class: "message-body" },
      message.ephemeral_for && h("div", { class: "ephemeral-mark" }, icon("eye"), "Only visible to you"),
      !compact && head,
      content(message, use),
      message.reply_count > 0 && use.openThread && replies(message, use),
    ),
    !message.ephemeral_for && !message.local && tools(message, use),
  );
}

function content(message, use) {
  const edited = message.edited && h("span", { class: "edited" }, "(edited)");
  const surface = use.surface(message);
  const attached = (message.attachments ?? []).map((one) => attachment(one, surface));
  if (message.blocks?.length) return h("div", { class: "blocks" }, renderBlocks(message.blocks, surface), attached, edited);
  return h("div", { class: "words" }, mrkdwn(message.text ?? ""), attached, edited && [" ", edited]);
}

function attachment(one, surface) {
  const words = one.blocks ? renderBlocks(one.blocks, surface) : mrkdwn(one.text ?? one.fallback ?? "");
  return h("div", { class: "attachment" }, words);
}

function replies(message, use) {
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h(
    "button",
    { type: "button", class: "replies", "data-focus": "replies", onclick: () => use.openThread(message.ts) },
    icon("thread"),
    h("b", {}, count),
    h("span", {}, "View thread"),
  );
}

function tools(message, use) {
  if (!use.openThread && !use.openMenu) return null;
  const more = h("button", {
    type: "button", "aria-label": "More actions", title: "More actions", "aria-haspopup": "menu", "data-focus": "more",
    onclick: () => use.openMenu(message, more),
  }, icon("more"));
  return h(
    "div",
    { class: "tools" },
    use.openThread && h("button", {
      type: "button", "aria-label": "Reply in thread", title: "Reply in thread", "data-focus": "reply",
      onclick: () => use.openThread(message.thread_ts ?? message.ts),
    }, icon("thread")),
    use.openMenu && more,
  );
}
