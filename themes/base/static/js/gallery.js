import { iconButton } from "./icon.js";

/** Adds previous, next and a counter below a gallery that scrolls sideways (small screens). */
export function enhanceGalleries(root) {
  for (const gallery of root.querySelectorAll("[data-gallery]")) {
    const strip = gallery.querySelector(".gallery__strip");
    const items = [...strip.children];
    if (items.length < 2 || gallery.querySelector(".gallery__controls")) continue;

    const controls = document.createElement("div");
    const counter = document.createElement("p");
    const visible = new Set();
    let current = 0;
    const show = (index) => {
      items[index]?.scrollIntoView({ block: "nearest", inline: "start" });
    };
    controls.className = "gallery__controls";
    counter.className = "nums";
    counter.setAttribute("aria-live", "polite");
    controls.append(
      iconButton("chevron-start", gallery.dataset.previous, "gallery__button icon--mirrored", () => show(current - 1)),
      counter,
      iconButton("chevron-start", gallery.dataset.next, "gallery__button icon--end", () => show(current + 1)),
    );
    gallery.append(controls);

    const watch = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          visible[entry.isIntersecting ? "add" : "delete"](items.indexOf(entry.target));
        }
        if (visible.size) current = Math.min(...visible);
        counter.textContent = `${current + 1} / ${items.length}`;
      },
      { root: strip, threshold: 0.6 },
    );
    items.forEach((item) => watch.observe(item));
  }
}
