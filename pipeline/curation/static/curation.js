"use strict";
const byId = (id) => document.getElementById(id);
const pages = document.querySelector(".pages");
const fields = byId("fields");
const stops = () => (fields ? [...fields.querySelectorAll(".stop")] : []);
const points = (text) => [...text].length; // offsets count code points, a string's own count does not

function say(message, bad = false) {
  byId("message").textContent = message;
  byId("message").classList.toggle("bad", bad);
}

// Pages: a page's picture and characters come when it is near -------------------------------------------------------
async function load(page) {
  const image = page.querySelector("image");
  if (image) {
    image.addEventListener("load", () => page.classList.add("drawn"), { once: true });
    image.setAttribute("href", image.dataset.href);
  }
  const text = page.querySelector(".text");
  const answer = await fetch(text.dataset.lines);
  if (answer.ok) text.innerHTML = await answer.text(); // the server's own template, escaped there
}

const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    load(target);
  }
}, { rootMargin: "800px" });
document.querySelectorAll(".page").forEach((page) => near.observe(page));

// A value lights all of its boxes, over columns and pages -----------------------------------------------------------
function light(places) {
  document.querySelectorAll(".lights").forEach((lights) => lights.replaceChildren());
  let first = null;
  for (const [number, x0, top, x1, bottom] of places.flatMap((place) => place.boxes)) {
    const lights = document.querySelector(`.page[data-page="${Number(number)}"] .lights`);
    if (!lights) continue;
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: x0 - 1, y: top - 1, width: x1 - x0 + 2, height: bottom - top + 2 })) rect.setAttribute(name, value);
    lights.append(rect);
    first ??= rect;
  }
  first ??= lightText(places);
  if (first) bringIntoView(first);
}

// Only the paper is scrolled: what the curator reads beside it stays where it is.
function bringIntoView(target) {
  const box = target.getBoundingClientRect(), frame = pages.getBoundingClientRect();
  if (box.top < frame.top + 60 || box.bottom > frame.bottom - 60) pages.scrollTop += (box.top + box.bottom) / 2 - (frame.top + frame.bottom) / 2;
  if (box.left < frame.left || box.right > frame.right) pages.scrollLeft += (box.left + box.right) / 2 - (frame.left + frame.right) / 2;
}

function lightText(places) {
  if (!window.Highlight) return null;
  const ranges = places.map(rangeOf).filter(Boolean);
  CSS.highlights.set("lit", new Highlight(...ranges));
  return ranges.length ? ranges[0].startContainer.parentElement : null;
}

function rangeOf({ start, end }) {
  const from = spotOf(start, false), to = spotOf(Math.max(end, start + 1), true);
  if (!from || !to) return null;
  const range = document.createRange();
  range.setStart(...from);
  range.setEnd(...to);
  return range;
}

// Where an offset stands in a paper without pages: the text node, and how far into it.
function spotOf(offset, isEnd) {
  for (const run of document.querySelectorAll(".run")) {
    const letters = [...run.textContent], inside = offset - Number(run.dataset.start);
    if (isEnd ? inside > 0 && inside <= letters.length : inside >= 0 && inside < letters.length)
      return [run.firstChild, letters.slice(0, inside).join("").length];
  }
  return null;
}

// A form is sent and the answer takes the place of the fields. Decisions go one after the other, and the focus moves on
// at once, so that nobody has to wait for the app.
let pending = Promise.resolve();
const named = (key) => stops().find((stop) => stop.dataset.stop === key) ?? null;

async function send(form, action, data, stop) {
  const answer = await fetch(action, { method: "POST", headers: { "x-fragment": "1" }, body: new URLSearchParams(data) }).catch(() => null);
  const text = answer ? await answer.text() : "Not kept: the app does not answer. Is it still running?";
  if (!answer?.ok) {
    say(text, true);
    if (stop) focus(named(stop));
    return;
  }
  const restore = remember();
  fields.innerHTML = text; // the server's own template, escaped there
  say(fields.querySelector(".state").dataset.stated);
  if (form.id === "adding") {
    form.reset();
    form.hidden = true;
    focus(stops().find((each) => each.classList.contains("add")));
  } else restore();
}

// What the curator is at while an answer comes: a stop, or a correction half written.
function remember() {
  const active = document.activeElement, key = active.closest(".stop")?.dataset.stop;
  const writing = active.closest(".correcting form"), name = active.name;
  const written = writing && ["name", "curie"].map((each) => [each, writing.elements[each].value]);
  if (key === undefined) return () => {};
  return () => {
    const stop = named(key);
    if (!stop || !writing) return focus(stop);
    correct(stop);
    for (const [each, value] of written) stop.querySelector(`.correcting [name=${each}]`).value = value;
    stop.querySelector(`.correcting [name=${name || "name"}]`).focus();
  };
}

function focus(stop) {
  stop?.focus({ preventScroll: true });
  stop?.scrollIntoView({ block: "nearest" });
}

// What waits for a decision, if anything does.
const open = () => stops().find((stop) => !stop.matches(".accept, .add, .correct, .reject, .explained"));

function move(by) {
  const all = stops(), at = all.indexOf(document.activeElement.closest(".stop"));
  if (at < 0) return focus(open() ?? all[0]);
  focus(all[Math.max(0, Math.min(at + by, all.length - 1))]);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!fields || !(fields.contains(form) || form.id === "adding" || form.id === "finding")) return;
  event.preventDefault();
  if (form.id === "finding") {
    const answer = await fetch(`${form.action}?${new URLSearchParams(new FormData(form))}`).catch(() => null);
    if (!answer?.ok) return say("The app does not answer. Is it still running?", true);
    byId("found").innerHTML = await answer.text();
    byId("found").querySelector("button")?.focus();
    return;
  }
  const data = new FormData(form, event.submitter);
  const action = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const stop = form.closest(".stop");
  if (stop) {
    stop.focus({ preventScroll: true });
    move(1);
  }
  pending = pending.then(() => send(form, action, data, stop?.dataset.stop));
});

// Adding what is selected on the page -------------------------------------------------------------------------------
function offsetOf(node, offset) {
  const inText = node.nodeType === Node.TEXT_NODE;
  const holder = (inText ? node.parentElement : node).closest?.("[data-start]");
  if (!holder) return null;
  return Number(holder.dataset.start) + (inText ? points(node.data.slice(0, offset)) : offset ? points(holder.textContent) : 0);
}

function selected() {
  const selection = getSelection();
  if (!pages || selection.isCollapsed || !selection.rangeCount || !pages.contains(selection.anchorNode)) return null;
  const range = selection.getRangeAt(0);
  const start = offsetOf(range.startContainer, range.startOffset);
  const end = offsetOf(range.endContainer, range.endOffset);
  return start !== null && end !== null && start < end ? { start, end, words: selection.toString() } : null;
}

function offer({ start, end, words }) {
  const form = byId("adding");
  form.elements.start.value = start;
  form.elements.end.value = end;
  const line = words.replace(/\s+/g, " ").trim();
  byId("adding-words").textContent = line;
  form.elements.name.value = line;
  form.elements.curie.value = "";
  form.hidden = false;
  chosen = null;
  byId("offer").hidden = true;
  form.scrollIntoView({ block: "nearest" });
  say("");
  form.elements.field.focus();
}

// What the mouse selected last: a click elsewhere takes the selection away.
let chosen = null;

function offerSelected() {
  const place = selected() ?? chosen;
  if (place) offer(place);
  else say("Select the name on the page first, or find it with /.", true);
}

pages?.addEventListener("pointerup", () => setTimeout(() => {
  chosen = selected();
  byId("offer").hidden = !chosen;
  if (chosen) byId("offer").textContent = `Add “${chosen.words.replace(/\s+/g, " ").trim()}” (s)`;
}));

// Mouse and keys ----------------------------------------------------------------------------------------------------
document.addEventListener("focusin", (event) => {
  const holder = event.target.closest("[data-places]");
  if (!holder || holder.classList.contains("lit")) return;
  document.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit"));
  holder.classList.add("lit");
  light(JSON.parse(holder.dataset.places));
});

document.addEventListener("click", (event) => {
  const found = (selector) => event.target.closest(selector);
  if (found("#offer")) offerSelected();
  else if (found("[data-close]")) byId(found("[data-close]").dataset.close).hidden = true;
  else if (found("[data-pick]")) {
    const { start, end, words } = found("[data-pick]").dataset;
    offer({ start: Number(start), end: Number(end), words });
  } else if (found(".stop") && !found("button, input, a, summary, blockquote")) found(".stop").focus();
  else if (found("blockquote")) found(".stop")?.focus({ preventScroll: true });
});

function correct(stop) {
  const details = stop?.querySelector(".correcting");
  if (!details) return;
  details.open = true;
  stop.scrollIntoView({ block: "nearest" });
  details.scrollIntoView({ block: "nearest" });
  details.querySelector("[name=name]").select();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (byId("adding")) byId("adding").hidden = true;
    const stop = document.activeElement.closest(".stop") ?? document.querySelector(".stop.lit");
    const details = stop?.querySelector(".correcting");
    if (details) details.open = false;
    document.activeElement.blur(); // what was hidden would keep the focus for a moment, and take the next key
    return focus(stop);
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const stop = document.activeElement.closest(".stop");
  const press = (what) => stop?.querySelector(`[data-do="${what}"]`)?.click();
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    // what is accepted already is left as it is, and a name that no value claims is added by its own key
    a: () => (stop?.matches(".accept, .add") ? move(1) : stop?.querySelector('[data-do="add"]') ? say("Press d to add this name, r to set it aside.") : press("accept")),
    d: () => press("add"),
    o: () => byId("not-about")?.click(),
    r: () => press("reject"),
    1: () => press("1"),
    2: () => press("2"),
    c: () => correct(stop),
    x: () => byId("none")?.click(),
    u: () => byId("undo")?.click(),
    s: offerSelected,
    "/": () => byId("finding")?.elements.q.focus(),
    n: () => byId("after")?.click(),
    q: () => byId("queue").click(),
  };
  const act = Object.hasOwn(keys, event.key) && (fields || "nq".includes(event.key)) ? keys[event.key] : null;
  if (!act) return;
  event.preventDefault();
  if (fields && !stop && "adrc12".includes(event.key)) { // nothing is decided blindly: first it is shown what
    move(1);
    return say("Nothing was chosen, so nothing was done. This is the first that waits; j and k go down and up.", true);
  }
  act();
});

const begin = document.activeElement.closest(".stop") ?? open(); // the paper is opened where the work begins
if (begin) light(JSON.parse(begin.dataset.places));
