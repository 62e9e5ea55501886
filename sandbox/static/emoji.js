// The emoji names that the workspace knows.

const NAMES = {
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", no_entry: "⛔", no_entry_sign: "🚫",
  warning: "⚠️", rotating_light: "🚨", fire: "🔥", boom: "💥", bug: "🐛", bomb: "💣", construction: "🚧", octagonal_sign: "🛑",
  rocket: "🚀", tada: "🎉", sparkles: "✨", star: "⭐", zap: "⚡", bulb: "💡", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢",
  package: "📦", ship: "🚢", label: "🏷️", bookmark: "🔖", pushpin: "📌", round_pushpin: "📍", paperclip: "📎", link: "🔗",
  lock: "🔒", unlock: "🔓", closed_lock_with_key: "🔐", key: "🔑", shield: "🛡️", hammer: "🔨", wrench: "🔧", gear: "⚙️",
  hammer_and_wrench: "🛠️", snowflake: "❄️", ice_cube: "🧊", sunny: "☀️", cloud: "☁️", umbrella: "☔", rainbow: "🌈",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰", timer_clock: "⏲️", calendar: "📆", date: "📅",
  clock1: "🕐", clock3: "🕒", clock9: "🕘", arrows_counterclockwise: "🔄", repeat: "🔁", rewind: "⏪", fast_forward: "⏩",
  leftwards_arrow_with_hook: "↩️", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrow_forward: "▶️",
  double_vertical_bar: "⏸️", black_square_for_stop: "⏹️", information_source: "ℹ️", question: "❓", grey_question: "❔",
  exclamation: "❗", grey_exclamation: "❕", bangbang: "‼️", heavy_plus_sign: "➕", heavy_minus_sign: "➖", sos: "🆘",
  red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", large_orange_circle: "🟠", large_blue_circle: "🔵",
  white_circle: "⚪", black_circle: "⚫", large_green_square: "🟩", large_red_square: "🟥", large_yellow_square: "🟨",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", clipboard: "📋", memo: "📝", pencil: "📝",
  page_facing_up: "📄", books: "📚", book: "📖", mag: "🔍", eyes: "👀", speech_balloon: "💬", thought_balloon: "💭", email: "📧",
  inbox_tray: "📥", outbox_tray: "📤", file_folder: "📁", wastebasket: "🗑️", computer: "💻", desktop_computer: "🖥️", phone: "☎️",
  pager: "📟", satellite: "🛰️", globe_with_meridians: "🌐", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", ok_hand: "👌",
  raised_hand: "✋", raised_hands: "🙌", clap: "👏", wave: "👋", pray: "🙏", muscle: "💪", point_right: "👉", point_up: "☝️",
  smile: "😄", slightly_smiling_face: "🙂", grin: "😁", joy: "😂", wink: "😉", thinking_face: "🤔", sweat_smile: "😅",
  cry: "😢", sob: "😭", scream: "😱", sunglasses: "😎", partying_face: "🥳", robot_face: "🤖", ghost: "👻", skull: "💀",
  heart: "❤️", green_heart: "💚", broken_heart: "💔", hundred: "💯", "100": "💯", coffee: "☕", seedling: "🌱", deciduous_tree: "🌳",
  lab_coat: "🥼", test_tube: "🧪", microscope: "🔬", ambulance: "🚑", fire_engine: "🚒", checkered_flag: "🏁",
  triangular_flag_on_post: "🚩", bust_in_silhouette: "👤", busts_in_silhouette: "👥",
};

/** The character for a name without colons, or null when nobody knows it. */
export const emoji = (name) => NAMES[name] ?? null;

/** Text with every known `:name:` replaced. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole);
