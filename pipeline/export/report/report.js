"use strict";
const byId = (id) => document.getElementById(id);
const evidence = JSON.parse(byId("evidence").textContent);
const table = byId("table");
const rows = table ? [...table.tBodies[0].rows] : [];
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Search, columns and channels -------------------------------------------------------------------------------------
const cellsOf = (row, where) => (where ? [...row.cells].filter((cell) => cell.dataset.field === where) : [...row.cells]);
const textOf = (cell) => fold([cell.textContent, ...[...cell.querySelectorAll("[data-curie]")].map((v) => v.dataset.curie)].join(" "));

function filter() {
  const words = fold(byId("search").value).split(/\s+/).filter(Boolean);
  const where = byId("where").value;
  const channel = byId("channel").value;
  let shown = 0;
  for (const row of rows) {
    for (const value of row.querySelectorAll(".value")) value.hidden = channel && !value.dataset.channels.split(" ").includes(channel);
    const text = cellsOf(row, where).map(textOf).join("\n");
    const kept = words.every((word) => text.includes(word)) && (!channel || row.querySelector(".value:not([hidden])"));
    row.hidden = !kept;
    shown += kept ? 1 : 0;
  }
  byId("count").textContent = `${shown} of ${rows.length} records`;
}

// Sorting ----------------------------------------------------------------------------------------------------------
const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function sortKey(row, field) {
  const cell = row.querySelector(`[data-field="${field}"]`);
  if (field === "study") return cell.querySelector(".key").textContent;
  const first = cell.querySelector(".value:not([hidden])");
  return first ? first.textContent : "";
}

function sortBy(button) {
  const head = button.closest("th");
  const direction = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const other of table.tHead.querySelectorAll("th")) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  const keyed = rows.map((row) => [sortKey(row, button.dataset.sort), row]);
  // what has no value stands last whichever way
  keyed.sort(([a], [b]) => (!a - !b) || direction * order.compare(a, b));
  table.tBodies[0].append(...keyed.map(([, row]) => row));
}

// Evidence ---------------------------------------------------------------------------------------------------------
let opener = null;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function item(found) {
  const quote = element("blockquote");
  quote.append(found.before, element("mark", found.mention), found.after);
  const pages = found.pages.length ? `page ${found.pages.join(", ")}` : "no pages";
  const where = [found.source, pages, ...found.section].join(" › ");
  const how = `${found.method}, score ${found.score.toFixed(2)}`;
  const made = element("li");
  made.append(quote, element("p", where, "where"), element("p", how, "where"));
  return made;
}

function open(value) {
  if (opener) opener.removeAttribute("aria-expanded");
  opener = value;
  value.setAttribute("aria-expanded", "true");
  byId("panel-title").textContent = value.textContent;
  const links = byId("panel-links");
  links.replaceChildren();
  if (value.dataset.curie) {
    const link = element("a", value.dataset.curie);
    link.href = value.dataset.url;
    link.rel = "noreferrer";
    links.append(link);
  } else {
    links.append("no identifier settled");
  }
  byId("panel-caution").textContent = value.dataset.caution || "";
  const numbers = value.dataset.evidence.split(" ").filter(Boolean).map(Number);
  byId("panel-list").replaceChildren(...numbers.map((number) => item(evidence[number])));
  byId("panel").hidden = false;
  byId("panel-title").focus();
}

function close() {
  byId("panel").hidden = true;
  if (!opener) return;
  opener.removeAttribute("aria-expanded");
  opener.focus();
  opener = null;
}

document.addEventListener("click", (event) => {
  const value = event.target.closest(".value");
  const head = event.target.closest("[data-sort]");
  if (value) open(value);
  else if (head) sortBy(head);
  else if (event.target.closest("#close")) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !byId("panel").hidden) close();
});
if (table) {
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("tools").addEventListener("input", filter);
}
