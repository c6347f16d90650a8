// What the console does better with a script. Everything works without it.
"use strict";

(() => {
  // Shares: the one that takes the rest shows at once what the others leave.
  const slots = (text) => Math.round(parseFloat(text.replace(",", ".")) * 10000) || 0;

  const balance = (shares) => {
    const rest = shares.querySelector("[data-rest]:checked");
    if (!rest) return;
    let taken = 0;
    for (const row of shares.querySelectorAll("tbody tr")) {
      const share = row.querySelector("[data-share]");
      const isRest = row.contains(rest);
      share.readOnly = isRest;
      if (!isRest) taken += slots(share.value);
    }
    rest.closest("tr").querySelector("[data-share]").value = String(Math.max(0, 1000000 - taken) / 10000);
  };

  document.addEventListener("input", (event) => {
    const shares = event.target.closest("[data-shares]");
    if (shares) balance(shares);
  });

  // Rules: dragged by their grip, with a mouse, a pen or a finger. The arrows beside it do the same from the keyboard.
  let drag = null;

  const rules = () => [...document.querySelectorAll("[data-rule]")];

  const under = (y) => rules().find((rule) => y < rule.getBoundingClientRect().bottom) ?? rules().at(-1);

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip) return;
    event.preventDefault();
    drag = grip.closest("[data-rule]");
    drag.classList.add("drag");
    grip.setPointerCapture(event.pointerId);
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const target = under(event.clientY);
    for (const rule of rules()) rule.classList.toggle("over", rule === target && rule !== drag);
  });

  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const [from, to] = [drag.dataset.rule, under(event.clientY).dataset.rule];
    for (const rule of rules()) rule.classList.remove("drag", "over");
    drag = null;
    if (from !== to) step(`move:${from}:${to}`);
  });

  document.addEventListener("pointercancel", () => {
    for (const rule of rules()) rule.classList.remove("drag", "over");
    drag = null;
  });

  const step = (name) =>
    window.htmx.ajax("POST", "feature", {
      source: "#draft", target: "#editor", select: "#editor", swap: "outerHTML show:none", values: { do: name },
    });

  // A failure is told beside the draft, not put in its place: everything that was typed stays.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse, xhr } = event.detail;
    if (target.id !== "editor" && target.id !== "outlook") return;
    const page = new DOMParser().parseFromString(serverResponse, "text/html");
    if (page.getElementById("editor")) return;
    event.detail.shouldSwap = false;
    const note = document.createElement("p");
    note.className = "note stop";
    note.textContent = `${page.querySelector("h1")?.textContent ?? `The server said ${xhr.status}`}. Nothing was lost.`;
    document.querySelector("#editor [aria-live]").replaceChildren(note);
  });

  const prepare = (root) => {
    for (const grip of root.querySelectorAll("[data-grip]")) grip.hidden = false;
  };

  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:afterSettle", () => prepare(document));

  // A draft is not lost by a slip: the browser asks before it leaves one.
  const isDraft = () => document.querySelector("#draft[data-changed], #draft .open") !== null;
  let leaving = false;
  document.addEventListener("submit", (event) => { leaving = event.target.id === "draft"; });
  document.addEventListener("click", (event) => {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (event.target.closest("a[data-discard]") && !elsewhere) leaving = true;
  });
  window.addEventListener("beforeunload", (event) => { if (isDraft() && !leaving) event.preventDefault(); });
})();
