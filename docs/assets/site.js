"use strict";
// What the theme leaves out. Nothing here is needed to read a page.

// A link to #profile, #proxy or #custom-user chooses that strategy in every set of tabs, and for
// the pages to come. The theme by itself would choose it in the first set alone.
const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (target?.matches(".tabbed-set > input")) {
  const chosen = document.querySelector(`label[for="${target.id}"]`).innerText.trim();
  for (const label of document.querySelectorAll(".tabbed-labels > label"))
    if (label.innerText.trim() === chosen) document.getElementById(label.htmlFor).checked = true;
  __md_set("__tabs", [...new Set([chosen, ...(__md_get("__tabs") || [])])]);
}

// For screen readers: names for what has none.
document.querySelector(".md-search")?.setAttribute("aria-label", "Search");

// The theme adds its buttons for code as it goes, each in a landmark without a name.
let listings = 0;
function name() {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([aria-label])"))
    nav.setAttribute("aria-label", `Listing ${++listings}`);
}
new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
name();
