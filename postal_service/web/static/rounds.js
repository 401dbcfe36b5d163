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

// Shows beside a move what it would do as soon as courier or place is chosen, and on "Xem trước". Without
// this script the same stands on a page of its own.
(() => {
  for (const form of document.querySelectorAll("form[data-try]")) {
    const shown = form.querySelector("[data-tried]");
    let asked = 0;
    const look = async () => {
      const mine = ++asked;
      shown.replaceChildren(); // a tick under what was shown is not one under what will be
      const fields = new FormData(form);
      fields.set("try", "yes");
      fields.set("part", "yes");
      try {
        const answer = await fetch(form.action, { method: "POST", body: fields });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        // What is no such part is a page of its own: signed out, or something broke.
        const part = page.querySelector(".tried, [data-refused]");
        if (mine !== asked) return;
        if (!part) throw new Error(String(answer.status));
        shown.replaceChildren(document.adoptNode(part));
      } catch {
        if (mine === asked) shown.textContent = form.dataset.try;
      }
    };
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, [type=number]")) look();
    });
    form.querySelector("[name=try]").addEventListener("click", (event) => {
      event.preventDefault();
      look();
    });
  }
})();
