"""The demo shop "Wrenholt" as plain data: no Django, no database, nothing from the network; CC0 (see LICENSE).

    from storefront.demo.catalogue import build_catalogue
    from storefront.demo.content import build_content
    from storefront.demo.trade import price_history

    shop = build_catalogue("default")       # "tiny" | "default" | "large"; cached, the same for the same size
    said = build_content("default")         # its blocks name products of that catalogue
    for spec in (*shop.images(), *said.images()):
        spec.draw().save(f"{spec.key}.jpg", quality=85)   # 1000 × 1000, scenes 1600 × 1000; draw(size) for others

`DemoCatalogue` (shapes in `specs`, all frozen dataclasses, all sequences tuples):

- `categories`: `CategorySpec(slug, name, description, parent, level, image, is_public, case)`, parents first
- `product_types`: `ProductTypeSpec(code, name, attributes, axes)` of `AttributeSpec(code, name, type, options)`
- `products`: `ProductSpec(upc, kind, title, slug, product_type, categories, summary, description, attributes, variants,
  images, recommended, reviews, is_public, case)`, property `is_parent`. `variants` are `VariantSpec(sku, title,
  axes, price, stock, low_stock_threshold, weight, image)`: price gross in EUR, weight in grams. A standalone has one
  variant without axes, and its SKU is the product's upc. A variant's `image` is one of the product's `images`. An
  attribute value is str, int, float, bool, one of the attribute's options, or a tuple of them (multi_option);
  "colour" and "size" stand with the variants where these differ by it, else "colour" with the product
- `reviews`: `ReviewSpec(author, score, title, body, days_ago)`
- `offers`: `OfferSpec(slug, name, description, kind, value, categories, quantity)`
- `vouchers`: `VoucherSpec(code, name, value, usage, starts_in_days, ends_in_days, case)`
- `customers`: `CustomerSpec(email, first_name, last_name, line1, postcode, city, country)`
- `orders`: `OrderSpec(days_ago, customer, is_guest, status, country, lines)` of `OrderLineSpec(sku, quantity)`;
  `customer` is the mail address
- `by_upc`, `images()` (each distinct `ImageSpec(kind, seed, colour, view, alt)` once; equality leaves `alt` out)

`price_history(sku, price)` gives the gross prices of 24 months as ((days ago, amount), …), oldest first, the last
of them the price of today.

`DemoContent` (shapes in `page_specs`): `site` (`SiteSpec`), `authors`, `pages` of `PageSpec(kind, slug, title, intro,
body, cover, author, tags, days_ago, form_fields)`, `images()`. The values in `body`, by block:

- heading {"text", "level": "h2"} · rich_text: HTML of p, h3, ul, li, b, i · quote {"text", "attribution"}
- image {"image": spec, "caption"} · image_with_text {"image": spec, "text": HTML, "side": "start" | "end"}
- gallery [spec, …] · faq [{"question", "answer": HTML}, …] · table [[cell, …], …], its first row the header
- call_to_action {"title", "text", "label", "target"}; targets are "category:", "page:" or "article:" with a slug
- columns [[(block, value), …], …] · product_card upc · product_grid {"title", "upcs": [upc, …]}

`case` marks what tests look for: products nine-images, many-variants, out-of-stock, one-left, withdrawn; categories
empty, hidden; vouchers valid, expired, used-up, single-use. `build_catalogue(size, hard_cases=True)` adds products that
break pages: no-image, price-one-cent, long-title, html-title, rtl-title, unicode-…
"""
