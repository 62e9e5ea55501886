// An app made with Slack's own JavaScript framework, which knows nothing of the bot: it uses every way
// in which people reach an app, and says on stdout, one JSON object a line, what it was told.

import bolt from "@slack/bolt";

const { App, LogLevel } = bolt;
const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL } = process.env;

const app = new App({
  token: SLACK_BOT_TOKEN,
  appToken: SLACK_APP_TOKEN,
  socketMode: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: SLACK_API_URL, retryConfig: { retries: 0 } },
});

const plain = (text) => ({ type: "plain_text", text });
const tell = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));

const approve = { type: "button", action_id: "approve", text: plain("Approve"), value: "D2" };
const card = [
  { type: "section", text: { type: "mrkdwn", text: "*app v1.2.1*" } },
  { type: "actions", block_id: "decide", elements: [approve] },
];
const form = {
  type: "modal",
  callback_id: "deploy",
  title: plain("Deploy"),
  submit: plain("Request"),
  blocks: [
    {
      type: "input",
      block_id: "version",
      label: plain("Version"),
      element: { type: "external_select", action_id: "version", min_query_length: 0 },
    },
    {
      type: "input",
      block_id: "reason",
      label: plain("Reason"),
      element: { type: "plain_text_input", action_id: "reason" },
    },
  ],
};

app.command("/card", async ({ ack, command, respond, client }) => {
  await ack({ response_type: "ephemeral", text: `You typed ${command.text}` });
  const posted = await client.chat.postMessage({ channel: command.channel_id, text: "app v1.2.1", blocks: card });
  await client.chat.postMessage({ channel: command.channel_id, thread_ts: posted.ts, text: "The detail" });
  await respond({ response_type: "ephemeral", text: "The card is there" });
});

app.command("/form", async ({ ack, body, client }) => {
  await client.views.open({ trigger_id: body.trigger_id, view: form });
  await ack();
});

app.options("version", async ({ ack, options }) => {
  const found = ["v1.2.1", "v1.2.0"].filter((version) => version.startsWith(options.value));
  await ack({ options: found.map((version) => ({ text: plain(version), value: version })) });
});

app.view("deploy", async ({ ack, view, body }) => {
  const reason = view.state.values.reason.reason.value;
  if (reason === "no") return ack({ response_action: "errors", errors: { reason: "Say more." } });
  await ack();
  return tell("submitted", { version: view.state.values.version.version.selected_option.value, reason, by: body.user.id });
});

app.action("approve", async ({ ack, action, body, client, respond }) => {
  await ack();
  await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: "approved", blocks: card.slice(0, 1) });
  await respond({ response_type: "ephemeral", replace_original: false, text: `You approved ${action.value}` });
});

app.event("app_mention", async ({ event, say }) => {
  await say({ text: `<@${event.user}> called`, thread_ts: event.ts });
});

app.error(async (error) => tell("error", { message: String(error), data: error.data }));

// A wrong call is refused as Slack refuses it.
const refused = await app.client.chat.postMessage({ channel: "C0NOWHERE", text: "?" }).catch((error) => error.data.error);
await app.start();
tell("started", { refused });
