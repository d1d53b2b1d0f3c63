// The few deeds of the pages themselves: asking in the chat window, and copying the tag.
const ask = document.getElementById("ask");
if (ask) {
  ask.hidden = false;
  ask.addEventListener("click", () => window.Legwork?.open());
}

const copy = document.getElementById("copy");
if (copy) {
  const tag = document.getElementById("tag");
  const copied = document.getElementById("copied");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(tag.textContent);
      copied.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(tag);
      copied.textContent = "Selected: press Ctrl and C, or Cmd and C.";
    }
  });
}
