// Everything of Block Kit that holds a value: text fields, selects, choices, dates.

import { combo } from "./combo.js";
import { localMinute } from "./dates.js";
import { everybody, everyChannel, personName } from "./directory.js";
import { h } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const plain = (text) => ({ type: "plain_text", text, emoji: false });
const values = (options) => (options ?? []).map((option) => option.value);

/**
 * What a control holds before anybody touches it: text for one value, a list for several, null for
 * nothing. These are the forms in which `POST /submit` takes them.
 */
export function initialValue(spec) {
  if (spec.type === "checkboxes" || spec.type.startsWith("multi_")) {
    return spec.initial_users?.map(personName) ?? spec.initial_channels ?? spec.initial_conversations ?? values(spec.initial_options);
  }
  if (spec.initial_user) return personName(spec.initial_user);
  if (spec.initial_date_time) return new Date(spec.initial_date_time * 1000).toISOString();
  return (
    spec.initial_value ?? spec.initial_option?.value ?? spec.initial_date ?? spec.initial_time ??
    spec.initial_channel ?? spec.initial_conversation ?? null
  );
}

/**
 * The control for `spec`. `held` is `{value, options?}` as last seen, `onChange({value, options?})` is
 * told of every change, `load(query)` answers for external selects. Null for a type without a value.
 */
export function control(spec, { label, held, onChange, load }) {
  const make = MAKERS[spec.type];
  if (!make) return null;
  const node = make(spec, { label, held: held ?? { value: initialValue(spec) }, onChange, load });
  if (spec.focus_on_load) (node.input ?? node).setAttribute("autofocus", "");
  return node;
}

const MAKERS = {
  plain_text_input: (spec, use) => (spec.multiline ? textArea(spec, use) : textField("text", spec, use)),
  email_text_input: (spec, use) => textField("email", spec, use),
  url_text_input: (spec, use) => textField("url", spec, use),
  number_input: (spec, use) => textField("number", spec, use),
  datepicker: (spec, use) => textField("date", spec, use),
  timepicker: (spec, use) => textField("time", spec, use),
  datetimepicker: moment,
  static_select: nativeSelect,
  users_select: (spec, use) => nativeSelect({ ...spec, options: peopleOptions() }, use),
  channels_select: (spec, use) => nativeSelect({ ...spec, options: channelOptions() }, use),
  conversations_select: (spec, use) => nativeSelect({ ...spec, options: channelOptions() }, use),
  external_select: (spec, use) => search(spec, use, use.load, false),
  multi_static_select: (spec, use) => search(spec, use, filterOf(allOptions(spec)), true),
  multi_external_select: (spec, use) => search(spec, use, use.load, true),
  multi_users_select: (spec, use) => search(spec, use, filterOf(peopleOptions()), true),
  multi_channels_select: (spec, use) => search(spec, use, filterOf(channelOptions()), true),
  multi_conversations_select: (spec, use) => search(spec, use, filterOf(channelOptions()), true),
  radio_buttons: choices,
  checkboxes: choices,
};

function textField(type, spec, { label, held, onChange }) {
  const node = h("input", {
    type, class: "field", "aria-label": label, placeholder: spec.placeholder?.text, autocomplete: "off",
    maxlength: spec.max_length, minlength: spec.min_length, min: spec.min_value, max: spec.max_value,
  });
  node.value = held.value ?? "";
  node.addEventListener("input", () => onChange({ value: node.value }));
  return node;
}

/** A date and a time in the reader's zone, kept as RFC 3339. */
function moment(spec, { label, held, onChange }) {
  const node = h("input", { type: "datetime-local", class: "field", "aria-label": label });
  if (held.value) node.value = localMinute(new Date(held.value));
  node.addEventListener("input", () => onChange({ value: node.value ? new Date(node.value).toISOString() : null }));
  return node;
}

function textArea(spec, { label, held, onChange }) {
  const node = h("textarea", {
    class: "field", rows: "4", "aria-label": label, placeholder: spec.placeholder?.text, maxlength: spec.max_length,
  });
  node.value = held.value ?? "";
  node.addEventListener("input", () => onChange({ value: node.value }));
  return node;
}

function nativeSelect(spec, { label, held, onChange }) {
  const node = h("select", { class: "field select", "aria-label": label });
  if (!held.value) node.append(h("option", { value: "" }, spec.placeholder?.text ?? "Choose an option"));
  for (const group of spec.option_groups ?? []) {
    node.append(h("optgroup", { label: group.label.text }, group.options.map(nativeOption)));
  }
  node.append(...(spec.options ?? []).map(nativeOption));
  node.value = held.value ?? "";
  node.addEventListener("change", () => onChange({ value: node.value || null }));
  return node;
}

const nativeOption = (option) => h("option", { value: option.value }, textObject({ ...option.text, type: "plain_text" }));

function search(spec, { label, held, onChange }, load, multi) {
  const known = [...allOptions(spec), ...peopleOptions(), ...channelOptions(), ...initialOptions(spec), ...(held.options ?? [])];
  const wanted = [held.value ?? []].flat();
  const chosen = wanted.map((value) => known.find((option) => option.value === value) ?? { text: plain(value), value });
  return combo({
    label, multi, load, chosen,
    placeholder: spec.placeholder?.text ?? "Type to search",
    onChange: (options) => onChange({ value: multi ? values(options) : (options[0]?.value ?? null), options }),
  });
}

const initialOptions = (spec) => [spec.initial_options ?? spec.initial_option ?? []].flat();
const allOptions = (spec) => [...(spec.options ?? []), ...(spec.option_groups ?? []).flatMap((group) => group.options)];
const peopleOptions = () => everybody().map((person) => ({ text: plain(`@${person.name}`), value: person.name }));
const channelOptions = () => everyChannel().map((channel) => ({ text: plain(`#${channel.name}`), value: channel.id ?? channel.name }));

const filterOf = (options) => async (query) =>
  options.filter((option) => option.text.text.toLowerCase().includes(query.toLowerCase()));

let group = 0;

function choices(spec, { label, held, onChange }) {
  const single = spec.type === "radio_buttons";
  const name = `choice-${++group}`;
  const chosen = new Set([held.value ?? []].flat());
  const change = (value, on) => {
    if (single) chosen.clear();
    if (on) chosen.add(value);
    else chosen.delete(value);
    onChange({ value: single ? value : [...chosen] });
  };
  return h(
    "div",
    { class: "choices", role: single ? "radiogroup" : "group", "aria-label": label },
    (spec.options ?? []).map((option) => {
      const box = h("input", { type: single ? "radio" : "checkbox", name, value: option.value, checked: chosen.has(option.value) });
      box.addEventListener("change", () => change(option.value, box.checked));
      const words = h("span", {}, textObject(option.text), option.description && h("small", {}, textObject(option.description)));
      return h("label", {}, box, words);
    }),
  );
}
