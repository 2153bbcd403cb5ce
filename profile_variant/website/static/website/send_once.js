// A double click sends a form twice, and the browser drops the answer to the first: whoever
// registers so would read that the name is taken, by themselves. So a page sends one form, and
// the next after five seconds, or when Back has led here again.
let sent = -Infinity;

addEventListener("submit", (event) => {
  if (event.timeStamp < sent + 5000) {
    event.preventDefault();
  } else {
    sent = event.timeStamp;
  }
});

addEventListener("pageshow", () => {
  sent = -Infinity;
});
