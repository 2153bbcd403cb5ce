// The decision guide as a form. The list under "All paths" is all there is to know: what stands
// in italics there is a question, in bold its answers, and a link at the end of a path leads to
// the recommendation. So the form cannot say anything else than the list does.
"use strict";

(function () {
  const place = document.getElementById("guide");
  const list = document.querySelector("#all-paths ~ ul");
  const MARK = "#guide=";

  function slug(text) {
    return text.toLowerCase().replace(/[^a-z0-9_]+/g, "-").replace(/^-|-$/g, "");
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // A question: { text, answers: [{ text, note, id, leadsTo }] }; leadsTo is one, or a heading's id.
  function question(text, items) {
    return { text, answers: Array.from(items.children, answer) };
  }

  function answer(item) {
    const own = element("div", {}, ...Array.from(item.childNodes, (node) => node.cloneNode(true)));
    own.querySelectorAll("ul").forEach((nested) => nested.remove());
    const [name, asked, link] = ["strong", "em", "a"].map((tag) => own.querySelector(tag));
    const text = name.textContent;
    const next = asked && question(asked.textContent, item.querySelector("ul"));
    const target = link && link.getAttribute("href").slice(1);
    [name, asked, link].forEach((part) => part && part.remove());
    const note = own.textContent.replace(/\s+/g, " ").trim();
    return { text, note, id: slug(text), leadsTo: next || target };
  }

  function radios(asked, depth, chosen) {
    const set = element("fieldset", {}, element("legend", { textContent: asked.text }));
    for (const one of asked.answers) {
      const input = element("input", {
        type: "radio",
        name: `guide-${depth}`,
        value: one.id,
        checked: one === chosen,
      });
      input.addEventListener("change", () => choose(depth, one));
      set.append(element("label", {}, input, element("span", {},
        element("strong", { textContent: one.text }), one.note)));
    }
    return set;
  }

  // What stands under a heading, without what would be on the page twice: ids and permalinks.
  function section(id) {
    const heading = document.getElementById(id);
    const parts = [];
    for (let next = heading.nextElementSibling; next && !/^(H[1-3]|SCRIPT)$/.test(next.tagName);) {
      parts.push(next.cloneNode(true));
      next = next.nextElementSibling;
    }
    for (const part of parts) {
      [part, ...part.querySelectorAll("[id]")].forEach((one) => one.removeAttribute("id"));
    }
    const title = heading.cloneNode(true);
    title.querySelectorAll(".headerlink").forEach((one) => one.remove());
    return { title: title.textContent.trim(), parts };
  }

  const first = question(
    document.querySelector("#all-paths ~ p em").textContent,
    list
  );
  const status = element("p", { className: "guide-status" });
  status.setAttribute("role", "status"); // read out when it changes; the reasons are too long for it
  const recommendation = element("section", { className: "guide-recommendation", hidden: true });
  recommendation.setAttribute("data-recommendation", "");
  recommendation.setAttribute("aria-label", "Recommendation");
  const again = element("button", { type: "button", textContent: "Start over", hidden: true });
  const sets = element("div", {});
  const form = element("form", {}, sets, again);
  let path = []; // the answers so far

  // Show the questions from `depth` on; those before it stay, and with them the keyboard's focus.
  function show(depth) {
    while (sets.children.length > depth) sets.lastElementChild.remove();
    let asked = depth ? path[depth - 1].leadsTo : first;
    for (let at = depth; typeof asked === "object"; at += 1) {
      sets.append(radios(asked, at, path[at]));
      asked = path[at] && path[at].leadsTo;
    }
    const end = path.length && path[path.length - 1].leadsTo;
    const found = typeof end === "string" ? section(end) : null;
    status.textContent = found ? `You have your answer: ${found.title.toLowerCase()}.` : "";
    recommendation.replaceChildren(
      ...(found ? [element("p", { className: "guide-title", textContent: found.title })] : []),
      ...(found ? found.parts : [])
    );
    recommendation.hidden = !found;
    again.hidden = !path.length;
  }

  function choose(depth, one) {
    path = [...path.slice(0, depth), one];
    show(depth + 1);
    history.replaceState(null, "", MARK + path.map((step) => step.id).join("/"));
  }

  function read() {
    if (!location.hash.startsWith(MARK)) return;
    path = [];
    let asked = first;
    for (const id of location.hash.slice(MARK.length).split("/")) {
      const one = typeof asked === "object" && asked.answers.find((other) => other.id === id);
      if (!one) break;
      path.push(one);
      asked = one.leadsTo;
    }
    show(0);
  }

  again.addEventListener("click", () => {
    path = [];
    show(0);
    history.replaceState(null, "", location.pathname + location.search);
    sets.querySelector("input").focus();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", read);
  place.append(form, status, recommendation);
  show(0);
  read();
})();
