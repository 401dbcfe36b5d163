// Scanning anywhere on the page: a wedge scanner types a burst and Enter. Without this script the field's form does the same.
"use strict";
(() => {
  const GAP_MS = 50;         // scanners type every 7 to 16 ms, people slower than 60
  const SHORTEST = 6;        // characters of a burst
  const REPEAT_MS = 2000;    // the same code again within this time is the scanner's stutter
  const input = document.querySelector("[data-scan-input]");
  const answer = document.querySelector("[data-scan-answer]");
  if (!input || !answer) return;
  const form = document.querySelector("form[data-scan]");
  const collect = document.querySelector("form[data-collect]");
  const seen = new Map();    // code -> when it was scanned first and last

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
    const before = seen.get(code);
    if (before && now - before.last < REPEAT_MS) { before.last = now; return; }
    seen.set(code, { first: before ? before.first : now, last: now });
    if (collect) collected(code, before);
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

  // A hand-over's scan: the batch lives here first and survives a reload; the server judges when it is signed.
  const kept = collect ? `scanned:${location.pathname}` : "";
  let batch = [];
  const item = (code) => {
    const found = code.toUpperCase().match(/[A-Z]{2}\d{9}[A-Z]{2}/);
    return found ? found[0] : code.toUpperCase();
  };
  const lineOf = (number) => {
    const box = collect.querySelector(`input[name="item"][value="${CSS.escape(number)}"]`);
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
        count += 1;
        line.classList.add("scanned");
        const box = line.querySelector('input[name="item"]');
        if (box) box.checked = true;
        const select = line.querySelector("select");
        if (select && !select.value) select.value = collect.dataset.take;
        return;
      }
      if (!entry.decided) odd.append(undecided(entry));
      else if (entry.keep) odd.append(keeper(entry));
    });
    collect.querySelector("[data-counter]").hidden = false;
    collect.querySelector("[data-counted]").textContent = count;
    collect.querySelector("[data-sign]").disabled = batch.some((entry) => !entry.decided && !lineOf(entry.item));
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
  const undecided = (entry) => {
    const line = document.createElement("li");
    line.className = "scan-line unexpected";
    const words = document.createElement("p");
    words.textContent = `✗ ${entry.code} ${collect.dataset.textUnexpected}`;
    line.append(words);
    const acts = document.createElement("p");
    acts.className = "actions";
    if (collect.dataset.textKeep) acts.append(button(collect.dataset.textKeep, () => { entry.decided = entry.keep = true; show(); }, "quiet"));
    acts.append(button(collect.dataset.textDrop, () => { batch = batch.filter((each) => each !== entry); show(); }, "quiet"));
    line.append(acts);
    return line;
  };
  const keeper = (entry) => {
    const line = document.createElement("li");
    line.className = "scan-line scanned";
    line.textContent = entry.code;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "item";
    field.value = entry.code;
    line.append(field);
    return line;
  };
  const BADGE = /^[2-9CFHJKMNPRTVX]{10}$/i;
  const collected = (code, before) => {
    const badge = document.getElementById("badge");
    if (badge && BADGE.test(code)) {
      badge.value = code.toUpperCase();
      tell("good", badge.labels[0].textContent.trim());
      return;
    }
    const number = item(code);
    if (batch.some((entry) => entry.item === number)) {
      const when = before ? clock(before.first) : "";
      tell("double", document.documentElement.lang === "vi" ? `${number}: đã quét lúc ${when}` : `${number}: scanned at ${when}`);
      return;
    }
    batch.push({ code, item: number, decided: Boolean(lineOf(number)), keep: false });
    tell(lineOf(number) ? "good" : "bad", number);
    show();
  };
  if (collect) {
    try { batch = JSON.parse(sessionStorage.getItem(kept)) || []; } catch { batch = []; }
    const undo = button(collect.dataset.textUndo, () => {
      const last = batch.pop();
      const line = last && lineOf(last.item);
      if (line) {
        const box = line.querySelector('input[name="item"]');
        if (box) box.checked = false;
        const select = line.querySelector("select");
        if (select) select.value = "";
      }
      if (last) seen.delete(last.code);
      show();
    }, "quiet");
    const acts = document.createElement("p");
    acts.className = "actions";
    acts.append(undo);
    collect.querySelector("[data-counter]").after(acts);
    collect.addEventListener("submit", () => sessionStorage.removeItem(kept));
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
