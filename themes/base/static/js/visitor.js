/** Fills the header with what belongs to this visitor: name, basket count, messages. The page itself stays cacheable. */
export async function loadVisitor(root) {
  const place = root.querySelector("[data-visitor]");
  if (!place) return;
  const response = await fetch(place.dataset.visitor, {
    credentials: "same-origin",
    headers: { "X-Requested-With": "fetch" },
  }).catch(() => null);
  if (!response?.ok) return; // the plain links stay
  const fragment = new DOMParser().parseFromString(await response.text(), "text/html").body;
  const messages = fragment.querySelector("[data-visitor-messages]");
  if (messages) {
    messages.remove();
    root.querySelector("#messages")?.append(...messages.children);
  }
  if (fragment.childElementCount) place.replaceChildren(...fragment.childNodes);
}
