"use strict";
const byId = (id) => document.getElementById(id);
const pages = document.querySelector(".pages");
const fields = byId("fields");
const values = () => [...fields.querySelectorAll(".value")];
const points = (text) => [...text].length; // offsets count code points

// Pages: pictures come when they are near; a value lights all of its boxes ------------------------------------------
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    const image = target.querySelector("image");
    image.setAttribute("href", image.dataset.href);
    near.unobserve(target);
  }
}, { root: null, rootMargin: "600px" });
document.querySelectorAll(".page").forEach((page) => {
  // without a picture (the file is gone) the text over it is what there is to read
  page.querySelector("image").addEventListener("error", () => page.classList.add("bare"));
  near.observe(page);
});

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
  first?.scrollIntoView({ block: "center", behavior: "auto" });
}

// A document without pages: its text is marked instead.
function lightText(places) {
  if (!window.Highlight) return null;
  const ranges = places.map(rangeOf).filter(Boolean);
  CSS.highlights.set("lit", new Highlight(...ranges));
  return ranges.length ? ranges[0].startContainer.parentElement : null;
}

function rangeOf({ start, end }) {
  for (const block of document.querySelectorAll(".pages > p[data-start]")) {
    const from = start - Number(block.dataset.start);
    const letters = [...block.textContent];
    if (from < 0 || from >= letters.length) continue;
    const range = document.createRange();
    range.setStart(block.firstChild, letters.slice(0, from).join("").length);
    range.setEnd(block.firstChild, letters.slice(0, from + end - start).join("").length);
    return range;
  }
  return null;
}

// Talking to the server: a form is sent, the answer takes the place of the fields -------------------------------------
// Decisions go one after the other, and the focus moves on at once, so that nobody has to wait for the app.
let pending = Promise.resolve();

function post(address, form) {
  const decided = document.activeElement.closest(".value");
  const place = decided ? values().indexOf(decided) : -1;
  if (decided && form.get("action")) focusValue(place + 1);
  pending = pending.then(() => send(address, form, place));
}

async function send(address, form, place) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(form) }).catch(() => null);
  if (!answer) {
    byId("message").textContent = "Not kept: the app does not answer. Is it still running?";
    return;
  }
  const text = await answer.text();
  byId("message").textContent = answer.ok ? "" : text;
  if (!answer.ok) {
    focusValue(place);
    return;
  }
  const focused = document.activeElement.closest("#fields .value, #fields");
  const at = focused ? Math.max(values().indexOf(focused), 0) : place;
  const elsewhere = document.activeElement !== document.body && !focused;
  fields.innerHTML = text; // the server's own template, escaped there
  if (form.get("start")) {
    byId("adding").reset();
    byId("adding").hidden = true;
  }
  if (!elsewhere && at >= 0) focusValue(at);
}

function focusValue(place) {
  const all = values();
  if (all.length) all[Math.max(0, Math.min(place, all.length - 1))].focus();
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.post) post(form.dataset.post, new FormData(form, event.submitter));
  if (form.dataset.get) {
    const answer = await fetch(`${form.dataset.get}?${new URLSearchParams(new FormData(form))}`);
    byId("found").innerHTML = await answer.text();
    byId("found").querySelector("button")?.focus();
  }
});

// Adding what is selected on the page ---------------------------------------------------------------------------------
function offsetOf(node, offset) {
  const holder = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.("[data-start]");
  if (!holder) return null;
  return Number(holder.dataset.start) + points(holder.textContent.slice(0, node.nodeType === Node.TEXT_NODE ? offset : 0));
}

function offerSelected() {
  const selection = getSelection();
  if (selection.isCollapsed || !pages.contains(selection.anchorNode)) {
    byId("message").textContent = "Select the name on the page first, or find it with /.";
    return;
  }
  const range = selection.getRangeAt(0);
  const start = offsetOf(range.startContainer, range.startOffset);
  const end = offsetOf(range.endContainer, range.endOffset);
  if (start !== null && end !== null && start < end) offer(start, end, selection.toString());
}

function offer(start, end, words) {
  const form = byId("adding");
  form.elements.start.value = start;
  form.elements.end.value = end;
  byId("adding-words").textContent = words;
  form.elements.name.value = words.replace(/\s+/g, " ").trim();
  form.elements.curie.value = "";
  form.hidden = false;
  byId("message").textContent = "";
  form.elements.field.focus();
}

pages.addEventListener("mouseup", () => { if (!getSelection().isCollapsed) offerSelected(); });

// Mouse and keys ------------------------------------------------------------------------------------------------------
document.addEventListener("focusin", (event) => {
  const holder = event.target.closest("[data-places]");
  if (!holder) return;
  document.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit"));
  holder.classList.add("lit");
  light(JSON.parse(holder.dataset.places));
});

function correct(value) {
  const form = value.querySelector(".correcting");
  form.hidden = false;
  form.elements.name.select();
}

document.addEventListener("click", (event) => {
  const found = (selector) => event.target.closest(selector);
  if (found("[data-correct]")) correct(found(".value"));
  else if (found("[data-close]")) byId(found("[data-close]").dataset.close).hidden = true;
  else if (found("[data-pick]")) {
    const { start, end, words } = found("[data-pick]").dataset;
    offer(Number(start), Number(end), words);
  } else if (found("[data-places]") && !found("button, input, a")) found("[data-places]").focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    byId("adding").hidden = true;
    document.activeElement.closest(".value")?.focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const value = document.activeElement.closest(".value");
  const press = (action) => value?.querySelector(`button[value="${action}"]`)?.click();
  const keys = {
    j: () => focusValue(value ? values().indexOf(value) + 1 : 0),
    k: () => focusValue(value ? values().indexOf(value) - 1 : 0),
    a: () => press("accept"),
    r: () => press("reject"),
    c: () => value && correct(value),
    u: () => byId("undo").click(),
    s: offerSelected,
    "/": () => byId("finding").elements.q.focus(),
    n: () => byId("after").click(),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
