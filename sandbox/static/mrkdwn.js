// Slack's mrkdwn as DOM nodes: styles, quotes, code, links, mentions, dates, emoji.

import { fullTime, slackDate } from "./dates.js";
import { channelName, isPerson, isViewer, personName } from "./directory.js";
import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** The three escapes of Slack, undone. */
export const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

// A style mark opens after anything but a letter or digit and closes before the same.
const styled = (mark) => String.raw`(?<![\p{L}\p{N}${mark}])${mark}(?=\S)([^${mark}\n]*[^\s${mark}])${mark}(?![\p{L}\p{N}${mark}])`;
const INLINE = new RegExp(
  [
    String.raw`(?<code>\x60[^\x60\n]+\x60)`,
    String.raw`<(?<token>[^<>\n]+)>`,
    `(?<bold>${styled("\\*")})`,
    `(?<italic>${styled("_")})`,
    `(?<strike>${styled("~")})`,
    String.raw`:(?<emoji>[a-z0-9_+-]+):`,
  ].join("|"),
  "gu",
);
const STYLE_TAGS = { bold: "strong", italic: "em", strike: "s" };

/** Nodes for a text of type `mrkdwn`. */
export function mrkdwn(text) {
  return text.split(/```/).flatMap((part, index, parts) => {
    const fenced = index % 2 === 1 && index < parts.length - 1;
    if (fenced) return [h("pre", {}, unescape(part.replace(/^\n|\n$/g, "")))];
    const literal = index % 2 === 1 ? `\`\`\`${part}` : part;
    return paragraphs(trimBesideFence(literal, index, parts.length));
  });
}

// A fenced block is a box of its own; the line break beside it would be a second gap.
function trimBesideFence(text, index, count) {
  const head = index > 0 ? text.replace(/^\n/, "") : text;
  return index < count - 1 ? head.replace(/\n$/, "") : head;
}

/** Nodes for a text object `{type, text}` of either type. */
export function textObject(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return lines(object.emoji === false ? object.text : withEmoji(object.text));
}

function paragraphs(text) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index, all) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (quote) quote.append(h("br"));
      else nodes.push((quote = h("blockquote")));
      quote.append(...inline(quoted[1]));
      return;
    }
    nodes.push(...inline(line));
    const nextQuoted = /^(?:&gt;|>)/.test(all[index + 1] ?? "");
    if (index < all.length - 1 && !nextQuoted) nodes.push(h("br"));
    quote = null;
  });
  return nodes;
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) nodes.push(unescape(text.slice(end, match.index)));
    nodes.push(...inlineNode(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(unescape(text.slice(end)));
  return nodes;
}

function inlineNode(match) {
  const { code, token, emoji: name } = match.groups;
  if (code) return [h("code", {}, unescape(code.slice(1, -1)))];
  if (token) return [angle(token)];
  if (name) return [emoji(name) ?? match[0]];
  const style = Object.keys(STYLE_TAGS).find((key) => match.groups[key]);
  return [h(STYLE_TAGS[style], {}, inline(match.groups[style].slice(1, -1)))];
}

/** What stands between `<` and `>`: a mention, a date or a link. */
function angle(token) {
  const [target, label] = splitOnce(token, "|");
  if (target.startsWith("@")) return mention(personName(target.slice(1)), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) return dateNode(target, label);
  if (target.startsWith("!subteam^")) return groupMention(label ?? target.slice("!subteam^".length));
  if (target.startsWith("!")) return broadcast(target.slice(1));
  return link(unescape(target), label === undefined ? unescape(target) : inline(label));
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

export function mention(name, label) {
  const shown = isPerson(name) || !label ? name : unescape(label);
  return h("span", { class: `mention${isViewer(shown) ? " self" : ""}` }, `@${shown.replace(/^@/, "")}`);
}

export const channelMention = (id, label) => h("span", { class: "mention" }, `#${label ? unescape(label) : channelName(id)}`);

export const groupMention = (label) => h("span", { class: "mention" }, `@${unescape(label).replace(/^@/, "")}`);

/** @channel, @here and @everyone stand out: they would have woken everybody. */
export const broadcast = (range) => h("span", { class: "mention broadcast" }, `@${unescape(range)}`);

function dateNode(target, fallback) {
  const [, unix, pattern = "", url] = target.split("^");
  const date = new Date(Number(unix) * 1000);
  if (!/^\d+$/.test(unix) || Number.isNaN(date.getTime())) return unescape(fallback ?? "");
  const title = `${fullTime(date)}${fallback ? ` (${unescape(fallback)})` : ""}`;
  const node = h("time", { datetime: date.toISOString(), title }, slackDate(unix, unescape(pattern)));
  return url ? link(unescape(url), [node]) : node;
}

/** A link to the web or a mail address; any other address stays text. */
export function link(url, label) {
  const safe = /^(?:https?:\/\/|mailto:)/i.test(url);
  return safe ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label) : h("span", { title: url }, label);
}

/** Text with its line breaks. */
export function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}
