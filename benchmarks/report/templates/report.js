"use strict";
// Nothing here is needed to read the report.

// A link to a cell opens it, and all that it stands in.
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();

// The filter hides cells, and sizes and operations that have none left.
const cells = [...document.querySelectorAll("details.cell")].map((cell) => ({
  cell,
  text: cell.textContent.toLowerCase(),
}));
const wanted = document.getElementById("wanted");
let timer;
function filter() {
  const words = wanted.value.trim().toLowerCase();
  let found = 0;
  for (const { cell, text } of cells) {
    cell.hidden = !text.includes(words);
    found += !cell.hidden;
  }
  for (const kind of ["details.size", "details.operation"])
    for (const one of document.querySelectorAll(kind)) {
      one.hidden = !one.querySelector("details.cell:not([hidden])");
      one.open = words !== "" && !one.hidden;
    }
  document.getElementById("found").textContent = words && `${found} of ${cells.length} cells`;
}
wanted.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(filter, 200);
});
document.getElementById("filter").hidden = false;

// On paper the figures under the charts are open; browsers that cannot do it by style do it here.
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details.figures:not([open])")) {
    one.open = true;
    one.dataset.closed = "";
  }
});
addEventListener("afterprint", () => {
  for (const one of document.querySelectorAll("details[data-closed]")) {
    one.open = false;
    delete one.dataset.closed;
  }
});
