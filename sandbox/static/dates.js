// Time as the page shows it: the sandbox's clock, in the time zone of whoever reads.

const LOCALE = "en-GB";
let offset = 0;

/** Takes over the sandbox's time, an RFC 3339 text. */
export function setNow(iso) {
  offset = Date.parse(iso) - Date.now();
}

export const now = () => new Date(Date.now() + offset);

/** Slack's message timestamp (`"seconds.micros"`) as a Date. */
export const fromTs = (ts) => new Date(Number.parseFloat(ts) * 1000);

const format = (options) => {
  const maker = new Intl.DateTimeFormat(LOCALE, options);
  return (date) => maker.format(date);
};

export const clockTime = format({ hour: "2-digit", minute: "2-digit" });
export const clockTimeSeconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const full = format({ dateStyle: "full", timeStyle: "long" });
const weekday = format({ weekday: "long" });
const month = format({ month: "long" });
const shortMonth = format({ month: "short" });

/** For tooltips: everything, with the time zone. */
export const fullTime = (date) => full(date);

function ordinal(day) {
  const tens = day % 100;
  if (tens >= 11 && tens <= 13) return `${day}th`;
  return `${day}${["th", "st", "nd", "rd"][day % 10] ?? "th"}`;
}

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** "today", "yesterday", "tomorrow", or null for any other day. */
function nearDay(date) {
  const days = Math.round((midnight(date) - midnight(now())) / 86_400_000);
  return { 0: "today", "-1": "yesterday", 1: "tomorrow" }[days] ?? null;
}

const long = (date) => `${month(date)} ${ordinal(date.getDate())}, ${date.getFullYear()}`;
const short = (date) => `${shortMonth(date)} ${date.getDate()}, ${date.getFullYear()}`;
const longest = (date) => `${weekday(date)}, ${long(date)}`;
const two = (number) => String(number).padStart(2, "0");

/** As a field for date and time takes it: `2024-03-26T11:02`. */
export const localMinute = (date) =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;

/** "3 minutes ago", "in 2 hours". */
export function ago(date) {
  const seconds = Math.round((date - now()) / 1000);
  const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
  for (const [unit, size] of [["day", 86_400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(seconds, "second");
}

const TOKENS = {
  date_num: (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  date_slash: (date) => `${two(date.getMonth() + 1)}/${two(date.getDate())}/${date.getFullYear()}`,
  date: long,
  date_short: short,
  date_long: longest,
  date_pretty: (date) => nearDay(date) ?? long(date),
  date_short_pretty: (date) => nearDay(date) ?? short(date),
  date_long_pretty: (date) => nearDay(date) ?? longest(date),
  day_divider_pretty: (date) => nearDay(date) ?? longest(date),
  time: clockTime,
  time_secs: clockTimeSeconds,
  ago,
};

/** Fills a `<!date^…>` pattern; unknown tokens stay as they are. */
export function slackDate(unix, pattern) {
  const date = new Date(Number(unix) * 1000);
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(date) ?? whole);
  return pattern.startsWith("{") ? capital(text) : text;
}

/** The heading between two days of messages. */
export function dayHeading(date) {
  return capital(nearDay(date) ?? `${weekday(date)}, ${month(date)} ${ordinal(date.getDate())}`);
}

export const dayKey = (date) => TOKENS.date_num(date);

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
