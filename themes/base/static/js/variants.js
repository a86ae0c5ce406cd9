/**
 * Changes the variant in place. Each option is a link to the page of that variant, so this only
 * fetches the link and swaps the product section; any failure follows the link.
 */
export function enhanceVariantPickers(root, enhance) {
  const section = () => root.querySelector("[data-product]");
  if (!section()?.querySelector("[data-variant-picker]")) return;

  const options = () => [...section().querySelectorAll("[data-variant-picker] .option")];

  /** Shows the page at `url`; the option at place `focused` gets the focus again. */
  async function show(url, focused) {
    section().setAttribute("aria-busy", "true");
    const response = await fetch(url, { credentials: "same-origin" }).catch(() => null);
    const page = response?.ok && new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page && page.querySelector("[data-product]");
    if (!fresh) {
      location.assign(url);
      return;
    }
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
