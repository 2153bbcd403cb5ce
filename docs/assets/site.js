"use strict";
// What the theme leaves out. Nothing here is needed to read a page.
{
  // A link to #profile, #proxy or #custom-user chooses that strategy in every set of tabs, and
  // for the pages to come. The theme by itself would choose it in the first set alone.
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted?.matches(".tabbed-set > input")) {
    const chosen = document.querySelector(`label[for="${wanted.id}"]`).innerText.trim();
    for (const label of document.querySelectorAll(".tabbed-labels > label"))
      if (label.innerText.trim() === chosen) document.getElementById(label.htmlFor).checked = true;
    __md_set("__tabs", [...new Set([chosen, ...(__md_get("__tabs") || [])])]);
  }

  // A name for the search, for screen readers.
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");

  // The theme adds buttons to code and wraps tables as it goes: each landmark needs a name of its
  // own, and what scrolls must be in reach of the keyboard.
  let listings = 0;
  const mend = () => {
    for (const nav of document.querySelectorAll("nav.md-code__nav:not([aria-label])"))
      nav.setAttribute("aria-label", `Listing ${++listings}`);
    for (const box of document.querySelectorAll(".md-typeset__scrollwrap"))
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
  };
  new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
  addEventListener("resize", mend);
  addEventListener("change", mend);
  mend();

  // Copying takes what is to be typed: of a shell's listing the commands, of a change what is new.
  const choose = (event) => {
    const button = event.target.closest("[data-clipboard-target]");
    const code = button && document.querySelector(button.dataset.clipboardTarget);
    const mark = code?.querySelector(".gp") ? "$ " : code?.querySelector(".gi") ? "+" : "";
    if (!mark) return;
    const lines = code.textContent.split("\n").filter((line) => line.startsWith(mark));
    button.dataset.clipboardText = lines.map((line) => line.slice(mark.length)).join("\n");
  };
  addEventListener("click", choose, true); // before the theme's own listener
}
