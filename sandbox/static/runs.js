// Workflow runs of the side panel: what they do, and buttons to decide how they end.

import { ago, fullTime, slackDate } from "./dates.js";
import { h, icon, syncList } from "./dom.js";

/** Shows `runs`, newest first; `advance(run, to)` and `approve(run)` act. */
export function showRuns(list, runs, { advance, approve }) {
  syncList(list, runs, (run) => run.id, (run) => runNode(run, advance, approve));
}

const STATE_WORDS = { in_progress: "running", completed: "done" };
const JOB_SIGNS = { success: "✓", failure: "✕", cancelled: "⊘", skipped: "–", waiting: "⏸", in_progress: "●" };

const stateOf = (thing) => thing.conclusion ?? thing.status;
const word = (state) => STATE_WORDS[state] ?? state.replaceAll("_", " ");

function runNode(run, advance, approve) {
  const state = stateOf(run);
  const open = run.status !== "completed";
  const created = new Date(run.created_at);
  return h(
    "li",
    { class: "run", "data-state": state },
    h("div", { class: "run-head" }, h("b", {}, run.display_title), h("span", { class: "chip-state", "data-state": state }, word(state))),
    h(
      "div",
      { class: "run-meta" },
      `${run.workflow} · ${run.event} by ${run.actor} · `,
      h("time", { title: fullTime(created) }, open ? ago(created) : slackDate(created / 1000, "{date_short_pretty}, {time}")),
    ),
    run.jobs?.length > 0 && h("ol", { class: "jobs" }, run.jobs.map(jobNode)),
    open && h(
      "div",
      { class: "row" },
      state === "queued" && action("Start", "in_progress", ""),
      state === "waiting" && h("button", { type: "button", class: "button tiny", "data-focus": "gate", onclick: () => approve(run) }, "Approve gate"),
      action("Pass", "success", "go"),
      action("Fail", "failure", "stop"),
      action("Cancel", "cancelled", ""),
    ),
  );

  function action(text, to, tone) {
    return h("button", { type: "button", class: `button tiny ${tone}`, "data-focus": to, onclick: () => advance(run, to) }, text);
  }
}

function jobNode(job) {
  const state = stateOf(job);
  return h(
    "li",
    { "data-state": state, title: `${job.name}: ${word(state)}` },
    h("span", { "aria-hidden": "true" }, JOB_SIGNS[state] ?? "○"),
    job.name,
    h("span", { class: "sr" }, word(state)),
  );
}

/** A heading of the side panel that folds its section away. */
export function fold(title, open, ...children) {
  return h("details", { class: "fold", open, "data-focus": title }, h("summary", {}, icon("chevron"), title), h("div", { class: "fold-body" }, children));
}
