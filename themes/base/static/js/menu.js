/** Closes an open menu group on Escape and on a click elsewhere; `details` alone stays open. */
export function enhanceMenu(root) {
  const menu = root.querySelector("#site-menu");
  if (!menu) return;
  const openGroups = () => menu.querySelectorAll("details[open]");

  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const group of openGroups()) {
      group.open = false;
      group.querySelector("summary").focus();
    }
  });
  root.addEventListener("click", (event) => {
    for (const group of openGroups()) {
      if (!group.contains(event.target)) group.open = false;
    }
  });
  menu.addEventListener("focusout", (event) => {
    const group = event.target.closest("details[open]");
    if (group && event.relatedTarget && !group.contains(event.relatedTarget)) group.open = false;
  });
}
