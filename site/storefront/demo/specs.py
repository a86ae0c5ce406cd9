"""The shapes in which the demo shop is described: frozen, ordered, free of any database."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from PIL import Image

AttributeValue = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True)
class ImageSpec:
    """A picture of a product, to be drawn: see `art.draw_product`. Equal specs are the same picture."""

    kind: str
    seed: int
    colour: str
    view: int = 0
    alt: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """A name for the file, unique to what is drawn."""
        return f"{self.kind}-{self.seed}-{self.colour}-{self.view}"

    def draw(self, size: int = 1000) -> Image.Image:
        """The picture itself, RGB and square."""
        from .art import draw_product

        return draw_product(
            self.kind, seed=self.seed, colour=self.colour, view=self.view, size=size
        )


@dataclass(frozen=True)
class SceneSpec:
    """A picture of a room or landscape, to be drawn: see `art.draw_scene`."""

    scene: str
    seed: int
    alt: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """A name for the file, unique to what is drawn."""
        return f"scene-{self.scene}-{self.seed}"

    def draw(self, size: tuple[int, int] = (1600, 1000)) -> Image.Image:
        """The picture itself, RGB."""
        from .art import draw_scene

        return draw_scene(self.scene, seed=self.seed, size=size)


@dataclass(frozen=True)
class CategorySpec:
    """A category; `level` 1 to 3, parents come before children. `case`: "", "empty" or "hidden"."""

    slug: str
    name: str
    description: str
    parent: str | None
    level: int
    image: ImageSpec | None = None
    is_public: bool = True
    case: str = ""


@dataclass(frozen=True)
class AttributeSpec:
    """An attribute of a product type; `type` in Oscar's words: text, integer, float, boolean, option, multi_option."""

    code: str
    name: str
    type: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProductTypeSpec:
    """A product type; `axes` are the codes of the attributes that variants may differ by."""

    code: str
    name: str
    attributes: tuple[AttributeSpec, ...]
    axes: tuple[str, ...]


@dataclass(frozen=True)
class VariantSpec:
    """What can be bought: price gross in EUR, weight in grams, `axes` as ((attribute code, value), …)."""

    sku: str
    title: str
    axes: tuple[tuple[str, str], ...]
    price: Decimal
    stock: int
    low_stock_threshold: int
    weight: int
    image: ImageSpec | None


@dataclass(frozen=True)
class ReviewSpec:
    """What a customer thinks: `score` 1 to 5, written `days_ago`."""

    author: str
    score: int
    title: str
    body: str
    days_ago: int


@dataclass(frozen=True)
class ProductSpec:
    """A product with what can be bought of it.

    A product with one variant that has no axes is a standalone; with more it is a parent with children. `upc` is that
    of the parent; a standalone's only SKU equals it. `description` is safe HTML. `attributes` hold what all variants
    share. `kind` is that of its range. `case` names what tests look for in this product, or is empty.
    """

    upc: str
    kind: str
    title: str
    slug: str
    product_type: str
    categories: tuple[str, ...]
    summary: str
    description: str
    attributes: tuple[tuple[str, AttributeValue], ...]
    variants: tuple[VariantSpec, ...]
    images: tuple[ImageSpec, ...]
    recommended: tuple[str, ...] = ()
    reviews: tuple[ReviewSpec, ...] = ()
    is_public: bool = True
    case: str = ""

    @property
    def is_parent(self) -> bool:
        """Whether the variants become children."""
        return bool(self.variants[0].axes)


@dataclass(frozen=True)
class OfferSpec:
    """A standing offer. `kind`: percentage, multibuy ("`quantity` for the price of one less") or free-shipping."""

    slug: str
    name: str
    description: str
    kind: str
    value: Decimal
    categories: tuple[str, ...] = ()
    quantity: int = 0


@dataclass(frozen=True)
class VoucherSpec:
    """A code. `value` in per cent; days are relative to today, negative in the past.

    `case`: valid, expired, used-up or single-use.
    `usage`: "multi-use", "once-per-customer" or "single-use"; a used-up voucher has an order to its name already.
    """

    code: str
    name: str
    value: Decimal
    usage: str
    starts_in_days: int
    ends_in_days: int
    case: str


@dataclass(frozen=True)
class CustomerSpec:
    """A customer with an address; the mail address ends in example.com."""

    email: str
    first_name: str
    last_name: str
    line1: str
    postcode: str
    city: str
    country: str


@dataclass(frozen=True)
class OrderLineSpec:
    """So many of one SKU."""

    sku: str
    quantity: int


@dataclass(frozen=True)
class OrderSpec:
    """An order of the past; `status`: confirmed, completed or cancelled; `is_guest`: placed without an account."""

    days_ago: int
    customer: str
    is_guest: bool
    status: str
    country: str
    lines: tuple[OrderLineSpec, ...]


@dataclass(frozen=True)
class DemoCatalogue:
    """Everything that is sold and has been sold, at one size."""

    size: str
    categories: tuple[CategorySpec, ...]
    product_types: tuple[ProductTypeSpec, ...]
    products: tuple[ProductSpec, ...]
    offers: tuple[OfferSpec, ...]
    vouchers: tuple[VoucherSpec, ...]
    customers: tuple[CustomerSpec, ...]
    orders: tuple[OrderSpec, ...]

    @cached_property
    def by_upc(self) -> dict[str, ProductSpec]:
        """Products by their own upc (not by that of their variants)."""
        return {product.upc: product for product in self.products}

    def images(self) -> tuple[ImageSpec, ...]:
        """Each distinct picture once, in the order of first use."""
        specs = [spec for category in self.categories if (spec := category.image)]
        for product in self.products:
            specs += product.images
            specs += [spec for variant in product.variants if (spec := variant.image)]
        return tuple(dict.fromkeys(specs))
