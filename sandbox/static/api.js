// The page's only way to the sandbox: JSON calls and the stream of changes.

const BASE = "/sandbox/api";

/** A refusal by the sandbox: `word` for code, `message` for people. */
export class ApiError extends Error {
  constructor(word, detail) {
    super(detail || word);
    this.word = word;
  }
}

async function call(method, path, body) {
  const answer = await fetch(BASE + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new ApiError("not_json", `The sandbox answered ${answer.status} to ${method} ${path}.`);
  }
  if (!answer.ok) throw new ApiError(data?.error ?? String(answer.status), data?.detail);
  return data;
}

/** Reads; `query` values that are null or undefined are left out. */
export function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const tail = new URLSearchParams(given).toString();
  return call("GET", tail ? `${path}?${tail}` : path);
}

export const post = (path, body = {}) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);

/**
 * Calls `onChange({kind, …})` for every change and `onLink(true|false)` when the stream
 * opens or breaks; the browser reconnects by itself.
 */
export function listen(onChange, onLink) {
  const source = new EventSource(`${BASE}/events`);
  source.onmessage = (event) => onChange(JSON.parse(event.data));
  source.onopen = () => onLink(true);
  source.onerror = () => onLink(false);
  return source;
}

/** Runs `work` at most once per `ms` and never twice at a time; the last call is not lost. */
export function coalesce(work, ms = 60) {
  let timer = 0;
  let running = false;
  let again = false;
  const run = async () => {
    timer = 0;
    running = true;
    again = false;
    try {
      await work();
    } finally {
      running = false;
      if (again) schedule();
    }
  };
  const schedule = () => {
    if (running) again = true;
    else if (!timer) timer = setTimeout(run, ms);
  };
  return schedule;
}
