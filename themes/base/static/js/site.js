/** The one entry module: makes better what already works without it. */
import { enhanceForms } from "./forms.js";
import { enhanceGalleries } from "./gallery.js";
import { enhanceMenu } from "./menu.js";
import { enhanceQuantities } from "./quantity.js";
import { enhanceVariantPickers } from "./variants.js";
import { loadVisitor } from "./visitor.js";

export function enhance(root) {
  enhanceQuantities(root);
  enhanceGalleries(root);
}

enhanceMenu(document);
enhance(document);
enhanceForms(document, enhance);
enhanceVariantPickers(document, enhance);
loadVisitor(document);
