// Pictures of a product: many at once from Wagtail's chooser, ordered by dragging or by number.
document.querySelectorAll(".product-pictures-editor").forEach((editor) => {
  const list = editor.querySelector(".product-pictures");
  const template = editor.querySelector("template");
  const total = editor.querySelector("[name$=TOTAL_FORMS]");
  const chooser = new ImageChooserModal(editor.dataset.chooser);

  function number() {
    list.querySelectorAll("[name$=display_order]").forEach((input, place) => (input.value = place));
  }

  function add(image) {
    const holder = document.createElement("div");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    const item = holder.querySelector("li");
    item.querySelector("[name$=original]").value = image.id;
    const picture = item.querySelector("img");
    picture.alt = image.title;
    if (image.preview) Object.assign(picture, { src: image.preview.url, width: image.preview.width, height: image.preview.height });
    list.append(item);
    total.value = Number(total.value) + 1;
    number();
  }

  editor.querySelector(".product-pictures__add").addEventListener("click", () => {
    chooser.open({ multiple: true }, (images) => images.forEach(add));
  });

  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const isAfter = dragged.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    over[isAfter ? "after" : "before"](dragged);
  });
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    number();
  });
});
