"use strict";
const byId = (id) => document.getElementById(id);
// The evidence is JSON, compressed with gzip, in Base64. Browsers of before 2023 have no DecompressionStream.
let data = null;
async function unpack() {
  const bytes = Uint8Array.from(atob(byId("data").textContent), (letter) => letter.charCodeAt(0));
  data = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}
const unpacked = unpack().then(() => true, () => false);
const table = byId("table");
const rows = table ? [...table.tBodies[0].rows].filter((row) => !row.classList.contains("single")) : [];
// A study of which several papers tell is one row; what each tells follows it, and is shown on request.
const singlesOf = new Map(rows.map((row) => [row, []]));
for (const row of table ? table.querySelectorAll("tr.single") : []) {
  let study = row.previousElementSibling;
  while (study.classList.contains("single")) study = study.previousElementSibling;
  singlesOf.get(study).push(row);
}
const withSingles = (sorted) => sorted.flatMap((row) => [row, ...singlesOf.get(row)]);

function unfold(row, shown) {
  const button = row.querySelector(".sources");
  if (!button) return;
  button.setAttribute("aria-expanded", shown);
  for (const single of singlesOf.get(row)) single.hidden = !shown;
}
// Case, accents and hyphens make no difference: hepg2 finds Hep-G2.
const fold = (text) => text.normalize("NFKD").replace(/[\p{M}\p{Pd}]/gu, "").toLowerCase();

// Search ------------------------------------------------------------------------------------------------------------
const textOf = (cell) =>
  fold([cell.textContent, cell.querySelector("a.doi")?.title, ...[...cell.querySelectorAll(".value")].flatMap((v) => [v.dataset.curie, v.dataset.searchFor])].join(" "));
const texts = rows.map((row) => Object.fromEntries([...row.cells].map((cell) => [cell.dataset.field, textOf(cell)])));

// Words are looked for one by one; lines, as a plot's cells give them, as a whole.
const wanted = (query) => (query.includes("\n") ? query.split("\n") : query.split(/\s+/)).filter(Boolean).map(fold);
let phrases = null;

function filter() {
  const words = phrases ?? wanted(byId("search").value);
  const where = byId("where").value;
  const channel = byId("channel").value;
  const differing = byId("differing")?.checked;
  const below = Number(byId("below").value) || 2;
  let shown = 0;
  rows.forEach((row, number) => {
    if (channel || row.dataset.narrowed) {
      row.dataset.narrowed = channel;
      for (const value of row.querySelectorAll(".value")) value.hidden = channel !== "" && !value.dataset.channels.split(" ").includes(channel);
    }
    const text = where ? texts[number][where] : Object.values(texts[number]).join("\n");
    const kept = words.every((word) => text.includes(word)) && (!channel || row.querySelector(".value:not([hidden])") !== null) && (!differing || row.querySelector(".differ") !== null) && (below > 1 || [...row.querySelectorAll(".value:not([hidden])")].some((value) => Number(value.dataset.score) < below));
    row.hidden = !kept;
    if (!kept) unfold(row, false);
    shown += kept ? 1 : 0;
  });
  byId("count").textContent = `${shown} of ${rows.length} ${byId("count").dataset.noun}`;
  byId("nothing").hidden = shown > 0;
}

function searchFor(query) {
  byId("tools").reset();
  phrases = wanted(query);
  byId("search").value = query.replace("\n", " ");
  filter();
  byId("records").focus();
  byId("records").scrollIntoView();
}

// Sorting -----------------------------------------------------------------------------------------------------------
const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function sortKey(row, field) {
  const cell = row.querySelector(`[data-field="${field}"]`);
  const shown = cell.querySelector(field === "study" ? ".key" : ".value:not([hidden])");
  return shown ? shown.textContent : "";
}

function sortBy(button) {
  const head = button.closest("th");
  const direction = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const other of table.tHead.querySelectorAll("th")) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  const keyed = rows.map((row) => [sortKey(row, button.dataset.sort), row]);
  keyed.sort(([a], [b]) => !a - !b || direction * order.compare(a, b)); // what has no value stands last either way
  table.tBodies[0].append(...withSingles(keyed.map(([, row]) => row)));
}

// "Most doubtful first", and the order of the papers again.
const first = [...rows];
function reorder() {
  for (const head of table.tHead.querySelectorAll("th")) head.setAttribute("aria-sort", "none");
  const doubtful = (row) => Number(row.dataset.opposed) + Number(row.dataset.doubt);
  table.tBodies[0].append(...withSingles(byId("order").value ? [...first].sort((a, b) => doubtful(b) - doubtful(a)) : first));
}

// The rows in sight as CSV, for a spreadsheet: nothing in it runs as a formula.
const cellOf = (text) => `"${(/^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/.test(text) ? "'" : "") + text.replace(/\s+/g, " ").trim().replaceAll('"', '""')}"`;

function download() {
  const fields = [...table.tHead.querySelectorAll("[data-sort]")].map((button) => button.dataset.sort).slice(1);
  const lines = [["study", "formulation", "citation", "doi", "title", "file", ...fields, ...fields.map((name) => `${name}_ids`), "lowest_score"]];
  for (const row of table.tBodies[0].rows) {
    if (row.hidden || row.classList.contains("single")) continue; // a study counts once
    const text = (selector) => row.querySelector(selector)?.textContent ?? "";
    const values = (name) => [...row.querySelectorAll(`[data-field="${name}"] .value:not([hidden])`)];
    lines.push([text(".key"), text(".name b"), text(".doi"), row.querySelector("a.doi")?.href ?? "", text(".title"), text(".source"),
      ...fields.map((name) => values(name).map((value) => value.firstChild.data.trim()).join("; ")),
      ...fields.map((name) => values(name).map((value) => value.dataset.curie ?? "none").join("; ")),
      (1 - row.dataset.doubt).toFixed(2)]);
  }
  const link = element("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", ...lines.map((line) => line.map(cellOf).join(",") + "\r\n")], { type: "text/csv" }));
  link.download = "records-chosen.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// Evidence ----------------------------------------------------------------------------------------------------------
let opener = null;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function drawn(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// A picture is fetched when its value is opened; of what it shows, the part around the mention.
function picture(found) {
  const [page, x0, top, x1, bottom] = data.boxes[found.crop];
  const [, left, upper, right, lower] = found.window;
  const figure = drawn("svg", { viewBox: `${left} ${upper} ${right - left} ${lower - upper}`, class: "crop", role: "img", "aria-label": `Page ${page} with the words marked` });
  const image = drawn("image", { x: x0, y: top, width: x1 - x0, height: bottom - top, href: `${data.folder}/${data.pictures[found.crop]}` });
  image.addEventListener("error", () => figure.remove()); // the report was moved without its pictures
  figure.append(image);
  for (const [boxPage, a, b, c, d] of found.boxes)
    if (boxPage === page) figure.append(drawn("rect", { x: a - 1, y: b - 1, width: c - a + 2, height: d - b + 2 }));
  return figure;
}

// A paper without pages is shown by its own blocks and tables, made here from their text.
function runs(holder, all, [from, to]) {
  for (const [start, text, script] of all) {
    const letters = [...text]; // offsets count code points
    const cuts = [0, from - start, to - start, letters.length].map((at) => Math.max(0, Math.min(at, letters.length)));
    for (const [part, name] of [[0, script || "span"], [1, "mark"], [2, script || "span"]]) {
      const words = letters.slice(cuts[part], cuts[part + 1]).join("");
      if (!words) continue;
      const made = element(name === "mark" && script ? script : name);
      made.append(name === "mark" && script ? element("mark", words) : words);
      holder.append(made);
    }
  }
  return holder;
}

function rendering(found) {
  const figure = element("div", undefined, "rendering");
  for (const block of data.renderings[found.rendering]) {
    if (!block.rows.length) figure.append(runs(element("p"), block.runs, found.at));
    else {
      const made = element("table");
      for (const cells of block.rows) {
        const row = made.insertRow();
        for (const [all, heading, down, across] of cells) {
          const cell = element(heading ? "th" : "td");
          cell.rowSpan = down;
          cell.colSpan = across;
          row.append(runs(cell, all, found.at));
        }
      }
      figure.append(made);
    }
  }
  return figure;
}

function item(found) {
  const { text, where, source } = data.passages[found.passage];
  const letters = Array.from(text); // offsets count code points
  const part = (from, to) => letters.slice(from, to).join("");
  const quote = element("blockquote");
  quote.append(part(0, found.start), element("mark", part(found.start, found.end)), part(found.end));
  const made = element("li");
  made.append(quote);
  if (found.crop !== null && data.pictures[found.crop]) made.append(picture(found));
  if (found.rendering !== undefined) made.append(rendering(found));
  const pages = found.pages.length ? `page ${found.pages.join(", ")}` : "";
  made.append(element("p", [source, pages, where].filter(Boolean).join(" › "), "where"));
  made.append(element("p", `name found by ${found.method}`, "where"));
  return made;
}

function links(value) {
  if (!value.dataset.curie) return "no identifier could be settled";
  const link = element("a", value.dataset.curie);
  link.href = value.dataset.url;
  link.rel = "noreferrer";
  return link;
}

function fill(value) {
  const numbers = value.dataset.evidence.split(" ").filter(Boolean).map(Number);
  byId("panel-list").replaceChildren(...numbers.map((number) => item(data.evidence[number])));
  for (const shown of document.querySelectorAll("#panel .rendering")) {
    const mark = shown.querySelector("mark");
    if (mark) shown.scrollTop = mark.getBoundingClientRect().top - shown.getBoundingClientRect().top - 60;
  }
}

function apologise() {
  byId("panel-list").replaceChildren(element("li", "This browser cannot unpack the sentences. Open the report with a newer one, or see the sheet Values of records.xlsx."));
}

function open(value) {
  if (opener) opener.removeAttribute("aria-expanded");
  opener = value;
  value.setAttribute("aria-expanded", "true");
  const cell = value.closest("td");
  const study = cell.parentElement.querySelector(".key").textContent;
  byId("panel-field").textContent = `${cell.dataset.title} of study ${study}, stated in ${value.dataset.channels.replace(" ", " and ")}`;
  byId("panel-title").textContent = value.firstChild.data.trim();
  byId("panel-links").replaceChildren(links(value));
  byId("panel-score").textContent = `Score ${value.dataset.score}` + (value.dataset.decision ? `; ${value.dataset.decision}, by ${value.dataset.decidedBy}` : "");
  byId("panel-caution").textContent = value.dataset.caution || "";
  byId("panel").hidden = false;
  document.body.classList.add("reading"); // the table gives way to the panel, so the value moves: it is brought back
  value.scrollIntoView({ block: "nearest", inline: "nearest" });
  byId("panel-list").replaceChildren();
  if (data) fill(value);
  else unpacked.then((done) => { if (opener === value) done ? fill(value) : apologise(); });
  byId("panel").scrollTop = 0;
  byId("panel-title").focus();
}

function step(by) {
  const shown = [...table.querySelectorAll("tr:not([hidden]) .value:not([hidden])")];
  const next = shown[shown.indexOf(opener) + by];
  if (next) open(next);
}

function close() {
  byId("panel").hidden = true;
  document.body.classList.remove("reading");
  opener.removeAttribute("aria-expanded");
  opener.focus({ preventScroll: true });
  opener.scrollIntoView({ block: "nearest", inline: "nearest" });
  opener = null;
}

document.addEventListener("click", (event) => {
  const found = (selector) => event.target.closest(selector);
  if (found(".value")) open(found(".value"));
  else if (found(".sources")) unfold(found("tr"), found(".sources").getAttribute("aria-expanded") !== "true");
  else if (found("[data-sort]")) sortBy(found("[data-sort]"));
  else if (found("[data-search]")) searchFor(found("[data-search]").dataset.search);
  else if (found("#download")) download();
  else if (found("#next")) step(1);
  else if (found("#previous")) step(-1);
  else if (found("#close")) close();
});
document.addEventListener("keydown", (event) => {
  if (byId("panel").hidden) return;
  if (event.key === "Escape") close();
  else if (byId("panel").contains(document.activeElement) && event.key === "ArrowRight") step(1);
  else if (byId("panel").contains(document.activeElement) && event.key === "ArrowLeft") step(-1);
});
if (table) {
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("tools").addEventListener("input", (event) => { phrases = null; if (event.target.id === "order") reorder(); filter(); });
  byId("tools").addEventListener("reset", () => { phrases = null; setTimeout(() => { reorder(); filter(); }); });
}
