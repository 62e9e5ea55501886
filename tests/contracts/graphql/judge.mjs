// Judges a request to GitHub's GraphQL API and its answer by GitHub's public schema.
import { readFileSync } from "node:fs";
import { buildSchema, execute, getVariableValues, parse, validate } from "graphql";

const file = "node_modules/@octokit/graphql-schema/schema.graphql";
const schema = buildSchema(readFileSync(file, "utf8"), { assumeValid: true });
const { query, variables, data } = JSON.parse(readFileSync(0, "utf8"));
const document = parse(query);
const [operation] = document.definitions;
const wrong = validate(schema, document).map((error) => error.message);
if (wrong.length === 0) {
  const given = getVariableValues(schema, operation.variableDefinitions, variables);
  wrong.push(...(given.errors ?? []).map((error) => error.message));
}
if (wrong.length === 0) {
  // The answer as the schema would give it: of the right types, and with nothing else in it.
  const again = await execute({ schema, document, variableValues: variables, rootValue: data });
  wrong.push(...(again.errors ?? []).map((error) => error.message));
  if (JSON.stringify(again.data) !== JSON.stringify(data)) {
    wrong.push(`answered ${JSON.stringify(data)}, which the schema gives as ${JSON.stringify(again.data)}`);
  }
}
console.log(JSON.stringify(wrong));
