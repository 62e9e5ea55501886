// The side panel "Outside world": runs, health, clock, faults, what else was told, the bot process,
// the journal.

import { get, post, remove } from "./api.js";
import { confirmed } from "./confirm.js";
import { clockTimeSeconds, now, setNow } from "./dates.js";
import { fill, h, syncList, toast } from "./dom.js";
import { fold, showRuns } from "./runs.js";

const SCRIPTS = [
  ["auto_success", "Pass in 20 s"],
  ["auto_failure", "Fail in 20 s"],
  ["gate_then_success", "Wait at the gate"],
  ["manual", "Wait for me"],
];
const HEALTH = ["ok", "bad", "slow", "down"];
const STEPS = [["PT1M", "+1 min"], ["PT15M", "+15 min"], ["PT1H", "+1 h"]];
const FAULTS = [
  ["GitHub answers 502", { system: "github", kind: "status:502" }],
  ["GitHub applies, then 502", { system: "github", kind: "status_after_apply:502", method: "POST" }],
  ["GitHub hangs", { system: "github", kind: "timeout" }],
  ["Slack limits the rate", { system: "slack", kind: "rate_limit" }],
];
const JOURNAL_ROWS = 40;
const SYSTEMS = ["slack", "github", "health", "vercel", "digitalocean", "ssh", "kuma", "posthog", "sentry", "pagerduty", "statuspage"];
const PLACES = { posthog: "PostHog", sentry: "Sentry", pagerduty: "PagerDuty" };
const RUN_ROWS = 30;

/** Null where the sandbox was started without a bot. */
async function botState() {
  try {
    return await get("/bot");
  } catch (error) {
    if (error.word === "no_bot") return null;
    throw error;
  }
}

/** Builds the panel in `node`; `me()` is the current person. Returns what refreshes its parts. */
export function worldPanel(node, me) {
  const runs = h("ul", { class: "runs" });
  const health = h("div", { class: "health" });
  const clock = h("output", { class: "clock", "aria-label": "Shared clock" });
  const faults = h("ul", { class: "faults" });
  const told = h("ul", { class: "told" });
  const bot = h("div", { class: "row" });
  const journal = h("ol", { class: "journal" });
  const system = h("select", { class: "field tiny", "aria-label": "System" }, h("option", { value: "" }, "all systems"));
  system.append(...SYSTEMS.map((name) => h("option", {}, name)));
  system.addEventListener("change", () => refresh.journal());

  fill(
    node,
    fold("Workflow runs", true, preset(), runs),
    fold("Health", true, health),
    fold("Clock", true, h("div", { class: "row" }, clock, STEPS.map(([by, text]) => button(text, () => advance(by))))),
    fold("Faults", true,
      h("div", { class: "row" }, FAULTS.map(([text, fault]) => button(text, () => post("/faults", fault))),
        button("Clear", () => remove("/faults"), "quiet")),
      faults),
    fold("Told that it is live", true, told,
      h("p", { class: "empty" }, "Nobody yet: PostHog, Sentry and PagerDuty are told when production runs another version.")),
    fold("Bot process", true, bot, h("div", { class: "row" }, button("Start over", startOver))),
    fold("Journal", false, h("div", { class: "row" }, system), journal),
  );
  setInterval(tickClock, 1000);

  const refresh = {
    run: async () => showRuns(runs, (await get("/github/runs")).runs.slice(0, RUN_ROWS), { advance: advanceRun, approve }),
    health: async () => showHealth((await get("/health")).health),
    clock: async () => {
      setNow((await get("/clock")).now);
      tickClock();
    },
    fault: async () => showFaults((await get("/faults")).faults),
    bot: async () => showBot(await botState()),
    journal: async () => {
      if (told.closest("details").open) showTold((await get("/annotations")).annotations);
      if (journal.closest("details").open) showJournal((await get("/journal", { system: system.value || null })).journal);
    },
  };
  for (const one of [told, journal]) one.closest("details").addEventListener("toggle", () => refresh.journal());
  return refresh;

  function button(text, work, tone = "") {
    const made = h("button", { type: "button", class: `button tiny ${tone}`, onclick: () => attempt(made, work) }, text);
    return made;
  }

  async function attempt(source, work) {
    source?.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      toast(error.message, "bad");
    } finally {
      source?.removeAttribute("aria-busy");
    }
  }

  function preset() {
    const choice = h("select", { class: "field tiny", id: "preset" }, SCRIPTS.map(([value, text]) => h("option", { value }, text)));
    const set = (workflow) => post("/github/preset", { workflow, script: choice.value, seconds: 20 });
    choice.addEventListener("change", () => attempt(choice, () => Promise.all(["release.yml", "rollback.yml"].map(set))));
    return h("div", { class: "row" }, h("label", { for: "preset" }, "New runs"), choice);
  }

  function advanceRun(run, to) {
    return attempt(null, () => post(`/github/runs/${run.id}/advance`, { to }));
  }

  function approve(run) {
    return attempt(null, () => post("/github/approve_gate", { run: run.id, as: me() }));
  }

  function showHealth(places) {
    const several = new Set(places.map((place) => place.service)).size > 1;
    const name = (place) => (several ? `${place.service} ${place.environment}` : place.environment);
    syncList(health, places, name, (place) => h(
      "div",
      { class: "health-row", role: "group", "aria-label": `Health of ${name(place)}` },
      h("span", { class: "lamp", "data-state": place.status }),
      h("span", { class: "health-words" }, h("b", {}, name(place)), h("small", {}, place.version ?? "")),
      h("span", { class: "segments" }, HEALTH.map((status) => h("button", {
        type: "button", "aria-pressed": String(place.status === status), "data-focus": status,
        onclick: () => attempt(null, () => post("/health", { environment: place.environment, service: place.service, status })),
      }, status))),
    ));
  }

  function tickClock() {
    const at = now();
    clock.textContent = `${at.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" })} ${clockTimeSeconds(at)}`;
  }

  async function advance(by) {
    const answer = await post("/clock", { advance: by });
    setNow(answer.now);
    tickClock();
    if (!answer.reached) toast("The clock moved on, but the bot had not finished its work by then.", "bad");
  }

  function showFaults(open) {
    syncList(faults, open, (fault) => JSON.stringify(fault), (fault) => h(
      "li", {}, h("b", {}, fault.system), ` ${fault.kind}`, fault.path && ` on ${fault.path}`, fault.count && ` ×${fault.count}`,
    ));
  }

  function showTold(rows) {
    syncList(told, rows.slice(-JOURNAL_ROWS).reverse(), (row) => JSON.stringify(row), (row) => h(
      "li", {}, h("b", {}, PLACES[row.system]), ` ${row.text}`,
    ));
  }

  function showBot(state) {
    if (!state) return fill(bot, h("span", { class: "empty" }, "This sandbox runs no bot of its own."));
    const running = state.state !== "stopped";
    return fill(
      bot,
      h("span", { class: "lamp", "data-state": state.state }),
      h("span", { class: "grow" }, state.state, state.pid && h("small", {}, ` pid ${state.pid}`)),
      running ? button("Kill -9", () => post("/bot/kill"), "stop") : button("Start", start, "go"),
    );
  }

  async function startOver() {
    const sure = await confirmed({
      title: { type: "plain_text", text: "Start over?" },
      text: { type: "plain_text", text: "All messages, deployments and runs are thrown away, and the bot starts on an empty database." },
      confirm: { type: "plain_text", text: "Start Over" },
      style: "danger",
    });
    if (!sure) return;
    const answer = await post("/reset");
    if (!answer.ok) toast(answer.detail, "bad");
  }

  async function start() {
    const answer = await post("/bot/start");
    if (!answer.ok) toast(answer.detail, "bad");
  }

  function showJournal(entries) {
    const tail = entries.slice(-JOURNAL_ROWS).map((entry, index, all) => ({ ...entry, key: entries.length - all.length + index })).reverse();
    syncList(journal, tail, (entry) => entry.key, (entry) => h(
      "li",
      {},
      h(
        "details",
        { "data-focus": `j${entry.key}` },
        h(
          "summary",
          {},
          h("time", {}, clockTimeSeconds(new Date(entry.at))),
          h("span", { class: "arrow", title: entry.direction }, entry.direction === "from_bot" ? "→" : "←"),
          h("b", {}, entry.system),
          h("span", { class: "path" }, `${entry.method} ${entry.path}`),
          h("span", { class: "status", "data-bad": entry.status === null || entry.status >= 400 }, String(entry.status ?? "none")),
        ),
        h("pre", {}, typeof entry.body === "string" ? entry.body : JSON.stringify(entry.body, null, 2)),
      ),
    ));
  }
}
