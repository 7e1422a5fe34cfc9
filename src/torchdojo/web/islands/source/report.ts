// The report of a mistake: what is typed goes to the clipboard or into the mail program. Nothing is sent from here.

export function connectReport(): void {
  const text = document.getElementById("report-text");
  const copy = document.getElementById("report-copy");
  const mail = document.getElementById("report-mail");
  const told = document.getElementById("report-told");
  if (!(text instanceof HTMLTextAreaElement) || !(mail instanceof HTMLAnchorElement) || !copy || !told) return;
  copy.hidden = false;
  text.addEventListener("input", () => {
    told.textContent = "";
    mail.href = `mailto:?subject=${encodeURIComponent(mail.dataset.subject ?? "")}&body=${encodeURIComponent(text.value)}`;
  });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      told.textContent = "Copied.";
    } catch {
      // Some browsers keep the clipboard to themselves; what is marked can be copied by hand.
      text.select();
      told.textContent = "Press Ctrl+C to copy what is marked.";
    }
  });
}
