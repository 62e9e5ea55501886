// The rich_text block as DOM nodes.

import { fullTime, slackDate } from "./dates.js";
import { personName } from "./directory.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { broadcast, channelMention, groupMention, lines, link, mention } from "./mrkdwn.js";

/** Nodes for a block of type `rich_text`. */
export function richText(block) {
  return h("div", { class: "rich" }, nested(block.elements ?? []));
}

/** Top-level parts in order; lists that follow one another with more indent nest in the item above. */
function nested(parts) {
  const nodes = [];
  const open = [];
  for (const part of parts) {
    if (part.type !== "rich_text_list") {
      open.length = 0;
      nodes.push(section(part));
      continue;
    }
    const indent = part.indent ?? 0;
    while (open.length && open.at(-1).indent >= indent) open.pop();
    const node = list(part);
    const host = open.at(-1)?.node.lastElementChild;
    if (host) host.append(node);
    else nodes.push(node);
    open.push({ indent, node });
  }
  return nodes;
}

function section(part) {
  const children = leaves(part.elements ?? []);
  switch (part.type) {
    case "rich_text_preformatted":
      return h("pre", {}, children);
    case "rich_text_quote":
      return h("blockquote", {}, children);
    default:
      return h("p", {}, children);
  }
}

function list(part) {
  const items = (part.elements ?? []).map((item) => h("li", {}, leaves(item.elements ?? [])));
  const first = part.style === "ordered" && part.offset ? part.offset + 1 : null;
  return h(part.style === "ordered" ? "ol" : "ul", { start: first }, items);
}

const leaves = (elements) => elements.flatMap((element) => styledLeaf(element));

const TAGS = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u" };

function styledLeaf(element) {
  let nodes = leaf(element);
  for (const [style, tag] of Object.entries(TAGS)) {
    if (element.style?.[style]) nodes = [h(tag, {}, nodes)];
  }
  return nodes;
}

function leaf(element) {
  switch (element.type) {
    case "text":
      return lines(element.text);
    case "link":
      return [link(element.url, element.text || element.url)];
    case "emoji":
      return [emoji(element.name) ?? `:${element.name}:`];
    case "user":
      return [mention(personName(element.user_id))];
    case "channel":
      return [channelMention(element.channel_id)];
    case "usergroup":
      return [groupMention(element.usergroup_id)];
    case "broadcast":
      return [broadcast(element.range)];
    case "date":
      return [dateLeaf(element)];
    case "color":
      return [element.value];
    default:
      return [element.fallback ?? element.text ?? `[${element.type}]`];
  }
}

function dateLeaf(element) {
  const title = fullTime(new Date(element.timestamp * 1000));
  const node = h("time", { title }, slackDate(element.timestamp, element.format));
  return element.url ? link(element.url, [node]) : node;
}
