// Makes and updates what is seen. Everything from outside goes into the page as text, never as markup.

import * as api from "./api.js";
import * as frames from "./frames.js";

const THUMBS = 12;
const NAMES = {
  queued: "Waiting", running: "Running", paused: "Paused", completed: "Completed", failed: "Failed", cancelled: "Cancelled",
};

/** Makes an element: properties, then children, which may be text. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "data") {
      Object.assign(element.dataset, value);
    } else if (name.startsWith("aria-") || name === "role" || name === "scope") {
      element.setAttribute(name, value);
    } else {
      element[name] = value;
    }
  }
  element.append(...children);
  return element;
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function duration(seconds) {
  if (seconds < 90) {
    return `${Math.max(1, Math.round(seconds))} s`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function ago(instant) {
  return `${duration((Date.now() - Date.parse(instant)) / 1000)} ago`;
}

/** Keeps a list in step with its entries: an element for each, which is updated in place so that focus and scrolling stay. */
export function sync(list, entries, keyOf, create) {
  const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const entry of entries) {
    const key = keyOf(entry);
    let element = before.get(key);
    before.delete(key);
    if (element === undefined) {
      element = create(entry);
      element.dataset.key = key;
    }
    if (element !== place) {
      list.insertBefore(element, place);
    } else {
      place = place.nextElementSibling;
    }
    element.update?.(entry);
  }
  before.forEach((element) => element.remove());
}

/** The card of a job. */
export function jobCard(acts) {
  return (first) => {
    const id = first.id;
    const name = make("h3");
    const chip = make("span", { className: "chip" });
    const buttons = make("div", { className: "job-buttons" });
    const canvas = make("canvas", { "aria-hidden": "true" });
    const bar = make("div", { className: "bar", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" }, canvas);
    const facts = make("p", { className: "facts" });
    const failure = make("p", { className: "failure", hidden: true });
    const waits = make("ul", { className: "waits", "aria-label": "Why it waits", hidden: true });
    const warnings = make("ul", { className: "warnings", "aria-label": "Warnings", hidden: true });
    const thumbs = make("div", { className: "thumbs", hidden: true });
    const details = make("div", { className: "details", hidden: true, id: `details-${id}` });
    const button = (label, act, kind = "quiet") => {
      const made = make("button", { type: "button", className: kind, onclick: () => acts.act(label, () => act(id)) }, label);
      made.setAttribute("aria-label", `${label} ${first.name ?? id}`);
      buttons.append(made);
      return made;
    };
    const pause = button("Pause", (job) => api.change(job, "pause"));
    const resume = button("Resume", (job) => api.change(job, "resume"));
    const retry = button("Retry", (job) => api.change(job, "retry"));
    const cancel = button("Cancel", api.cancel, "quiet danger");
    const more = make("button", { type: "button", className: "quiet", "aria-expanded": "false", "aria-controls": details.id }, "Details");
    more.setAttribute("aria-label", `Details of ${first.name ?? id}`);
    buttons.append(more);
    const card = make("li", { className: "job" },
      make("div", { className: "job-head" }, name, chip, make("span", { className: "job-id" }, id), buttons),
      bar, facts, failure, waits, warnings, thumbs, details);

    more.onclick = () => {
      const open = details.hidden;
      details.hidden = !open;
      more.setAttribute("aria-expanded", String(open));
      acts.opened(id, open);
    };
    card.isOpen = () => !details.hidden;
    card.paint = () => card.job && paintBar(canvas, card.job);
    card.update = (job) => {
      const whole = job.batches ? job : { ...job, batches: card.job?.batches ?? null };
      card.job = whole;
      setText(name, whole.name ?? "Job without a name");
      setText(chip, NAMES[whole.state] ?? whole.state);
      chip.dataset.state = whole.state;
      const ended = ["completed", "failed", "cancelled"].includes(whole.state);
      const locked = !acts.mayChange(whole);
      pause.hidden = locked || ended || whole.state === "paused";
      resume.hidden = locked || whole.state !== "paused";
      retry.hidden = locked || !(whole.state === "failed" || whole.state === "cancelled" || whole.failed !== "");
      cancel.hidden = locked || ended;
      const percent = Math.floor(whole.progress * 100);
      bar.setAttribute("aria-valuenow", String(percent));
      bar.setAttribute("aria-label", `Progress of ${whole.name ?? id}`);
      fillFacts(facts, whole, percent);
      failure.hidden = !whole.failure;
      setText(failure, whole.failure ? `${whole.failure.kind}: ${whole.failure.message}` : "");
      fillWaits(waits, ended ? [] : whole.waitingFor?.causes ?? []);
      fillWarnings(warnings, whole.warnings ?? []);
      card.paint();
      if (acts.mayFetch(whole)) {
        fillThumbs(thumbs, whole, acts.show);
      }
      if (card.isOpen()) {
        fillDetails(details, whole, acts.mayFetch(whole));
      }
    };
    return card;
  };
}

function fillWarnings(list, warnings) {
  fillLines(list, warnings.map(({ frame, message }) => (frame === null ? message : `Frame ${frame}: ${message}`)));
}

/** Why frames wait, and what would change that. */
function fillWaits(list, causes) {
  fillLines(list, causes.map(({ message, remedy, until }) =>
    `${message} ${remedy}${until ? ` Until ${new Date(until).toLocaleTimeString()} at least.` : ""}`));
}

function fillLines(list, lines) {
  list.hidden = lines.length === 0;
  if (list.children.length !== lines.length) {
    list.replaceChildren(...lines.map(() => make("li")));
  }
  lines.forEach((line, i) => setText(list.children[i], line));
}

function paintBar(canvas, job) {
  const busy = (job.batches ?? []).filter((batch) => batch.state === "running" || batch.state === "dispatched");
  frames.draw(canvas, job.frames, [
    { text: job.frames, colour: colour("--idle") },
    ...busy.map((batch) => ({ text: batch.frames, colour: colour("--busy") })),
    { text: job.unverified, colour: colour("--warn") },
    { text: job.accepted, colour: colour("--good") },
    { text: job.failed, colour: colour("--bad") },
  ]);
}

function fillFacts(facts, job, percent) {
  const all = frames.count(job.frames);
  const done = frames.count(job.accepted) + frames.count(job.unverified);
  const lost = frames.count(job.failed);
  const texts = [`frames ${job.frames}`];
  if (lost > 0) {
    texts.push(`${lost} failed`);
  }
  if (job.framesPerSecond && !job.endedAt) {
    texts.push(`${job.framesPerSecond.toFixed(2)} frames a second`);
  }
  if (job.secondsLeft && !job.endedAt) {
    texts.push(`about ${duration(job.secondsLeft)} left`);
  }
  texts.push(job.endedAt ? `ended ${ago(job.endedAt)}` : `submitted ${ago(job.submittedAt)}`);
  if (job.priority !== 0) {
    texts.push(`priority ${job.priority}`);
  }
  facts.replaceChildren(
    make("span", {}, make("strong", {}, `${done} of ${all}`), ` frames · ${percent} %`),
    ...texts.map((text) => make("span", {}, text)));
}

function fillThumbs(thumbs, job, show) {
  const newest = frames.newest(job.accepted, THUMBS).reverse();
  thumbs.hidden = newest.length === 0;
  sync(thumbs, newest, String, (frame) => {
    const name = `Frame ${frame} of ${job.name ?? job.id}`;
    const image = make("img", { src: api.picture(job.id, frame), alt: name, loading: "lazy", decoding: "async" });
    const thumb = make("button", { type: "button", className: "thumb", onclick: () => show(job.id, frame, name) }, image, make("span", { "aria-hidden": "true" }, String(frame)));
    // Formats that browsers do not show, such as OpenEXR.
    image.onerror = () => image.remove();
    return thumb;
  });
}

/** How long the parts of an attempt took that are known. */
function took(attempt) {
  const parts = [["waited", attempt?.queueSeconds], ["loaded", attempt?.loadSeconds], ["rendered", attempt?.renderSeconds]];
  return parts.filter(([, seconds]) => seconds >= 0.5).map(([what, seconds]) => `${what} ${duration(seconds)}`).join(", ") || "–";
}

function why(attempt) {
  return attempt?.failure ? `${attempt.failure.kind}: ${attempt.failure.message}` : "–";
}

function fillDetails(details, job, mayFetch) {
  const attempts = new Map((job.attempts ?? []).map((attempt) => [attempt.batch, attempt]));
  const rows = (job.batches ?? []).slice(-100).reverse().map((batch) => make("tr", {},
    make("th", { scope: "row" }, batch.id),
    make("td", {}, batch.frames),
    make("td", {}, batch.state),
    make("td", {}, batch.node ?? "–"),
    make("td", {}, String(batch.attempt)),
    make("td", {}, took(attempts.get(batch.id))),
    make("td", {}, why(attempts.get(batch.id))),
    make("td", {}, ...(mayFetch
      ? [make("a", { href: api.log(job.id, batch.id), target: "_blank", rel: "noopener", "aria-label": `Log of batch ${batch.id}` }, "Log")]
      : []))));
  const head = ["Batch", "Frames", "State", "Node", "Try", "Took", "Why it ended", "Log"].map((text) => make("th", { scope: "col" }, text));
  details.replaceChildren(
    make("div", { className: "scroll" }, make("table", {}, make("caption", {}, "Batches, the newest first"),
      make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))),
    make("p", { hidden: !mayFetch }, make("a", { href: api.archive(job.id) }, "Download all frames as a zip")));
}

/** The card of a node. */
export function nodeCard(acts) {
  return () => newNodeCard(acts);
}

/** A bar of slots, those that are busy first. */
function fillSlots(slots, { busy, slots: all }) {
  slots.setAttribute("aria-label", `${busy} of ${all} slots busy`);
  slots.replaceChildren(...Array.from({ length: Math.min(all, 64) },
    (unused, at) => make("span", { className: at < busy ? "slot busy" : "slot" })));
  slots.hidden = all === 0;
}

/** The line of a place where no nodes can be looked for now. */
export function blindPlace() {
  const line = make("li");
  line.update = (place) => setText(line, `${place.source}: ${place.trouble}. Its ${place.nodes} nodes stay.`);
  return line;
}

/** The card of a pool, with its workers. */
export function poolCard() {
  const name = make("h3");
  const chip = make("span", { className: "chip" });
  const slots = make("div", { className: "slots", role: "img" });
  const facts = make("p");
  const workers = make("ul", { className: "nodes" });
  const card = make("li", { className: "node" }, make("div", { className: "node-head" }, name, chip), slots, facts, workers);
  card.update = (pool) => {
    setText(name, pool.name);
    setText(chip, pool.state);
    chip.dataset.state = pool.state === "up" ? "up" : "down";
    fillSlots(slots, pool);
    const told = [`${pool.busy} of ${pool.slots} busy`, `${pool.held} of ${pool.capacity} batches out`];
    if (pool.waiting !== null) {
      told.push(`${pool.waiting} waiting`);
    }
    if (pool.oldestWaitingSeconds > 0) {
      told.push(`the oldest for ${duration(pool.oldestWaitingSeconds)}`);
    }
    if (pool.trouble) {
      told.push(pool.trouble);
    }
    setText(facts, told.join(" · "));
    sync(workers, pool.workers, (worker) => worker.id, workerCard);
    workers.setAttribute("aria-label", `Workers of ${pool.name}`);
  };
  return card;
}

function workerCard() {
  const name = make("h4");
  const chip = make("span", { className: "chip" });
  const slots = make("div", { className: "slots", role: "img" });
  const facts = make("p");
  const card = make("li", { className: "node" }, make("div", { className: "node-head" }, name, chip), slots, facts);
  card.update = (worker) => {
    setText(name, worker.id);
    setText(chip, worker.state);
    chip.dataset.state = worker.state;
    fillSlots(slots, worker);
    const told = [`${worker.busy} of ${worker.slots} busy`, `heard ${ago(worker.lastSeenAt)}`];
    Object.entries(worker.labels).forEach(([label, value]) => told.push(`${label}=${value}`));
    setText(facts, told.join(" · "));
  };
  return card;
}

function newNodeCard(acts) {
  const name = make("h3");
  const chip = make("span", { className: "chip" });
  const slots = make("div", { className: "slots", role: "img" });
  const facts = make("p");
  const where = make("p");
  const drain = make("button", { type: "button", className: "quiet", hidden: true });
  const card = make("li", { className: "node" },
    make("div", { className: "node-head" }, name, chip), slots, facts,
    make("div", { className: "node-foot" }, where, drain));
  card.update = (node) => {
    const label = node.state === "draining" ? "Resume" : "Drain";
    drain.hidden = !acts.may("operator") || !["up", "draining"].includes(node.state);
    setText(drain, label);
    drain.setAttribute("aria-label", `${label} ${node.id}`);
    drain.onclick = () => acts.act(label, () => api.changeNode(node.id, label.toLowerCase()));
    setText(name, node.id ?? "Unknown node");
    setText(chip, node.state);
    chip.dataset.state = node.state;
    fillSlots(slots, node);
    const told = [node.lastSeenAt ? `${node.busy} of ${node.slots} busy` : "Has not answered yet"];
    if (node.framesPerSecond) {
      told.push(`${node.framesPerSecond.toFixed(2)} frames a second`);
    }
    if (node.failures > 0) {
      told.push(`${node.failures} failures in a row`);
    }
    if (node.trouble) {
      told.push(node.trouble);
    }
    Object.entries(node.labels ?? {}).forEach(([label, value]) => told.push(`${label}=${value}`));
    setText(facts, told.join(" · "));
    setText(where, node.url);
  };
  return card;
}
