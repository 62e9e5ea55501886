// Vercel's own client asks the local Vercel, refuses answers of another form, and tells what it saw.
// Its functions are taken one by one: all of it takes half a minute to load.
import { createInterface } from "node:readline";
import { VercelCore } from "@vercel/sdk/core.js";
import { deploymentsGetDeployments } from "@vercel/sdk/funcs/deploymentsGetDeployments.js";
import { projectsGetProject } from "@vercel/sdk/funcs/projectsGetProject.js";
import { projectsListPromoteAliases } from "@vercel/sdk/funcs/projectsListPromoteAliases.js";
import { projectsRequestPromote } from "@vercel/sdk/funcs/projectsRequestPromote.js";
import { projectsRequestRollback } from "@vercel/sdk/funcs/projectsRequestRollback.js";
import { projectsUpdateProject } from "@vercel/sdk/funcs/projectsUpdateProject.js";
import { rollingReleaseGetRollingRelease } from "@vercel/sdk/funcs/rollingReleaseGetRollingRelease.js";
import { HTTPClient } from "@vercel/sdk/lib/http.js";
import { unwrapAsync } from "@vercel/sdk/types/fp.js";

const httpClient = new HTTPClient();
httpClient.addHook("beforeRequest", (request) => {
  // As the command line client asks for it; this one does not know the word.
  const url = new URL(request.url);
  if (/\/v9\/projects\/[^/]+$/.test(url.pathname)) url.searchParams.set("rollbackInfo", "true");
  return new Request(url, request);
});

let vercel;
const ask = (what, request) => unwrapAsync(what(vercel, { teamId: "team_acme", ...request }));

const steps = {
  connect(serverURL, bearerToken) {
    vercel = new VercelCore({ serverURL, bearerToken, httpClient });
  },
  async project() {
    const found = await ask(projectsGetProject, { idOrName: "prj_app" });
    return {
      production: found.targets.production.id,
      autoAssignCustomDomains: found.autoAssignCustomDomains,
      lastAliasRequest: found.lastAliasRequest,
      description: found.rollbackDescription?.description,
    };
  },
  async deployments(query = {}) {
    const { deployments } = await ask(deploymentsGetDeployments, {
      projectId: "prj_app",
      target: "production",
      limit: 20,
      ...query,
    });
    return deployments.map((one) => [one.uid, one.readyState, one.isRollbackCandidate]);
  },
  candidates() {
    return steps.deployments({ rollbackCandidate: true, state: "READY" });
  },
  rollback(deploymentId) {
    const description = "gonogo R7-web; auto-assign on";
    return ask(projectsRequestRollback, { projectId: "prj_app", deploymentId, description });
  },
  promote(deploymentId) {
    return ask(projectsRequestPromote, { projectId: "prj_app", deploymentId });
  },
  async aliases() {
    const request = { projectId: "prj_app", failedOnly: true };
    return (await ask(projectsListPromoteAliases, request)).aliases;
  },
  async rolling() {
    const request = { idOrName: "prj_app", state: "ACTIVE" };
    const { rollingRelease } = await ask(rollingReleaseGetRollingRelease, request);
    return rollingRelease?.canaryDeployment.id;
  },
  async assign(on) {
    const request = { idOrName: "prj_app", requestBody: { autoAssignCustomDomains: on } };
    return (await ask(projectsUpdateProject, request)).autoAssignCustomDomains;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [step, ...words] = JSON.parse(line);
  let told;
  try {
    told = { saw: (await steps[step](...words)) ?? null };
  } catch (error) {
    told = { error: error.name, status: error.statusCode ?? null, body: error.body ?? `${error}` };
  }
  console.log(JSON.stringify(told));
}
