// The clock of a sprint: counts down, and goes to the result when the time is over.

const clock = document.getElementById("sprint-left");
if (clock) countDown(clock);

function countDown(clock: HTMLElement): void {
  const ends = performance.now() + Number(clock.dataset.left) * 1000;
  document.getElementById("sprint-made")?.remove();
  const draw = () => {
    const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    clock.classList.toggle("short", left <= 30);
    if (left > 0) return;
    clearInterval(ticking);
    const field = document.querySelector<HTMLInputElement>("main input[name=answer]:not([type=radio])");
    const form = field?.form;
    // What stands in the field was typed in time.
    if (form && field.value.trim()) form.requestSubmit(form.querySelector<HTMLButtonElement>("button:not([name])"));
    else location.assign(clock.dataset.over!);
  };
  const ticking = setInterval(draw, 250);
  draw();
}
