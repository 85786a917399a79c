// Keeps the page in step with the farm: events say that something has changed, and what is seen is then read anew, once a second at most.

import * as api from "./api.js";
import { blindPlace, jobCard, make, nodeCard, poolCard, sync } from "./view.js";

const CALM = 1000;
const LOOK_ANYWAY = 15000;
const RETRY = 5000;

const $ = (id) => document.getElementById(id);
const opened = new Set();
const dirty = { jobs: true, nodes: true };
let events = null;
let timer = null;
let busy = false;
let pages = 1;
let roles = [];
let me = null;

function toast(text, bad = false) {
  const note = make("p", { className: bad ? "toast bad" : "toast" }, text);
  $("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

function link(state, text) {
  $("link").dataset.state = state;
  if ($("link").textContent !== text) {
    $("link").textContent = text;
  }
}

const acts = {
  may: (role) => roles.includes(role),
  mayChange: (job) => acts.may("operator") || (acts.may("submitter") && job.owner === me),
  // What would be refused is not asked for: a submitter's page shows pictures and logs of its own jobs only.
  mayFetch: (job) => acts.mayChange(job) || !acts.may("submitter"),
  async act(label, call) {
    try {
      await call();
      touch("jobs", "nodes");
    } catch (problem) {
      failed(problem, label);
    }
  },
  opened(id, open) {
    opened[open ? "add" : "delete"](id);
    touch("jobs");
  },
  show(id, frame, name) {
    $("picture").src = api.picture(id, frame);
    $("picture").alt = name;
    $("picture-title").textContent = name;
    $("picture-dialog").showModal();
  },
};
const card = jobCard(acts);
const machine = nodeCard(acts);

function failed(problem, label) {
  if (problem.status === 401) {
    signIn();
  } else {
    toast(label ? `${label}: ${problem.message}` : problem.message, true);
  }
}

/** What became of each attempt is read where somebody looks at it. */
async function withAttempts(job) {
  if (!opened.has(job.id) || !acts.mayFetch(job)) {
    return job;
  }
  const { attempts } = await api.history(job.id).catch(() => ({ attempts: null }));
  return { ...job, attempts };
}

async function readJobs() {
  const states = $("filter").value;
  let page = await api.jobs(states);
  const jobs = [...page.jobs];
  for (let i = 1; i < pages && page.next; i++) {
    page = await api.jobs(states, page.next);
    jobs.push(...page.jobs);
  }
  const whole = await Promise.all(jobs.map((job) =>
    opened.has(job.id) || job.state === "running" ? api.showJob(job.id).then(withAttempts).catch(() => job) : job));
  sync($("jobs"), whole, (job) => job.id, card);
  $("no-jobs").hidden = whole.length > 0;
  $("more-jobs").hidden = !page.next;
  const open = whole.filter((job) => ["queued", "running", "paused"].includes(job.state));
  $("sum-jobs").textContent = String(open.length) + (page.next ? "+" : "");
  $("sum-rate").textContent = open.reduce((sum, job) => sum + (job.framesPerSecond ?? 0), 0).toFixed(2);
}

async function readNodes() {
  const [{ nodes, discoveries }, { pools }] = await Promise.all([api.nodes(), api.pools()]);
  sync($("pools"), pools, (pool) => pool.url, poolCard);
  $("pools-part").hidden = pools.length === 0;
  sync($("nodes"), nodes, (node) => node.url, machine);
  const blind = discoveries.filter((place) => place.trouble);
  sync($("blind"), blind, (place) => place.source, blindPlace);
  $("blind").hidden = blind.length === 0;
  $("no-nodes").hidden = nodes.length > 0;
  const up = nodes.filter((node) => node.state === "up");
  const sum = (what) => up.reduce((total, node) => total + node[what], 0);
  $("sum-nodes").textContent = `${up.length} of ${nodes.length}`;
  $("sum-slots").textContent = `${sum("busy")} of ${sum("slots")}`;
}

/** Something has changed: it is read soon, together with what else changes meanwhile. */
function touch(...what) {
  what.forEach((name) => { dirty[name] = true; });
  if (timer === null && !busy) {
    timer = setTimeout(read, CALM / 4);
  }
}

async function read() {
  timer = null;
  busy = true;
  const now = { ...dirty };
  dirty.jobs = false;
  dirty.nodes = false;
  try {
    await Promise.all([now.jobs && readJobs(), now.nodes && readNodes()]);
  } catch (problem) {
    if (problem.status === 401) {
      signIn();
    } else {
      link("lost", "No connection");
    }
  }
  setTimeout(() => {
    busy = false;
    if (dirty.jobs || dirty.nodes) {
      touch();
    }
  }, CALM);
}

const JOB_EVENTS = [
  "job-submitted", "batch-dispatched", "batch-accepted", "batch-shortened", "batch-progressed", "frames-accepted", "frames-unverified",
  "batch-ended", "job-warned", "frames-failed", "frames-retried", "job-paused", "job-resumed", "job-reprioritized", "job-ended", "job-forgotten",
];
const NODE_EVENTS = [
  "node-up", "node-restarted", "node-suspected", "node-lost", "node-draining", "node-quarantined", "node-left",
];

function listen() {
  events?.close();
  events = new EventSource("events");
  events.onopen = () => {
    link("live", "Live");
    touch("jobs", "nodes");
  };
  events.onerror = () => {
    link("lost", "Reconnecting");
    // A browser gives up where the answer was not a stream: the server is full, or restarts, or the session has ended.
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(start, RETRY);
    }
  };
  JOB_EVENTS.forEach((name) => events.addEventListener(name, () => touch("jobs", "nodes")));
  NODE_EVENTS.forEach((name) => events.addEventListener(name, () => touch("nodes")));
  events.addEventListener("reset", () => touch("jobs", "nodes"));
  events.addEventListener("job-ended", (event) => {
    const { job, state } = JSON.parse(event.data);
    toast(`Job ${job} is ${state}.`, state === "failed");
  });
  events.addEventListener("store-failed", () => toast("The store is down: no jobs are taken in just now.", true));
  events.addEventListener("store-recovered", () => toast("The store is back."));
}

function signIn() {
  events?.close();
  link("lost", "Signed out");
  if (!$("sign-in-dialog").open) {
    $("sign-in-dialog").showModal();
  }
}

async function start() {
  try {
    const session = await api.session();
    roles = session.roles;
    me = session.name;
    $("sign-out").hidden = !session.login;
    $("new-job").hidden = !acts.may("submitter");
    listen();
  } catch (problem) {
    if (problem.status === 401) {
      signIn();
    } else {
      link("lost", "No connection");
      setTimeout(start, RETRY);
    }
  }
}

/** Sends a form, and shows in it what the server has against it. */
function onSubmit(form, send) {
  const fault = form.querySelector(".fault");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fault.hidden = true;
    try {
      await send(new FormData(form));
      form.closest("dialog").close();
    } catch (problem) {
      fault.textContent = problem.message;
      fault.hidden = false;
    }
  });
}

function order(fields) {
  const text = (name) => String(fields.get(name) ?? "").trim() || undefined;
  const number = (name) => (text(name) === undefined ? undefined : Number(text(name)));
  const settings = { width: number("width"), height: number("height"), samples: number("samples") };
  const set = Object.values(settings).some((value) => value !== undefined);
  return {
    frames: text("frames"), name: text("name"), scene: text("scene"), priority: number("priority"), settings: set ? settings : undefined,
  };
}

$("new-job").onclick = () => $("submit-dialog").showModal();
$("submit-dialog").querySelector(".close").onclick = () => $("submit-dialog").close();
onSubmit($("submit-form"), async (fields) => {
  const { jobId } = await api.submit(order(fields));
  toast(`Job ${jobId} is taken in.`);
  touch("jobs");
});
onSubmit($("sign-in-form"), async (fields) => {
  await api.signIn(fields.get("token"));
  $("sign-in-form").reset();
  await start();
});
$("sign-in-dialog").addEventListener("cancel", (event) => event.preventDefault());
$("sign-out").onclick = async () => {
  await api.signOut();
  signIn();
};
$("filter").onchange = () => {
  pages = 1;
  touch("jobs");
};
$("more-jobs").onclick = () => {
  pages++;
  touch("jobs");
};
const repaint = () => [...$("jobs").children].forEach((child) => child.paint());
new ResizeObserver(repaint).observe($("jobs"));
matchMedia("(prefers-color-scheme: light)").addEventListener("change", repaint);
setInterval(() => document.visibilityState === "visible" && touch("jobs", "nodes"), LOOK_ANYWAY);
start();
