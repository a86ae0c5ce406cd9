"""A large catalogue without flesh, for scale tests: written in SQL, seconds for 20,000 products.

Never the seed: no texts, no picture files, no search index.
"""

from __future__ import annotations

from django.db import connection, transaction

from catalogue.models import (
    AttributeOption,
    AttributeOptionGroup,
    Category,
    ProductAttribute,
    ProductClass,
)
from catalogue.partner.models import Partner, standard_tax_class
from catalogue.partner.services import price_writer
from foundation.core import clock

COLOURS, SIZES = 12, 11
LARGEST_PARENT = "S-1"
"""UPC of the parent with 132 variants, one in each colour and size."""

PRODUCTS = """
INSERT INTO catalogue_product
    (structure, upc, title, slug, description, rating, date_created, date_updated,
     is_discountable, product_class_id, is_public, priority)
SELECT CASE WHEN n = 1 OR n %% 50 = 0 THEN 'parent' ELSE 'standalone' END,
       'S-' || n, 'Skeleton ' || n, 'skeleton-' || n, '', (n %% 50) / 10.0,
       %(now)s - n * interval '1 minute', %(now)s, true, %(product_class)s,
       n %% 97 <> 0, 0
FROM generate_series(1, %(products)s) AS n;
"""
VARIANTS = """
INSERT INTO catalogue_product
    (structure, upc, title, slug, description, date_created, date_updated,
     is_discountable, parent_id, is_public, priority)
SELECT 'child', parent.upc || '-' || k, '', parent.slug, '', %(now)s, %(now)s, true,
       parent.id, true, 0
FROM catalogue_product AS parent,
     generate_series(1, CASE WHEN parent.upc = 'S-1' THEN 132 ELSE 6 END) AS k
WHERE parent.structure = 'parent' AND parent.upc LIKE 'S-%%'
ORDER BY parent.id, k;
"""
OPTIONS = """
INSERT INTO catalogue_productattributevalue (attribute_id, product_id, value_option_id)
SELECT axis.attribute, child.id,
       axis.options[1 + ((split_part(child.upc, '-', 3)::int - 1) / axis.step)
                    %% cardinality(axis.options)]
FROM catalogue_product AS child,
     (VALUES (%(colour)s, %(colours)s::int[], 1), (%(size)s, %(sizes)s::int[], 12))
     AS axis (attribute, options, step)
WHERE child.structure = 'child' AND child.upc LIKE 'S-%%';
"""
IN_CATEGORIES = """
INSERT INTO catalogue_productcategory (product_id, category_id)
SELECT product.id, (%(leaves)s::int[])[1 + product.id %% %(leaf_count)s]
FROM catalogue_product AS product
WHERE product.parent_id IS NULL AND product.upc LIKE 'S-%%';
"""
STOCK = """
INSERT INTO partner_stockrecord
    (partner_sku, price_currency, price, num_in_stock, date_created, date_updated,
     partner_id, product_id, tax_class_id)
SELECT product.upc, 'EUR', 5 + product.id %% 400 + 0.99, product.id %% 20, %(now)s, %(now)s,
       %(partner)s, product.id, %(tax_class)s
FROM catalogue_product AS product
WHERE product.structure <> 'parent' AND product.upc LIKE 'S-%%';
INSERT INTO partner_pricechange
    (partner_sku, currency, amount, starts, reason, created_at, stockrecord_id)
SELECT partner_sku, 'EUR', price, %(now)s - interval '100 days', 'skeleton',
       %(now)s - interval '100 days', id
FROM partner_stockrecord WHERE partner_sku LIKE 'S-%%';
INSERT INTO partner_pricewindow (amount, starts, ends, stockrecord_id)
SELECT round(price * 0.8, 2), %(minute)s - interval '5 days', %(minute)s + interval '5 days', id
FROM partner_stockrecord WHERE partner_sku LIKE 'S-%%' AND id %% 10 = 0;
"""
IMAGES = """
INSERT INTO media_libraryimage
    (title, file, description, width, height, created_at, file_hash, manifest, collection_id)
SELECT 'Skeleton ' || n, 'original_images/skeleton-' || n || '.webp', '', 1440, 1080, %(now)s,
       '', jsonb_build_object('320', jsonb_build_object(
           'name', 'images/skeleton-' || n || '.320.webp', 'width', 320, 'height', 240)),
       (SELECT min(id) FROM wagtailcore_collection)
FROM generate_series(1, 20) AS n;
INSERT INTO catalogue_productimage (caption, display_order, date_created, product_id, original_id)
SELECT '', place, %(now)s, product.id, images.ids[1 + (product.id + place) %% 20]
FROM catalogue_product AS product,
     generate_series(0, 1) AS place,
     (SELECT array_agg(id) AS ids FROM media_libraryimage WHERE title LIKE 'Skeleton %%') AS images
WHERE product.upc LIKE 'S-%%' AND (place = 0 OR product.parent_id IS NULL);
"""
REVIEWS = """
INSERT INTO reviews_productreview
    (score, title, body, name, email, homepage, status, total_votes, delta_votes,
     date_created, product_id)
SELECT 4, 'Good', 'Good.', 'Ada', '', '', 1, 0, 0, %(now)s, product.id
FROM catalogue_product AS product
WHERE product.parent_id IS NULL AND product.upc LIKE 'S-%%'
      AND (product.id %% 10 = 0 OR product.upc = 'S-1');
INSERT INTO catalogue_productrecommendation (primary_id, recommendation_id, ranking)
SELECT product.id, other.id, 0
FROM catalogue_product AS product
CROSS JOIN generate_series(1, 4) AS k
JOIN catalogue_product AS other ON other.id = product.id + k
WHERE product.parent_id IS NULL AND other.parent_id IS NULL AND product.upc LIKE 'S-%%';
"""


def skeleton_build(*, products: int = 20_000) -> None:
    """Write ``products`` public and hidden ones into 300 categories of three levels.

    Every 50th has six variants, ``LARGEST_PARENT`` has 132; every tenth stock
    record is reduced; each product has two pictures, a variant one.
    """
    now = clock.now()
    product_class = ProductClass.objects.create(name="Skeleton")
    colour, colours = _axis("Colour", COLOURS, product_class)
    size, sizes = _axis("Size", SIZES, product_class)
    leaves = _categories()
    values = {
        "products": products,
        "now": now,
        "minute": clock.to_minute(now),
        "product_class": product_class.pk,
        "colour": colour,
        "colours": colours,
        "size": size,
        "sizes": sizes,
        "leaves": leaves,
        "leaf_count": len(leaves),
        "partner": Partner.objects.create(name="Skeleton", code="skeleton").pk,
        "tax_class": standard_tax_class(),
    }
    with transaction.atomic(), price_writer(), connection.cursor() as cursor:
        # Without fresh figures PostgreSQL plans the last joins for a handful of rows.
        analyze = "ANALYZE catalogue_product"
        for sql in (
            *(PRODUCTS, VARIANTS, analyze),
            *(OPTIONS, IN_CATEGORIES, STOCK, IMAGES, REVIEWS),
        ):
            for statement in sql.strip().rstrip(";").split(";\n"):
                cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _axis(name: str, count: int, product_class: ProductClass) -> tuple[int, list[int]]:
    """Attribute and options (primary keys) of an axis."""
    group = AttributeOptionGroup.objects.create(name=name)
    options = AttributeOption.objects.bulk_create(
        AttributeOption(group=group, option=f"{name} {number}")
        for number in range(count)
    )
    attribute = ProductAttribute.objects.create(
        product_class=product_class,
        name=name,
        code=name.lower(),
        type=ProductAttribute.OPTION,
        option_group=group,
    )
    return attribute.pk, [option.pk for option in options]


def _categories() -> list[int]:
    """10 roots with 5 children, each with 4 or 5: 300 in all; the leaves' primary keys."""
    rows: list[Category] = []

    def add(parent_path: str, number: int, children: int) -> str:
        depth = len(parent_path) // Category.steplen + 1
        path = Category._get_path(parent_path, depth, number)
        rows.append(
            Category(
                path=path,
                depth=depth,
                numchild=children,
                name=f"Shelf {path}",
                slug=f"shelf-{path.lower()}",
            )
        )
        return path

    for root in range(10):
        root_path = add("", root + 1, 5)
        for middle in range(5):
            middle_path = add(root_path, middle + 1, 5 if middle < 4 else 4)
            for leaf in range(5 if middle < 4 else 4):
                add(middle_path, leaf + 1, 0)
    made = Category.objects.bulk_create(rows)
    return [category.pk for category in made if not category.numchild]
