// The live board: rows come, change and go as the server tells, and timers count on between.
"use strict";

const board = document.getElementById("live");
const state = document.getElementById("live-state");
const again = document.getElementById("live-again");
const ahead = { ms: Date.now() - Number(board.dataset.now) }; // of the server's clock

function say(what) {
  const text = state.dataset[what];
  if (state.textContent !== text) state.textContent = text;
  again.hidden = what === "live";
}

function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(":");
}

function count() {
  let all = 0;
  for (const unit of board.tBodies) {
    const here = unit.querySelectorAll("tr[data-unit]").length;
    unit.querySelector(".count").textContent = here;
    unit.hidden = !here;
    all += here;
  }
  document.getElementById("live-count").textContent = all;
  document.getElementById("live-none").hidden = all > 0;
}

function tick() {
  const now = Date.now() - ahead.ms;
  for (const timer of board.querySelectorAll(".timer")) {
    const { since, until } = timer.dataset;
    timer.textContent = clock(since ? now - Number(since) : Number(until) - now);
  }
}

function put(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  const row = made.content.querySelector("tr");
  const before = document.getElementById(row.id);
  const unit = document.getElementById(`unit-${row.dataset.unit}`);
  if (!unit) return;
  if (before) {
    const links = [...before.querySelectorAll("a")];
    const focused = links.indexOf(document.activeElement);
    before.replaceWith(row);
    if (focused >= 0) (row.querySelectorAll("a")[focused] || row.querySelector("a")).focus();
  } else {
    unit.append(row);
  }
}

if (!window.EventSource) {
  say("unavailable");
} else {
  const events = new EventSource(board.dataset.events);
  const on = (name, act) => events.addEventListener(name, (event) => { act(event.data); });
  events.onopen = () => say("live");
  events.onerror = () => say(events.readyState === EventSource.CLOSED ? "unavailable" : "lost");
  on("tick", (now) => { ahead.ms = Date.now() - Number(now); });
  on("anew", () => { for (const row of board.querySelectorAll("tr[data-unit]")) row.remove(); count(); });
  on("call", (html) => { put(html); count(); tick(); });
  on("over", (call) => { document.getElementById(`call-${call}`)?.remove(); count(); });
  on("notices", (html) => { document.getElementById("live-notices").innerHTML = html; });
  on("bye", (why) => { events.close(); say(why === "signed-out" ? "signedOut" : why); });
  setInterval(tick, 1000);
}
