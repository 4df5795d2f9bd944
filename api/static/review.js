// Makes the trial form live. Everything works without this script, only with a page load.
"use strict";

const PAUSE_MS = 350;

function enliven(form) {
  const outlet = document.getElementById(form.dataset.live);
  const field = form.querySelector("textarea");
  let latest = 0;
  let timer;

  async function attempt() {
    const mine = ++latest;
    const answer = await fetch(form.action.split("#")[0], {
      method: "POST",
      headers: { "X-Fragment": "1", Accept: "text/html" },
      body: new URLSearchParams(new FormData(form)),
    });
    if (mine !== latest) return;
    if (!answer.ok) {
      form.removeAttribute("data-live");
      form.submit();
      return;
    }
    // The answer is our own escaped HTML, and the page's policy runs no inline script.
    outlet.innerHTML = await answer.text();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    attempt();
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(attempt, PAUSE_MS);
  });
}

document.querySelectorAll("form[data-live]").forEach(enliven);
