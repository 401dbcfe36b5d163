// Scanning anywhere on the page: a wedge scanner types a burst and Enter. Without this script the field's form does the same.
"use strict";
(() => {
  const GAP_MS = 50;         // scanners type every 7 to 16 ms, people slower than 60
  const SHORTEST = 6;        // characters of a burst
  const REPEAT_MS = 2000;    // the same code again within this time is the scanner's stutter
  const memoryOf = (path) => `scanned:${path}`;
  const sent = document.querySelector("[data-sent]");  // the page after a form that was accepted: nothing else forgets
  if (sent) sessionStorage.removeItem(memoryOf(sent.dataset.sent));
  const input = document.querySelector("[data-scan-input]");
  const answer = document.querySelector("[data-scan-answer]");
  if (!input || !answer) return;
  const form = document.querySelector("form[data-scan]");
  const collect = document.querySelector("form[data-collect]");
  const seen = new Map();    // code -> when it was scanned last

  // Three channels: tone, sign with colour, vibration.
  let audio = null;
  const tone = (kind) => {
    const beeps = { good: [880], bad: [220, 180], double: [660, 660] }[kind];
    try {
      audio = audio || new AudioContext();
      beeps.forEach((hertz, turn) => {
        const beep = audio.createOscillator();
        const volume = audio.createGain();
        volume.gain.value = 0.08;
        beep.frequency.value = hertz;
        beep.connect(volume).connect(audio.destination);
        beep.start(audio.currentTime + turn * 0.16);
        beep.stop(audio.currentTime + turn * 0.16 + 0.12);
      });
    } catch { /* a browser without sound still shows the sign */ }
    if (navigator.vibrate) navigator.vibrate(kind === "good" ? 40 : [80, 60, 80]);
  };
  const tell = (kind, text) => {
    answer.className = `scan-answer ${kind}`;
    answer.textContent = text;
    tone(kind);
  };
  const clock = (ms) => new Date(ms).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });

  const scanned = (raw) => {
    const code = raw.trim();
    if (!code) return;
    input.value = "";
    const now = Date.now();
    const stutters = now - seen.get(code) < REPEAT_MS;
    seen.set(code, now);
    if (stutters) return;
    if (collect) collected(code);
    else ask(code);
  };

  // A desk's scan: the server says where to go, or why not.
  const ask = async (code) => {
    const body = new FormData();
    body.set("csrf_token", form.dataset.token);
    body.set("code", code);
    try {
      const reply = await fetch(form.dataset.scan, { method: "POST", body, headers: { Accept: "application/json" } });
      const told = await reply.json();
      if (told.go) { tone("good"); location.assign(told.go); return; }
      tell("bad", told.said);
    } catch {
      tell("bad", document.documentElement.lang === "vi"
        ? "Không kết nối được máy chủ. Mã chưa được xử lý; quét lại khi có mạng."
        : "The server cannot be reached. The code was not handled; scan it again.");
    }
    input.select();
  };

  // A hand-over's scan: the batch lives here first, the server judges when it is signed. It survives a reload, the
  // way to another page and back, and whatever came of sending it but that it was accepted.
  const kept = memoryOf(location.pathname);
  let batch = [];            // `keep` once an entry stood in a list, or was kept without
  const item = (code) => {
    const found = code.toUpperCase().match(/[A-Z]{2}\d{9}[A-Z]{2}/);
    return found ? found[0] : code.toUpperCase();
  };
  const lineOf = (number) => {
    const box = collect.querySelector(`[data-list] input[name="item"][value="${CSS.escape(number)}"]`);
    if (box) return box.closest("li");
    return collect.querySelector(`li[data-item="${CSS.escape(number)}"]`);
  };
  const show = () => {
    collect.querySelectorAll(".scan-line.scanned").forEach((line) => line.classList.remove("scanned"));
    const odd = collect.querySelector("[data-unexpected]");
    odd.replaceChildren();
    let count = 0;
    batch.forEach((entry) => {
      const line = lineOf(entry.item);
      if (line) {
        entry.keep = true;
        count += 1;
        line.classList.add("scanned");
        const box = line.querySelector('input[name="item"]');
        if (box) box.checked = true;
        const select = line.querySelector("select");
        if (select && !select.value) select.value = collect.dataset.take;
        return;
      }
      odd.append(entry.keep ? keeper(entry) : undecided(entry));
    });
    collect.querySelector("[data-counter]").hidden = false;
    collect.querySelector("[data-counted]").textContent = count;
    collect.querySelector("[data-sign]").disabled = batch.some((entry) => !entry.keep);
    try { sessionStorage.setItem(kept, JSON.stringify(batch)); } catch { /* a full store only loses the reload */ }
  };
  const button = (text, act, style) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = style;
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };
  const drop = (entry) => {
    batch = batch.filter((each) => each !== entry);
    seen.delete(entry.code);
    const line = lineOf(entry.item);
    const box = line && line.querySelector('input[name="item"]');
    if (box) box.checked = false;
    const select = line && line.querySelector("select");
    if (select) select.value = "";
    show();
  };
  const dropper = (entry) => button(collect.dataset.textDrop, () => drop(entry), "quiet");
  const undecided = (entry) => {
    const line = document.createElement("li");
    line.className = "scan-line unexpected";
    const words = document.createElement("p");
    words.textContent = `✗ ${entry.code} ${collect.dataset.textUnexpected}`;
    line.append(words);
    const acts = document.createElement("p");
    acts.className = "actions";
    if (collect.dataset.textKeep) acts.append(button(collect.dataset.textKeep, () => { entry.keep = true; show(); }, "quiet"));
    acts.append(dropper(entry));
    line.append(acts);
    return line;
  };
  const keeper = (entry) => {
    const line = document.createElement("li");
    line.className = "scan-line scanned head-row";
    const words = document.createElement("span");
    words.className = "code";
    words.textContent = entry.item;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "item";
    field.value = entry.code;
    line.append(words, field, dropper(entry));
    return line;
  };
  const BADGE = /^[2-9CFHJKMNPRTVX]{10}$/i;
  const collected = (code) => {
    const badge = document.getElementById("badge");
    if (badge && BADGE.test(code)) {
      badge.value = code.toUpperCase();
      tell("good", badge.labels[0].textContent.trim());
      return;
    }
    const number = item(code);
    const before = batch.find((entry) => entry.item === number);
    if (before) {
      const when = clock(before.at);
      tell("double", document.documentElement.lang === "vi" ? `${number}: đã quét lúc ${when}` : `${number}: scanned at ${when}`);
      return;
    }
    batch.push({ code, item: number, at: Date.now(), keep: false });
    tell(lineOf(number) ? "good" : "bad", number);
    show();
  };
  if (collect) {
    try { batch = JSON.parse(sessionStorage.getItem(kept)) || []; } catch { batch = []; }
    const undo = button(collect.dataset.textUndo, () => { if (batch.length) drop(batch.at(-1)); }, "quiet");
    const acts = document.createElement("p");
    acts.className = "actions";
    acts.append(undo);
    collect.querySelector("[data-counter]").after(acts);
    collect.addEventListener("change", ({ target }) => {  // a box unticked by hand: the next scan must not tick it again
      const entry = target.name === "item" && !target.checked && batch.find((each) => each.item === target.value);
      if (entry) drop(entry);
    });
    if (batch.length) show(); else collect.querySelector("[data-counter]").hidden = false;
  }

  // The listener of the whole page: fast keys are a scanner, wherever the cursor stands.
  let burst = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const fast = event.timeStamp - last < GAP_MS;
    last = event.timeStamp;
    if (event.key === "Enter") {
      const field = event.target;
      if (fast && burst.length >= SHORTEST) {
        event.preventDefault();
        if (field !== input && typeof field.value === "string" && field.value.endsWith(burst)) {
          field.value = field.value.slice(0, -burst.length);  // the burst was not meant for this field
        }
        // The scan field shows what the input method made of the burst; the server recognises damage.
        scanned(field === input && field.value ? field.value : burst);
      } else if (field === input) {
        event.preventDefault();
        scanned(input.value);
      }
      burst = "";
      return;
    }
    if (event.key === "Backspace" && fast && burst) { burst += "\b"; return; }
    if (event.key.length === 1) burst = fast ? burst + event.key : event.key;
    else if (event.key !== "Shift") burst = "";  // scanners send letters, digits and Enter; people move about
  }, true);
  if (form) form.addEventListener("submit", (event) => { event.preventDefault(); scanned(input.value); });
})();
