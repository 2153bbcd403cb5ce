// A double click sends a form twice, and the browser drops the answer to the first: whoever
// registers so would read that the name is taken, by themselves. So each form is sent once, and
// again after five seconds, or when Back has led here again. A search may be sent at any time.
let last = null;
let sent = -Infinity;

addEventListener("submit", (event) => {
  if (event.target.method !== "post") {
    return;
  }
  if (event.target === last && event.timeStamp < sent + 5000) {
    event.preventDefault();
  } else {
    last = event.target;
    sent = event.timeStamp;
  }
});

addEventListener("pageshow", (event) => {
  if (event.persisted) {
    last = null;
  }
});
