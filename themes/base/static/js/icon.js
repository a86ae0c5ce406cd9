const SVG = "http://www.w3.org/2000/svg";
const SPRITE = new URL("../img/icons.svg", import.meta.url);

/** An icon of the sprite, as the page already names it (a hashed file name in production). */
export function icon(name) {
  const used = document.querySelector(".icon use")?.getAttribute("href") ?? SPRITE.pathname;
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${used.split("#")[0]}#${name}`);
  svg.append(use);
  return svg;
}

/** A button that holds only an icon. */
export function iconButton(name, label, className, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.setAttribute("aria-label", label);
  button.append(icon(name));
  button.addEventListener("click", onClick);
  return button;
}
