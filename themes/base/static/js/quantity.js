import { iconButton } from "./icon.js";

/** Puts − and + beside a number input; the input stays what is sent. */
export function enhanceQuantities(root) {
  for (const quantity of root.querySelectorAll("[data-quantity]:not(.quantity--enhanced)")) {
    const input = quantity.querySelector("input");
    const step = (direction) => () => {
      direction > 0 ? input.stepUp() : input.stepDown();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    input.before(iconButton("minus", quantity.dataset.less, "quantity__button", step(-1)));
    input.after(iconButton("plus", quantity.dataset.more, "quantity__button", step(1)));
    quantity.classList.add("quantity--enhanced");
  }
}
