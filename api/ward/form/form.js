// Keeps the questions in step with the panel that the server sends: what can change nothing any more folds away, and the
// next question is marked. A question that someone is in stays where it is. Without this script the page does it itself.
"use strict";

const form = document.getElementById("screening");

function settle() {
  const panel = document.getElementById("panel");
  if (!form || !panel) return;
  const idle = new Set(panel.dataset.idle.split(" "));
  for (const group of form.querySelectorAll("[data-group]")) fold(group, idle);
  for (const question of form.querySelectorAll("[data-item]")) {
    question.toggleAttribute("data-next", question.dataset.item === panel.dataset.next);
  }
}

function fold(group, idle) {
  const asked = group.querySelector(".asked");
  const more = group.querySelector(".more");
  const folded = more.querySelector(".folded");
  for (const question of group.querySelectorAll("[data-item]")) {
    const to = idle.has(question.dataset.item) ? folded : asked;
    if (question.parentElement !== to && !question.contains(document.activeElement)) place(question, to);
  }
  more.hidden = folded.children.length === 0;
  more.querySelector("[data-count]").textContent = String(folded.children.length);
}

function place(question, list) {
  const after = [...list.children].find((each) => Number(each.dataset.place) > Number(question.dataset.place));
  list.insertBefore(question, after ?? null);
}

function keepFocus(event) {
  const group = event.detail?.ctx?.target;
  if (document.activeElement !== document.body || !group?.id?.startsWith("g-")) return;
  document.getElementById(`t-${group.id.slice(2)}`)?.focus();
}

function notKept() {
  const said = document.querySelector("#panel .kept");
  if (!said) return;
  said.textContent = said.dataset.failed;
  said.classList.add("wrong");
}

document.addEventListener("htmx:after:swap", (event) => {
  settle();
  keepFocus(event);
});
document.addEventListener("htmx:error", notKept);
document.addEventListener("htmx:response:error", notKept);
document.getElementById("errors")?.focus();
