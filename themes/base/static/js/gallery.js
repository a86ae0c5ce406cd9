import { iconButton } from "./icon.js";

/** Lets people step through the pictures of a product, and see each one large. */
export function enhanceGalleries(root) {
  for (const gallery of root.querySelectorAll("[data-gallery]:not(.gallery--enhanced)")) {
    gallery.classList.add("gallery--enhanced");
    const strip = gallery.querySelector(".gallery__strip");
    if (strip.children.length > 1) gallery.append(pager(strip, gallery.dataset).bar);
    enlargeOnClick(gallery, strip);
  }
}

/** A bar with previous, next and a counter, for a strip that scrolls sideways. */
function pager(strip, labels) {
  const items = [...strip.children];
  const bar = document.createElement("div");
  const counter = document.createElement("p");
  const visible = new Set();
  let current = 0;
  const show = (index, behavior = "auto") => {
    items[index]?.scrollIntoView({ behavior, block: "nearest", inline: "start" });
  };
  bar.className = "gallery__controls";
  counter.className = "nums";
  counter.setAttribute("aria-live", "polite");
  bar.append(
    iconButton("chevron-start", labels.previous, "gallery__button icon--mirrored", () => show(current - 1)),
    counter,
    iconButton("chevron-start", labels.next, "gallery__button icon--end", () => show(current + 1)),
  );
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
  return { bar, show, step: (by) => show(current + by), currentItem: () => items[current] };
}

/** Opens the large pictures over the page; a click that asks for a new tab stays a link. */
function enlargeOnClick(gallery, strip) {
  const links = [...strip.querySelectorAll(".gallery__link")];
  let lightbox;
  strip.addEventListener("click", (event) => {
    const link = event.target.closest(".gallery__link");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    lightbox ??= makeLightbox(gallery, links);
    lightbox.open(links.indexOf(link));
  });
}

function makeLightbox(gallery, links) {
  const labels = gallery.dataset;
  const dialog = document.createElement("dialog");
  const strip = document.createElement("ul");
  dialog.className = "lightbox";
  dialog.setAttribute("aria-label", labels.title);
  strip.className = "lightbox__strip";
  strip.tabIndex = 0;
  strip.append(...links.map(largePicture));
  const { bar, show, step, currentItem } = pager(strip, labels);

  const zoomed = () => strip.querySelector(".lightbox__item--zoomed");
  const zoomOut = () => {
    const item = zoomed();
    if (!item) return;
    item.classList.remove("lightbox__item--zoomed");
    item.removeAttribute("tabindex");
    zoomButton.setAttribute("aria-pressed", "false");
  };
  /** Shows `item` in its full size, the point at these shares of its width and height in the middle. */
  const zoomIn = (item, across = 0.5, down = 0.5) => {
    const image = item.firstElementChild;
    item.classList.add("lightbox__item--zoomed");
    item.tabIndex = 0; // so that arrow keys move the picture
    item.focus({ preventScroll: true });
    item.scrollTo({
      left: across * image.clientWidth - item.clientWidth / 2,
      top: down * image.clientHeight - item.clientHeight / 2,
      behavior: "instant",
    });
    zoomButton.setAttribute("aria-pressed", "true");
  };
  const zoomButton = iconButton("zoom", labels.zoom, "gallery__button", () =>
    zoomed() ? zoomOut() : zoomIn(currentItem()),
  );
  zoomButton.setAttribute("aria-pressed", "false");
  const closeButton = iconButton("close", labels.close, "gallery__button", () => dialog.close());
  closeButton.autofocus = true;
  const tools = document.createElement("div");
  tools.className = "lightbox__tools";
  tools.append(zoomButton, closeButton);
  bar.classList.add("lightbox__bar");
  bar.classList.toggle("lightbox__bar--single", links.length === 1);
  bar.append(tools);
  dialog.append(strip, bar);
  gallery.append(dialog);

  dialog.addEventListener("keydown", (event) => {
    if (zoomed() || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const forward = getComputedStyle(dialog).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    event.preventDefault();
    step(event.key === forward ? 1 : -1);
  });
  strip.addEventListener("click", (event) => {
    if (zoomed()) {
      zoomOut();
      return;
    }
    const [across, down] = placeInPicture(event);
    const isBeside = Math.abs(across - 0.5) > 0.5 || Math.abs(down - 0.5) > 0.5;
    if (isBeside) dialog.close();
    else zoomIn(event.target.parentElement, across, down);
  });
  strip.addEventListener("scroll", zoomOut);
  dialog.addEventListener("close", zoomOut);

  return {
    open(index) {
      dialog.showModal();
      show(index, "instant");
    },
  };
}

/** Where a click on an image that is fitted into its box hits the picture, as shares of its width and height. */
function placeInPicture({ target: image, offsetX, offsetY }) {
  const { clientWidth, clientHeight, naturalWidth, naturalHeight } = image;
  const scale = Math.min(clientWidth / naturalWidth, clientHeight / naturalHeight);
  const share = (offset, box, natural) => (offset - (box - natural * scale) / 2) / (natural * scale);
  return [share(offsetX, clientWidth, naturalWidth), share(offsetY, clientHeight, naturalHeight)];
}

function largePicture(link) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  item.className = "lightbox__item";
  image.className = "lightbox__image";
  image.alt = link.querySelector("img").alt;
  image.loading = "lazy";
  image.src = link.href;
  item.append(image);
  return item;
}
