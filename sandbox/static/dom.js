// Builds and updates DOM nodes; nothing in the page ever parses text as markup.

/**
 * A new element. Properties named `on…` are listeners, all others attributes;
 * null, undefined and false leave an attribute (or a child) out.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...kept(children));
  return node;
}

/** Replaces all children of `node`. */
export function fill(node, ...children) {
  node.replaceChildren(...kept(children));
  return node;
}

function kept(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

const signatures = new WeakMap();

/**
 * Makes `parent` show `items` in order, keeping the nodes of items that did not change.
 * `key(item)` names an item; an item with the same key and other content is rendered anew, but not
 * under somebody's finger: a click needs the same node from press to release.
 */
export function syncList(parent, items, key, render) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  items.forEach((item, index) => {
    const name = String(key(item));
    const signature = JSON.stringify(item);
    let node = old.get(name);
    old.delete(name);
    if (!node || (signatures.get(node) !== signature && !node.matches(":active"))) {
      const fresh = render(item);
      fresh.dataset.key = name;
      signatures.set(fresh, signature);
      if (node) replaceKeepingFocus(node, fresh);
      node = fresh;
    }
    const there = parent.children[index] ?? null;
    if (there !== node) parent.insertBefore(node, there);
  });
  for (const gone of old.values()) gone.remove();
}

/** Swaps two nodes; whoever had the focus by its `data-focus` name keeps it. Nobody is told: it is no news. */
export function replaceKeepingFocus(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  fresh.setAttribute("aria-live", "off");
  const open = new Set([...old.querySelectorAll("details[open]")].map((node) => node.dataset.focus));
  old.replaceWith(fresh);
  for (const node of fresh.querySelectorAll("details")) node.open = open.has(node.dataset.focus);
  if (!focused) return;
  const named = `[data-focus="${CSS.escape(focused)}"]`;
  (fresh.matches(named) ? fresh : fresh.querySelector(named))?.focus();
}

let toastTimer = 0;

/** Shows a short line at the foot of the page for some seconds. */
export function toast(text, tone = "plain") {
  const node = document.getElementById("toast");
  node.textContent = text;
  node.dataset.tone = tone;
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, 6000);
}

/** A line icon of 20×20 units from the sprite in index.html. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}
