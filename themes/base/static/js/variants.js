/**
 * Changes the variant in place. Each option is a link to the page of that variant, so this only
 * fetches the link and swaps the product section; any failure follows the link.
 */
export function enhanceVariantPickers(root, enhance) {
  const section = () => root.querySelector("[data-product]");
  if (!section()?.querySelector("[data-variant-picker]")) return;

  const options = () => [...section().querySelectorAll("[data-variant-picker] .option")];

  let latest = "";

  /** Shows the page at `url`, unless another is asked for meanwhile; the option at place `focused` gets the focus again. */
  async function show(url, focused) {
    latest = url;
    section().setAttribute("aria-busy", "true");
    const response = await fetch(url, { credentials: "same-origin" }).catch(() => null);
    const page = response?.ok && new DOMParser().parseFromString(await response.text(), "text/html");
    if (url !== latest) return;
    const fresh = page && page.querySelector("[data-product]");
    if (!fresh) {
      location.assign(url);
      return;
    }
    keepOptions(section(), fresh);
    section().replaceWith(document.adoptNode(fresh));
    root.title = page.title;
    enhance(section());
    options()[focused]?.focus({ preventScroll: true });
  }

  root.addEventListener("click", (event) => {
    const option = event.target.closest("[data-variant-picker] a.option");
    if (!option || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState({}, "", option.href);
    show(option.href, options().indexOf(option));
  });
  addEventListener("popstate", () => show(location.href));
}

/** Fills the product's options in `fresh` with what was chosen and typed in `old`. */
function keepOptions(old, fresh) {
  const form = old.querySelector(".product__form");
  if (!form) return;
  const typed = new FormData(form);
  for (const field of fresh.querySelectorAll('.product__form [name^="option-"]')) {
    const values = typed.getAll(field.name);
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field.options) for (const each of field.options) each.selected = values.includes(each.value);
    else field.value = values[0] ?? "";
  }
}
