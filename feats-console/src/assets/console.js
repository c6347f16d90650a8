// Enhancements of the console. Every page works without them.
"use strict";

(() => {
  // Shares: updates the remainder while the others are typed.
  const slots = (text) => Math.round(parseFloat(text.replace(",", ".")) * 10000) || 0;

  const balance = (shares, column) => {
    const rest = shares.querySelector("[data-rest]:checked")?.closest("tr");
    const total = rest?.querySelector(column);
    if (!total) return;
    let [taken, isEmpty] = [0, true];
    for (const share of shares.querySelectorAll(column)) {
      share.readOnly = share === total;
      if (share === total) continue;
      taken += slots(share.value);
      if (share.value.trim()) isEmpty = false;
    }
    // Without any share, a ramp starts from the current ones.
    const isCurrent = isEmpty && column === "[data-start]";
    total.value = isCurrent ? "" : String(Math.max(0, 1000000 - taken) / 10000);
  };

  document.addEventListener("input", (event) => {
    const shares = event.target.closest("[data-shares]");
    if (shares) for (const column of ["[data-share]", "[data-start]"]) balance(shares, column);
  });

  // Rules: dragging by the grip with a mouse, pen or finger. The arrow buttons do the same from the keyboard.
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

  // Shows an error above the draft instead of replacing the draft, so that nothing typed is lost.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse, xhr } = event.detail;
    if (target.id !== "editor" && target.id !== "preview") return;
    const page = new DOMParser().parseFromString(serverResponse, "text/html");
    if (page.getElementById("editor")) return;
    event.detail.shouldSwap = false;
    const note = document.createElement("p");
    note.className = "note stop";
    note.textContent = `${page.querySelector("h1")?.textContent ?? `Error ${xhr.status}`}. Your draft is kept.`;
    document.querySelector("#editor [aria-live]").replaceChildren(note);
  });

  // Marks fields with an error for assistive technology.
  const mark = (root) => {
    for (const wrong of root.querySelectorAll("[data-wrong]")) {
      const field = document.getElementById(wrong.dataset.wrong);
      if (wrong.textContent.trim()) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
    }
  };

  // Validates a field when it loses the focus, even if nothing was typed. The form's buttons validate it themselves.
  document.addEventListener("focusout", (event) => {
    const field = event.target.closest("[data-operand]");
    const visited = document.getElementById("visited");
    const next = event.relatedTarget;
    if (!field || !visited || !next || next.closest("button") || field.closest(".options")?.contains(next)) return;
    const names = new Set(visited.value.split(" ").filter(Boolean));
    if (names.has(field.name)) return;
    visited.value = [...names, field.name].join(" ");
    window.htmx.trigger(visited.closest("[data-form]"), "visited");
  });

  // Protects a draft from accidental loss. Leaving for another page of the console keeps it for the return; otherwise the browser
  // asks for confirmation.
  const draft = () => document.getElementById("draft");
  const isDraft = () => document.querySelector("#draft[data-changed], #draft .open") !== null;
  const key = (name) => `feats draft ${location.pathname} ${name}`;
  let leaving = false;

  const keep = () => {
    try {
      const fields = [...new FormData(draft())].filter(([, value]) => typeof value === "string");
      sessionStorage.setItem(key(draft().elements.name.value), JSON.stringify(fields));
      leaving = true;
    } catch {
      // Without session storage, the browser asks before it leaves.
    }
  };

  const forget = () => {
    leaving = true;
    sessionStorage.removeItem(key(draft().elements.name.value));
  };

  // Returns true if an address is another page of this console.
  const isPage = (address) => {
    const folder = new URL(".", location.href);
    const isSame = address.pathname === location.pathname && address.search === location.search && address.hash;
    return address.origin === folder.origin && address.pathname.startsWith(folder.pathname) && !isSame;
  };

  const restore = () => {
    const form = draft();
    if (!form) return;
    const kept = sessionStorage.getItem(key(form.elements.name.value));
    sessionStorage.removeItem(key(form.elements.name.value));
    if (!kept || isDraft()) return;
    const values = { do: "" };
    for (const [name, value] of JSON.parse(kept)) (values[name] ??= []).push(value);
    // Rebases the draft if a version was published in the meantime.
    if (values.base?.[0] !== form.elements.base.value) values.do = "merge";
    window.htmx.ajax("POST", "feature", { target: "#editor", select: "#editor", swap: "outerHTML show:none", values });
  };

  document.addEventListener("submit", (event) => {
    if (event.target.id === "draft") forget();
    else if (isDraft() && isPage(new URL(event.target.action))) keep();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    if (link.matches("[data-discard]")) forget();
    else if (isDraft() && isPage(new URL(link.href))) keep();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => { if (isDraft() && !leaving) event.preventDefault(); });

  const prepare = (root) => {
    for (const grip of root.querySelectorAll("[data-grip]")) grip.hidden = false;
    mark(root);
  };

  document.addEventListener("DOMContentLoaded", () => { prepare(document); restore(); });
  document.addEventListener("htmx:afterSettle", (event) => {
    prepare(document);
    // Keeps the focused element in view after the page around it was replaced.
    const focused = document.activeElement;
    if (event.target.id === "editor" && focused?.closest("#editor")) focused.scrollIntoView({ block: "nearest" });
  });
})();
