// Buttons that copy what stands in a field. Where the browser allows no page to copy, the field is chosen instead.

export function connectCopying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy!) as HTMLInputElement;
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Press Ctrl+C";
        field.focus();
      }
    });
  }
}
