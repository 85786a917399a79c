// Calls of the orchestrator's API. A session of the browser is in a cookie that scripts cannot see; its CSRF token goes with each change.

let csrf = null;

/** What went wrong, in the server's words. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? `The server answered ${status}.`);
    this.status = status;
  }
}

async function call(method, path, body, more = {}) {
  const headers = { Accept: "application/json", ...more };
  if (csrf !== null && method !== "GET") {
    headers["X-CSRF-Token"] = csrf;
  }
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  const answer = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
    cache: "no-store",
  });
  const json = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : null;
  if (!answer.ok) {
    throw new Problem(answer.status, json);
  }
  return json;
}

const job = (id) => `jobs/${encodeURIComponent(id)}`;

async function begin(asked) {
  const session = await asked;
  csrf = session.csrf;
  return session;
}

export const session = () => begin(call("GET", "session"));

export function signIn(token) {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Problem(401, { detail: "A token has visible ASCII characters only." });
  }
  return begin(call("POST", "session", undefined, { Authorization: `Bearer ${token}` }));
}

export const signOut = () => call("DELETE", "session");

export function jobs(states, cursor) {
  const query = new URLSearchParams({ limit: "50" });
  if (states) {
    query.set("state", states);
  }
  if (cursor) {
    query.set("cursor", cursor);
  }
  return call("GET", `jobs?${query}`);
}

export const showJob = (id) => call("GET", job(id));
export const history = (id) => call("GET", `${job(id)}/history`);
export const nodes = () => call("GET", "nodes");
export const pools = () => call("GET", "pools");
export const submit = (request) => call("POST", "render", request);
export const cancel = (id) => call("DELETE", job(id));
export const change = (id, what) => call("POST", `${job(id)}/${what}`);
export const changeNode = (id, what) => call("POST", `nodes/${encodeURIComponent(id)}/${what}`);
export const picture = (id, frame) => `${job(id)}/frames/${frame}`;
export const archive = (id) => `${job(id)}/archive`;
export const log = (id, batch) => `${job(id)}/log?batch=${encodeURIComponent(batch)}`;
