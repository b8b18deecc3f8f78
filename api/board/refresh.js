// Fetches the board anew, but only once the server answers: the browser's own page for a lost connection would take
// what was last known off the wall. That it is old is said by board.css, which needs no script.
const every = Number(document.documentElement.dataset.every) * 1000;

async function refresh() {
  try {
    const health = await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(every / 4) });
    if (health.ok) return location.reload();
  } catch { /* no answer: what is there stays */ }
  setTimeout(refresh, every / 4);
}

setTimeout(refresh, every);
