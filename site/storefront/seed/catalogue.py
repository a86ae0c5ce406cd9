"""Categories, product types, products with their variants, stock, prices and reviews."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Avg, OuterRef, Subquery
from oscar.core.loading import get_model
from wagtail.models import ReferenceIndex

from catalogue.models import Category, ProductImage
from catalogue.partner.models import StockRecord
from catalogue.partner.services import (
    PricePoint,
    prices_backfill,
    stock_alerts_open,
)
from foundation.core import clock
from foundation.media.models import LibraryImage
from storefront.demo.specs import (
    CategorySpec,
    DemoCatalogue,
    ProductSpec,
    ProductTypeSpec,
    VariantSpec,
)
from storefront.demo.trade import price_history

AttributeOption = get_model("catalogue", "AttributeOption")
AttributeOptionGroup = get_model("catalogue", "AttributeOptionGroup")
Partner = get_model("partner", "Partner")
Product = get_model("catalogue", "Product")
ProductAttribute = get_model("catalogue", "ProductAttribute")
ProductAttributeValue = get_model("catalogue", "ProductAttributeValue")
ProductCategory = get_model("catalogue", "ProductCategory")
ProductClass = get_model("catalogue", "ProductClass")
ProductRecommendation = get_model("catalogue", "ProductRecommendation")
ProductReview = get_model("reviews", "ProductReview")

PARTNER = "wrenholt"
CURRENCY = "EUR"
BATCH = 500
"""Products per transaction: what is interrupted loses at most this many."""

SALE_SHARE = 0.1
HISTORY_DAYS = 730
VALUE_FIELDS = {
    "text": "value_text",
    "integer": "value_integer",
    "float": "value_float",
    "boolean": "value_boolean",
    "option": "value_option",
}

Images = dict[str, LibraryImage]


def catalogue_seed(
    demo: DemoCatalogue, images: Images, progress: Callable[[int, int], None]
) -> None:
    """Make what is missing of ``demo``; pictures come from ``images`` by spec key."""
    with transaction.atomic():
        _seed_categories(demo.categories, images)
        _seed_types(demo.product_types)
    known = set(Product.objects.values_list("upc", flat=True))
    missing = [spec for spec in demo.products if spec.upc not in known]
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        with transaction.atomic():
            _seed_products(batch, images)
        progress(start + len(batch), len(missing))
    with transaction.atomic():
        _seed_recommendations(missing)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _seed_categories(specs: Iterable[CategorySpec], images: Images) -> None:
    known = {category.slug: category for category in Category.objects.all()}
    for spec in specs:
        if spec.slug in known:
            continue
        values = {
            "name": spec.name,
            "slug": spec.slug,
            "description": spec.description,
            "is_public": spec.is_public,
            "image": images.get(spec.image.key) if spec.image else None,
        }
        if spec.parent is None:
            known[spec.slug] = Category.add_root(**values)
        else:
            parent = Category.objects.get(pk=known[spec.parent].pk)
            known[spec.slug] = parent.add_child(**values)


def _seed_types(specs: Iterable[ProductTypeSpec]) -> None:
    for spec in specs:
        product_class, made = ProductClass.objects.get_or_create(
            slug=spec.code, defaults={"name": spec.name}
        )
        if not made:
            continue
        for attribute in spec.attributes:
            group = None
            if attribute.options:
                group = AttributeOptionGroup.objects.create(
                    name=f"{spec.name}: {attribute.name}",
                    code=f"{spec.code}-{attribute.code}",
                )
                AttributeOption.objects.bulk_create(
                    AttributeOption(group=group, option=option)
                    for option in attribute.options
                )
            ProductAttribute.objects.create(
                product_class=product_class,
                code=attribute.code,
                name=attribute.name,
                type=attribute.type,
                option_group=group,
            )


def _seed_products(specs: list[ProductSpec], images: Images) -> None:
    types = {each.slug: each for each in ProductClass.objects.all()}
    categories = dict(Category.objects.values_list("slug", "pk"))
    products = {
        spec.upc: Product(
            upc=spec.upc,
            title=spec.title[:255],
            slug=spec.slug[:255],
            structure=Product.PARENT if spec.is_parent else Product.STANDALONE,
            product_class=types[spec.product_type],
            description=spec.description,
            meta_description=spec.summary,
            is_public=spec.is_public,
        )
        for spec in specs
    }
    Product.objects.bulk_create(products.values())
    _backdate(products.values())
    ProductCategory.objects.bulk_create(
        ProductCategory(product=products[spec.upc], category_id=categories[slug])
        for spec in specs
        for slug in spec.categories
    )
    sold = _seed_variants(specs, products)
    _seed_pictures(specs, products, sold, images)
    _seed_attributes(specs, products, sold)
    _seed_stock(specs, sold)
    _seed_reviews(specs, products)


def _backdate(products: Iterable) -> None:
    """Spread over two years when the products came into the shop."""
    products = list(products)
    for product in products:  # bulk_create() takes the date from the clock
        days_ago = random.Random(product.upc).randint(1, HISTORY_DAYS)  # noqa: S311
        product.date_created = clock.now() - timedelta(days=days_ago)
    Product.objects.bulk_update(products, ["date_created"])


def _seed_variants(specs: list[ProductSpec], products: dict) -> dict:
    """What can be bought, by SKU: the children of parents, and the standalones."""
    sold = {
        spec.variants[0].sku: products[spec.upc] for spec in specs if not spec.is_parent
    }
    children = {
        variant.sku: Product(
            upc=variant.sku,
            title=variant.title[:255],
            slug=f"{spec.slug[:200]}-{number}",
            structure=Product.CHILD,
            parent=products[spec.upc],
        )
        for spec in specs
        if spec.is_parent
        for number, variant in enumerate(spec.variants, 1)
    }
    Product.objects.bulk_create(children.values())
    return sold | children


def _seed_pictures(
    specs: list[ProductSpec], products: dict, sold: dict, images: Images
) -> None:
    pictures = [
        ProductImage(
            product=products[spec.upc],
            original=images[image.key],
            caption=image.alt[:200],
            display_order=order,
        )
        for spec in specs
        for order, image in enumerate(spec.images)
    ]
    pictures += [
        ProductImage(
            product=sold[variant.sku],
            original=images[variant.image.key],
            caption=variant.image.alt[:200],
        )
        for spec in specs
        if spec.is_parent
        for variant in spec.variants
        if variant.image
    ]
    for picture in ProductImage.objects.bulk_create(pictures):
        ReferenceIndex.create_or_update_for_object(picture)


def _seed_attributes(specs: list[ProductSpec], products: dict, sold: dict) -> None:
    attributes = {
        (attribute.product_class.slug, attribute.code): attribute
        for attribute in ProductAttribute.objects.select_related("product_class")
    }
    options = {
        (option.group_id, option.option): option
        for option in AttributeOption.objects.all()
    }

    chosen: list[tuple] = []

    def value(spec: ProductSpec, product, code: str, given) -> object:
        attribute = attributes[spec.product_type, code]
        group = attribute.option_group_id
        if attribute.type == "multi_option":
            made = ProductAttributeValue(product=product, attribute=attribute)
            chosen.extend((made, options[group, option]) for option in given)
            return made
        if attribute.type == "option":
            given = options[group, given]
        return ProductAttributeValue(
            product=product,
            attribute=attribute,
            **{VALUE_FIELDS[attribute.type]: given},
        )

    ProductAttributeValue.objects.bulk_create(
        value(spec, product, code, given)
        for spec in specs
        for product, pairs in [
            (products[spec.upc], spec.attributes),
            *[
                (sold[variant.sku], variant.axes)
                for variant in spec.variants
                if spec.is_parent
            ],
        ]
        for code, given in pairs
    )
    through = ProductAttributeValue.value_multi_option.through
    through.objects.bulk_create(
        through(productattributevalue=made, attributeoption=option)
        for made, option in chosen
    )


def _seed_stock(specs: list[ProductSpec], sold: dict) -> None:
    partner, _ = Partner.objects.get_or_create(
        code=PARTNER, defaults={"name": "Wrenholt warehouse"}
    )
    variants = [variant for spec in specs for variant in spec.variants]
    records = {
        variant.sku: StockRecord(
            product=sold[variant.sku],
            partner=partner,
            partner_sku=variant.sku,
            price_currency=CURRENCY,
            num_in_stock=variant.stock,
            low_stock_threshold=variant.low_stock_threshold,
        )
        for variant in variants
    }
    StockRecord.objects.bulk_create(records.values())
    prices_backfill(
        points=(
            point
            for spec in specs
            for variant in spec.variants
            for point in price_points(records[variant.sku], spec, variant)
        )
    )
    stock_alerts_open(stockrecords=[record.pk for record in records.values()])


def price_points(
    record: StockRecord, spec: ProductSpec, variant: VariantSpec
) -> list[PricePoint]:
    """Two years of a price up to today's; about every tenth product is on sale now."""
    now = clock.to_minute(clock.now())
    points = [
        PricePoint(record, amount, now - timedelta(days=days_ago))
        for days_ago, amount in price_history(variant.sku, variant.price)
    ]
    sale = random.Random(spec.upc)  # noqa: S311
    if variant.price > 10 and sale.random() < SALE_SHARE:
        factor = Decimal(sale.choice(["0.70", "0.75", "0.80", "0.85"]))
        amount = (variant.price * factor).quantize(Decimal("0.01"))
        starts, ends = now - timedelta(days=9), now + timedelta(days=21)
        points.append(PricePoint(record, amount, starts, ends, is_window=True))
    return points


def _seed_reviews(specs: list[ProductSpec], products: dict) -> None:
    now = clock.now()
    reviews = [
        (
            ProductReview(
                product=products[spec.upc],
                score=review.score,
                title=review.title,
                body=review.body,
                name=review.author,
                status=ProductReview.APPROVED,
            ),
            now - timedelta(days=review.days_ago),
        )
        for spec in specs
        for review in spec.reviews
    ]
    ProductReview.objects.bulk_create(review for review, _ in reviews)
    for review, written in reviews:  # bulk_create() takes the date from the clock
        review.date_created = written
    ProductReview.objects.bulk_update(
        (review for review, _ in reviews), ["date_created"]
    )
    average = (
        ProductReview.objects.filter(product=OuterRef("pk"))
        .values("product")
        .annotate(average=Avg("score"))
        .values("average")
    )
    Product.objects.filter(pk__in=[product.pk for product in products.values()]).update(
        rating=Subquery(average)
    )


def _seed_recommendations(specs: list[ProductSpec]) -> None:
    pks = dict(Product.objects.exclude(upc=None).values_list("upc", "pk"))
    ProductRecommendation.objects.bulk_create(
        (
            ProductRecommendation(
                primary_id=pks[spec.upc],
                recommendation_id=pks[upc],
                ranking=len(spec.recommended) - order,
            )
            for spec in specs
            for order, upc in enumerate(spec.recommended)
            if upc in pks
        ),
        ignore_conflicts=True,
    )
