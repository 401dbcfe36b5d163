// Shows how far a search is and reloads once it has ended. Without this script the page refreshes itself.
(() => {
  const card = document.querySelector("[data-job]");
  if (!card) return;
  const progress = card.querySelector("[data-job-progress]");
  const state = card.querySelector("[data-job-state]");
  const best = card.querySelector("[data-job-best]"); // an import has none
  let failures = 0;
  const look = async () => {
    try {
      const answer = await fetch(card.dataset.job, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const job = await answer.json();
      failures = 0;
      state.textContent = job.state;
      progress.max = job.total || 100;
      progress.value = job.done;
      if (best) best.textContent = job.best;
      if (!job.open) {
        // Not while somebody types: the page would take his words away.
        const busy = document.activeElement && document.activeElement.matches("input, select, textarea");
        if (!busy) return location.reload();
      }
    } catch {
      failures += 1;
    }
    setTimeout(look, failures ? Math.min(30000, 2000 * 2 ** failures) : 1500);
  };
  setTimeout(look, 1000);
})();
