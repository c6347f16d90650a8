// Fetches the page every second and replaces the elements that have changed. Forms are not changed.
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

function replace(old, now) {
  if (!now || old.innerHTML === now.innerHTML) return;
  old.replaceChildren(...now.childNodes);
  if (old.dataset.live === "quiet" || reducedMotion.matches) return;
  old.animate([{ background: "var(--flash)" }, { background: "transparent" }], 1500);
}

async function refresh() {
  try {
    if (document.hidden) return;
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(3000) });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll("[data-live]")) replace(old, page.getElementById(old.id));
    document.getElementById("away").hidden = true;
  } catch {
    document.getElementById("away").hidden = false;
  } finally {
    setTimeout(refresh, 1000);
  }
}

setTimeout(refresh, 1000);
