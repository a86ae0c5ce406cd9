from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import (
    Exists,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    prefetch_related_objects,
)

from catalogue.models import (
    AttributeOption,
    Category,
    Option,
    Product,
    ProductAttribute,
    ProductAttributeValue,
    ProductCategory,
    ProductImage,
    ProductRecommendation,
)
from catalogue.options import product_options, with_options
from catalogue.reviews.models import ProductReview
from catalogue.selectors.cards import (
    AvailabilityView,
    Offering,
    PriceView,
    ProductCard,
    availability_view,
    card_make,
    card_queryset,
    offerings_load,
    price_view,
    rating_view,
)
from catalogue.selectors.categories import (
    Breadcrumb,
    ancestor_paths,
    breadcrumb_trail,
)
from foundation.core.context import ShopContext
from foundation.media.images import ImageView, image_view

REVIEWS_SHOWN = 5
AXIS_TYPES = (ProductAttribute.OPTION, ProductAttribute.MULTI_OPTION)


class ProductNotFoundError(LookupError):
    """No public product has this id."""


@dataclass(frozen=True, slots=True)
class ProductView:
    """The product's own words; ``description`` is HTML written by staff."""

    id: int
    title: str
    slug: str
    url: str
    upc: str
    description: str
    meta_title: str
    meta_description: str


@dataclass(frozen=True, slots=True)
class VariantView:
    """A variant: ``options`` maps an axis's code to its option's ids."""

    id: int
    title: str
    upc: str
    url: str
    options: dict[str, frozenset[int]]
    price: PriceView | None
    availability: AvailabilityView


@dataclass(frozen=True, slots=True)
class AxisOption:
    """A choice on an axis; ``url`` leads to the variant that fits it best."""

    label: str
    value: str
    url: str
    is_selected: bool
    is_available: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """An attribute by which variants differ."""

    name: str
    code: str
    options: list[AxisOption]


@dataclass(frozen=True, slots=True)
class AttributeView:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    title: str
    body: str
    score: int
    reviewer_name: str
    date_created: datetime
    url: str


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """All that a product page shows. ``selected`` is the variant it shows, if it has any."""

    product: ProductView
    gallery: list[ImageView]
    price: PriceView | None
    availability: AvailabilityView
    axes: list[Axis]
    variants: list[VariantView]
    selected: VariantView | None
    attributes: list[AttributeView]
    rating: Decimal | None
    review_count: int
    reviews: list[ReviewView]
    recommendations: list[ProductCard]
    breadcrumbs: list[Breadcrumb]
    requires_shipping: bool
    options: list[Option]


def product_detail(
    pk: int, *, context: ShopContext, variant: int | None = None
) -> ProductDetail:
    """The public product ``pk``, showing its variant ``variant``.

    Without ``variant``, or if it is none of this product's public variants, the
    first that can be bought is shown. At most eight statements, for 1 or 132
    variants: products, stock, price history (if reduced), images, attribute
    values, their multiple options (if any), categories, reviews. Two more where
    the shopper has options to choose: these, and what there is to choose from.

    Raises:
        ProductNotFoundError: there is none, it is hidden, or it is a variant.
    """
    product, children, recommended = _products(pk)
    shown = [product, *recommended]
    offerings = offerings_load([each.pk for each in shown], context=context)
    images = _images([*shown, *children])
    values = _attribute_values([product, *children])
    attributes_of_axes = _axis_attributes(children, values)
    variants = [
        _variant(child, product, offerings.get(pk, []), values, attributes_of_axes)
        for child in children
    ]
    selected = _select(variants, variant)
    options = _options(values)
    if selected:
        price, availability = selected.price, selected.availability
    else:
        price, availability = (
            price_view(offerings.get(pk, [])),
            availability_view(offerings.get(pk, [])),
        )
    return ProductDetail(
        product=_view(product),
        gallery=_gallery(product, images, selected),
        price=price,
        availability=availability,
        axes=_axes(attributes_of_axes, options, variants, selected),
        variants=variants,
        selected=selected,
        attributes=_attributes(product, selected, values, attributes_of_axes),
        rating=rating_view(product.rating),
        review_count=product.review_count,
        reviews=_reviews(product) if product.review_count else [],
        recommendations=[
            card_make(
                each,
                offerings=offerings.get(each.pk, []),
                image=_card_image(images.get(each.pk)),
                context=context,
            )
            for each in recommended
        ],
        breadcrumbs=[*_trail(product), Breadcrumb(product.title)],
        requires_shipping=product.is_shipping_required,
        options=product_options(product),
    )


# --- What is loaded ---------------------------------------------------------------


def _products(pk: int) -> tuple[Product, list[Product], list[Product]]:
    """The product, its variants, and what is recommended with it, in one statement."""
    recommendation = ProductRecommendation.objects.filter(
        primary=pk, recommendation=OuterRef("pk")
    )
    found = list(
        with_options(card_queryset())
        .select_related("product_class")
        .filter(
            Q(pk=pk)
            | Q(parent=pk)
            | Q(
                pk__in=ProductRecommendation.objects.filter(primary=pk).values(
                    "recommendation"
                ),
                parent=None,
            ),
            is_public=True,
        )
        .annotate(
            ranking=Subquery(
                recommendation.values("ranking"), output_field=IntegerField()
            )
        )
        .order_by("pk")
    )
    product = next((each for each in found if each.pk == pk), None)
    if product is None or product.is_child:
        raise ProductNotFoundError(pk)
    children = [each for each in found if each.parent_id == pk]
    recommended = [each for each in found if each.ranking is not None]
    recommended.sort(key=lambda each: (-each.ranking, each.pk))
    return product, children, [each for each in recommended if each.pk != pk]


def _images(products: Sequence[Product]) -> dict[int, list[ProductImage]]:
    images = defaultdict(list)
    for image in (
        ProductImage.objects.filter(product__in=[each.pk for each in products])
        .select_related("original")
        .order_by("product_id", "display_order", "pk")
    ):
        images[image.product_id].append(image)
    return images


def _attribute_values(
    products: Sequence[Product],
) -> dict[int, list[ProductAttributeValue]]:
    """The attribute values of each product by its id, in the order the attributes were made."""
    found = list(
        ProductAttributeValue.objects.filter(product__in=[each.pk for each in products])
        .select_related("attribute", "value_option")
        .order_by("attribute_id")
    )
    multiple = [
        each for each in found if each.attribute.type == ProductAttribute.MULTI_OPTION
    ]
    if multiple:
        prefetch_related_objects(multiple, "value_multi_option")
    values = defaultdict(list)
    for value in found:
        values[value.product_id].append(value)
    return values


def _trail(product: Product) -> list[Breadcrumb]:
    """Breadcrumbs of the deepest public category that the product is in."""
    linked = ProductCategory.objects.filter(
        product=product, category__path__startswith=OuterRef("path")
    )
    chains = list(
        Category.objects.browsable().filter(Exists(linked)).order_by("-depth", "path")
    )
    if not chains:
        return []
    by_path = {category.path: category for category in chains}
    deepest = chains[0]
    return breadcrumb_trail(
        [*(by_path[path] for path in ancestor_paths(deepest.path)), deepest]
    )


def _reviews(product: Product) -> list[ReviewView]:
    reviews = (
        ProductReview.objects.approved()
        .filter(product=product)
        .select_related("user")
        .order_by("-delta_votes", "-date_created", "-pk")
    )
    views = []
    for review in reviews[:REVIEWS_SHOWN]:
        review.product = product
        views.append(review_view(review))
    return views


def review_view(review: ProductReview) -> ReviewView:
    """A review to show; its product and user are loaded."""
    return ReviewView(
        title=review.title,
        body=review.body,
        score=review.score,
        reviewer_name=str(review.reviewer_name),
        date_created=review.date_created,
        url=review.get_absolute_url(),
    )


# --- Variants ---------------------------------------------------------------------


def _axis_attributes(
    children: Sequence[Product], values: dict[int, list[ProductAttributeValue]]
) -> list[ProductAttribute]:
    """Attributes of type option that the variants have values of, in the order they were made."""
    attributes = {
        value.attribute_id: value.attribute
        for child in children
        for value in values.get(child.pk, [])
        if value.attribute.type in AXIS_TYPES
    }
    return [attributes[pk] for pk in sorted(attributes)]


def _value_options(value: ProductAttributeValue) -> list[AttributeOption]:
    if value.attribute.type == ProductAttribute.OPTION:
        return [value.value_option] if value.value_option else []
    if value.attribute.type == ProductAttribute.MULTI_OPTION:
        return list(value.value_multi_option.all())
    return []


def _options(
    values: dict[int, list[ProductAttributeValue]],
) -> dict[int, dict[int, AttributeOption]]:
    """All options in use by attribute id, in the order they were made."""
    options: dict[int, dict[int, AttributeOption]] = defaultdict(dict)
    for product_values in values.values():
        for value in product_values:
            for option in _value_options(value):
                options[value.attribute_id][option.pk] = option
    return {pk: dict(sorted(each.items())) for pk, each in options.items()}


def _variant(
    child: Product,
    product: Product,
    offerings: list[Offering],
    values: dict[int, list[ProductAttributeValue]],
    axes: list[ProductAttribute],
) -> VariantView:
    own = [each for each in offerings if each.product_id == child.pk]
    axis_ids = {axis.pk for axis in axes}
    return VariantView(
        id=child.pk,
        title=child.title or product.title,
        upc=child.upc or "",
        url=f"{product.get_absolute_url()}?variant={child.pk}",
        options={
            value.attribute.code: frozenset(
                option.pk for option in _value_options(value)
            )
            for value in values.get(child.pk, [])
            if value.attribute_id in axis_ids
        },
        price=price_view(own),
        availability=availability_view(own),
    )


def _select(variants: list[VariantView], wanted: int | None) -> VariantView | None:
    for variant in variants:
        if variant.id == wanted:
            return variant
    buyable = [each for each in variants if each.availability.can_buy]
    return next(iter(buyable or variants), None)


def _axes(
    attributes: list[ProductAttribute],
    options: dict[int, dict[int, AttributeOption]],
    variants: list[VariantView],
    selected: VariantView | None,
) -> list[Axis]:
    if selected is None:
        return []
    axes = []
    for attribute in attributes:
        choices = []
        for option in options[attribute.pk].values():
            fits = [
                variant
                for variant in variants
                if option.pk in variant.options.get(attribute.code, ())
            ]
            if fits:
                choices.append(_axis_option(attribute, option, fits, selected))
        axes.append(Axis(attribute.name, attribute.code, choices))
    return axes


def _axis_option(
    attribute: ProductAttribute,
    option: AttributeOption,
    fits: list[VariantView],
    selected: VariantView,
) -> AxisOption:
    """``option`` with the variant of ``fits`` that differs least from ``selected``."""
    others = {
        code: chosen
        for code, chosen in selected.options.items()
        if code != attribute.code
    }

    def likeness(variant: VariantView) -> tuple[int, bool, int]:
        same = sum(
            variant.options.get(code) == chosen for code, chosen in others.items()
        )
        return same, variant.availability.can_buy, -variant.id

    best = max(fits, key=likeness)
    is_selected = option.pk in selected.options.get(attribute.code, ())
    return AxisOption(
        label=option.option,
        value=option.code or str(option.pk),
        url=selected.url if is_selected else best.url,
        is_selected=is_selected,
        is_available=(selected if is_selected else best).availability.can_buy,
    )


# --- What is shown ----------------------------------------------------------------


def _view(product: Product) -> ProductView:
    return ProductView(
        id=product.pk,
        title=product.title,
        slug=product.slug,
        url=product.get_absolute_url(),
        upc=product.upc or "",
        description=product.description,
        meta_title=product.meta_title or "",
        meta_description=product.meta_description or "",
    )


def _gallery(
    product: Product,
    images: dict[int, list[ProductImage]],
    selected: VariantView | None,
) -> list[ImageView]:
    """The selected variant's images first, then the product's; each image once."""
    own = images.get(selected.id, []) if selected else []
    unique: dict[int, ProductImage] = {}
    for image in [*own, *images.get(product.pk, [])]:
        unique.setdefault(image.original_id, image)
    return [
        image_view(image.original, alt=image.caption or product.title)
        for image in unique.values()
    ]


def _card_image(images: list[ProductImage] | None) -> ImageView | None:
    if not images:
        return None
    return image_view(images[0].original, alt=images[0].caption)


def _attributes(
    product: Product,
    selected: VariantView | None,
    values: dict[int, list[ProductAttributeValue]],
    axes: list[ProductAttribute],
) -> list[AttributeView]:
    """What the product and the selected variant say of themselves beside the axes."""
    shown = {value.attribute_id: value for value in values.get(product.pk, [])}
    if selected:
        shown |= {value.attribute_id: value for value in values.get(selected.id, [])}
    for axis in axes:
        shown.pop(axis.pk, None)
    views = [
        AttributeView(value.attribute.name, str(value.value_as_text))
        for _, value in sorted(shown.items())
    ]
    return [view for view in views if view.value and view.value != "None"]
