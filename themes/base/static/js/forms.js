import { loadVisitor } from "./visitor.js";

const PATIENCE = 400; // milliseconds, for people who click "one more" several times

/**
 * Does at once what people without scripts do with a button or on the next page.
 *
 * `<button data-live="quantity" data-replaces="price totals">` is pressed when a field changes whose name ends with
 * "quantity". The fields in `<fieldset data-live-query data-replaces="summary">` are put into the page's address
 * instead. The answer replaces the parts of the page that are named (`data-part`). If it has other parts, as when
 * a line of the basket is gone, it is opened; if there is none, the form is sent in the ordinary way.
 */
export function enhanceForms(root, enhance) {
  const timers = new WeakMap();
  let isLeaving = false;
  let asked = 0;

  root.addEventListener("submit", () => (isLeaving = true));
  addEventListener("pageshow", () => (isLeaving = false));

  root.addEventListener("change", ({ target }) => {
    const query = target.closest("[data-live-query]");
    if (query) {
      load(`?${new URLSearchParams({ [target.name]: target.value })}`, query.dataset.replaces);
      return;
    }
    const button = [...(target.form?.querySelectorAll("[data-live]") ?? [])].find((each) =>
      target.name.endsWith(each.dataset.live),
    );
    if (!button) return;
    clearTimeout(timers.get(button));
    timers.set(button, setTimeout(press, button.form.method === "get" ? 0 : PATIENCE, button));
  });

  async function press(button) {
    if (isLeaving) return;
    const { form } = button;
    const data = new URLSearchParams(new FormData(form, button));
    const url = new URL(form.getAttribute("action") ?? "", location.href); // form.action may be a button
    const isGet = form.method === "get";
    if (isGet) url.search = data;
    const isDone = await load(url, button.dataset.replaces, isGet ? {} : { method: "POST", body: data });
    if (!isDone) form.requestSubmit(button);
    else if (isGet) history.replaceState({}, "", url);
    else loadVisitor(root);
  }

  /** Replaces the parts with these names by those of another answer, unless it comes too late; false if it can't. */
  async function load(url, names, options = {}) {
    const parts = (page) => names.split(" ").flatMap((name) => [...page.querySelectorAll(`[data-part="${name}"]`)]);
    const turn = ++asked;
    const response = await fetch(url, options).catch(() => null);
    const page = response?.ok && new DOMParser().parseFromString(await response.text(), "text/html");
    if (isLeaving || turn !== asked) return true;
    if (!page) return false;
    if (parts(page).length !== parts(root).length) {
      location.assign(response.url);
      return true;
    }
    const fresh = parts(page);
    parts(root).forEach((part, index) => replacePart(part, fresh[index]));
    root.querySelector("#messages").replaceChildren(...page.querySelector("#messages").children);
    root.title = page.title;
    enhance(root);
    return true;
  }
}

/** Replaces what is in `part`; what was typed there since the answer was asked for stays, and so does the focus. */
function replacePart(part, fresh) {
  const typed = new Map([...part.querySelectorAll("input, select")].map((field) => [field.name, field.value]));
  const focused = part.contains(document.activeElement) && document.activeElement.name;
  part.replaceChildren(...fresh.childNodes);
  for (const field of part.querySelectorAll("input, select")) {
    if (typed.has(field.name)) field.value = typed.get(field.name);
    if (field.name === focused) field.focus({ preventScroll: true });
  }
}
