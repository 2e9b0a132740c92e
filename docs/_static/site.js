/* Long tables are sorted by their columns, and what scrolls sideways can be reached from the keyboard. */
"use strict";

const LONG = 8;

/* What a cell is sorted by: a number where it starts with one, otherwise its text. */
function value(row, column) {
  const text = row.cells[column].textContent.trim();
  const number = /^-?\d[\d,]*(\.\d+)?(e-?\d+)?/.exec(text);
  return number ? Number(number[0].replaceAll(",", "")) : text.toLowerCase();
}

function compare(a, b) {
  if (typeof a === typeof b) {
    return typeof a === "number" ? a - b : a.localeCompare(b);
  }
  return typeof a === "number" ? -1 : 1;
}

function sort(table, column, header) {
  const falls = header.getAttribute("aria-sort") === "ascending";
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => compare(value(a, column), value(b, column)) * (falls ? -1 : 1));
  table.tBodies[0].append(...rows);
  for (const other of table.tHead.rows[0].cells) {
    other.removeAttribute("aria-sort");
  }
  header.setAttribute("aria-sort", falls ? "descending" : "ascending");
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    if (!header.textContent.trim()) {
      return;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(table, column, header));
    header.append(button);
  });
}

for (const table of document.querySelectorAll("article table")) {
  if (table.tHead && table.tBodies.length && table.tBodies[0].rows.length >= LONG) {
    makeSortable(table);
  }
}

/* The theme has two asides on a page, and a reader who hears them wants to know which is which. */
document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "All pages");
document.querySelector(".toc-drawer")?.setAttribute("aria-label", "This page");

/* The theme marks the captions of its list of pages as headings, and leaves out of which level. */
for (const caption of document.querySelectorAll("[role=heading]:not([aria-level])")) {
  caption.setAttribute("aria-level", "2");
}

/* A region that scrolls is a stop of the tab key, and no other is. */
function reachable() {
  for (const region of document.querySelectorAll("pre, .table-wrapper, .formula, .picture")) {
    if (region.scrollWidth > region.clientWidth) {
      region.tabIndex = 0;
    } else {
      region.removeAttribute("tabindex");
    }
  }
}

reachable();
window.addEventListener("resize", reachable);
