// A citizen card scanned into its field fills the fields that are still empty. Without this script the server does it.
"use strict";
(() => {
  const card = document.querySelector("[data-card]");
  if (!card) return;
  const put = (name, value) => {
    const field = document.getElementById(name);
    if (field && value && !field.value) field.value = value;
  };
  const fill = () => {
    const parts = card.value.split("|").map((part) => part.trim());
    if (parts.length < 7 || !/^\d{12}$/.test(parts[0])) return;
    put("citizen", parts[0]);
    put("name", parts[2].normalize("NFC"));
    put("address", parts[5].normalize("NFC"));
    card.value = "";
    document.getElementById("phone").focus();
  };
  card.addEventListener("change", fill);
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the scanner's Enter must not send a half-filled form
    fill();
  });
})();
