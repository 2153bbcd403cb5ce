// Asked of a page by checks.py: an object of functions.
(() => {
  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((value) => linear(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (numbers(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  // How much of an element shows through those that it stands in.
  const opacity = (element) => {
    let all = 1;
    for (let one = element; one; one = one.parentElement) all *= getComputedStyle(one).opacity;
    return all;
  };
  return {
    // The strategy that each set of tabs shows.
    chosen() {
      return [...document.querySelectorAll(".tabbed-set")].map((set) => {
        const input = set.querySelector(":scope > input:checked");
        return set.querySelector(`label[for="${input.id}"]`).innerText.trim();
      });
    },

    // The bytes of the drawings in the page.
    drawn() {
      return [...document.querySelectorAll("svg.chart")].reduce((sum, svg) => sum + svg.outerHTML.length, 0);
    },

    // Marks three elements of each look that text has in the page, for axe to judge their colours:
    // it needs milliseconds for each, and there are thousands alike.
    markLooks() {
      const looks = new Map();
      for (const marked of document.querySelectorAll("[data-look]")) delete marked.dataset.look;
      for (const element of document.body.querySelectorAll("*")) {
        const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!hasText || !element.checkVisibility()) continue;
        const own = getComputedStyle(element);
        const around = getComputedStyle(element.parentElement);
        const parts = [element.localName, own.color, own.font, own.textDecoration, around.color, behind(element), opacity(element)];
        const look = parts.join();
        looks.set(look, (looks.get(look) || 0) + 1);
        if (looks.get(look) <= 3) element.dataset.look = "";
      }
    },

    // What is hard to see in a drawing: text needs 4.5 to 1 against what lies behind it, the rest 3.
    faint() {
      const faults = new Set();
      for (const svg of document.querySelectorAll("svg.chart")) {
        if (!svg.checkVisibility()) continue;
        const paper = behind(svg);
        const shapes = [...svg.querySelectorAll("rect, .er-head")].map((shape) => [
          shape.getBoundingClientRect(),
          getComputedStyle(shape).fill,
        ]);
        for (const text of svg.querySelectorAll("text")) {
          const place = text.getBoundingClientRect();
          const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
          const under = shapes.filter(([box]) => x > box.left && x < box.right && y > box.top && y < box.bottom);
          const back = under.length ? under.at(-1)[1] : paper;
          const own = getComputedStyle(text).fill;
          if (ratio(own, back) < 4.5) faults.add(`the text “${text.textContent}”, ${own} on ${back}`);
        }
        for (const shape of svg.querySelectorAll(".line, .bar:not(.second), .marker, .er-line")) {
          const style = getComputedStyle(shape);
          const own = style.stroke === "none" ? style.fill : style.stroke;
          if (ratio(own, paper) < 3) faults.add(`a ${shape.getAttribute("class")}, ${own} on ${paper}`);
        }
      }
      return [...faults];
    },
  };
})()
