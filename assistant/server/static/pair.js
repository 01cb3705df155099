// Sends the pairing code; the answer's cookie opens the page.

import { find } from "./dom.js";

find("pair").addEventListener("submit", async (event) => {
  event.preventDefault();
  const code = find("code").value.replaceAll(/\D/g, "");
  find("fault").textContent = "";
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/pair", { method: "POST", headers, body: JSON.stringify({ code }) });
    if (answer.ok) location.replace("/");
    else find("fault").textContent = (await answer.json()).reason;
  } catch {
    find("fault").textContent = "The assistant does not answer.";
  }
  find("code").select();
});
