// Shows the button that prints, which does nothing without a script.
const button = document.querySelector("[data-prints]");
button.hidden = false;
button.addEventListener("click", () => window.print());
