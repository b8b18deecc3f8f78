// The copy button is there only where it works; without it the box is selected whole by one click.
for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const box = document.getElementById(button.dataset.copies);
    const said = document.getElementById(button.dataset.tells);
    try {
      await navigator.clipboard.writeText(box.textContent);
      said.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(box);
      said.textContent = button.dataset.otherwise;
    }
  });
}
