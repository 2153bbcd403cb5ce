"use strict";
// What the theme leaves unsaid to screen readers. Nothing here is needed to read a page.

document.querySelector(".md-search")?.setAttribute("aria-label", "Search");

// The theme adds its buttons for code as it goes, each in a landmark without a name.
let listings = 0;
function name() {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([aria-label])"))
    nav.setAttribute("aria-label", `Listing ${++listings}`);
}
new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
name();
