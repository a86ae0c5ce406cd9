"""Products of the demo shop, made by rule: same size, same shop, to the letter and the cent."""

import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import cycle
from random import Random

from .art import KINDS
from .hard_cases import FIRST_NUMBER, HARD_CASES, HARD_TITLES
from .ranges import CLOSINGS, GOES_WITH, MAKING, NAMES, RANGES, Range
from .specs import AttributeValue, DemoCatalogue, ImageSpec, ProductSpec, VariantSpec
from .taxonomy import CUSHION_SIZES, categories, product_types
from .trade import customers, offers, orders, reviews, vouchers

PRODUCT_COUNT = {"tiny": 24, "default": 240, "large": 20_000}
# What a shop has: the case, and the kind of the one product that it happens to.
CASES: dict[str, str] = {
    "nine-images": "armchair",
    "many-variants": "cushion",
    "out-of-stock": "kettle",
    "one-left": "clock",
    "withdrawn": "tent",
}
SAMPLES = "workshop-samples"
"""The hidden category."""
_NOT_IN_TINY = ("hammock", "shelf")
_EXTRA_AT_DEFAULT = ("table-lamp", "mug", "cushion", "throw", "vase", "backpack")

_ADVERBS = (
    "quiet",
    "plain",
    "generous",
    "well-made",
    "honest",
    "sturdy",
    "graceful",
    "unhurried",
    "cheerful",
    "handsome",
)
_CARE = (
    "Wipe with a damp cloth",
    "Dust with a soft brush",
    "Wash by hand, dry in the shade",
    "Oil or wax once a year",
    "Air it, and wash it seldom",
)
_PIECES = {"Pair": Decimal("1.9"), "Set of four": Decimal("3.6")}
_EDITIONS = ("", ", small", ", tall", " No. 2", ", wide", " No. 3", ", low", " No. 4")


def _slug(title: str, upc: str) -> str:
    """An ASCII slug, unique by its number."""
    plain = (
        unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    )
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70].strip("-")
    return f"{words}-{upc[-5:]}" if words else f"product-{upc[-5:]}"


def _price(rng: Random, entry: Range) -> Decimal:
    """A gross price as shops like it: whole, .50 or .90."""
    return Decimal(
        round(rng.triangular(*entry.price, entry.price[0] * 1.4))
    ) - rng.choice((Decimal("0.00"), Decimal("0.10"), Decimal("0.50")))


def _making(material: str) -> str:
    """How `material` is worked, by the first word of it that we know something about."""
    words = re.findall(r"[a-z]+", material)
    for word in words[::-1]:
        for key, text in MAKING.items():
            if word.startswith(key):
                return text
    return "It is made slowly, in a small run, by people who sign for it."


def _description(rng: Random, entry: Range, name: str, material: str) -> str:
    """Three or four short paragraphs of safe HTML."""
    opening = rng.choice(entry.openings).format(name=name)
    paragraphs = [
        opening,
        _making(material),
        rng.choice(entry.uses),
        rng.choice(CLOSINGS),
    ]
    if rng.random() < 0.45:
        paragraphs[2] = " ".join(entry.uses)
    if rng.random() < 0.5:
        paragraphs[1:3] = [f"{paragraphs[1]} {paragraphs[2]}"]
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def _attributes(
    rng: Random, entry: Range, material: str, weight: int
) -> list[tuple[str, AttributeValue]]:
    """What all variants of a product share, by the attributes of its type."""
    width, height = (round(side * rng.uniform(0.85, 1.15)) for side in entry.measure)
    known: dict[str, AttributeValue] = {
        "socket": rng.choice(("E14", "E27", "E27", "G9")),
        "max_watts": rng.choice((25, 40, 60)),
        "dimmable": rng.random() < 0.7,
        "burning_hours": rng.randrange(24, 80, 4),
        "capacity_l": round(rng.uniform(0.25, 1.8), 2),
        "dishwasher": rng.random() < 0.7,
        "water_column_mm": rng.choice((2000, 3000, 5000)),
        "suited_for": ("Spring", "Summer", "Autumn", "Winter")[: rng.randint(2, 4)],
        "water_resistant": rng.random() < 0.8,
        "resoleable": True,
        "seat_height_cm": rng.randint(41, 47),
    }
    values: list[tuple[str, AttributeValue]] = [
        ("material", material.capitalize()),
        ("width_cm", width),
        ("height_cm", height),
        ("weight_g", weight),
        ("care", rng.choice(_CARE)),
    ]
    codes = next(spec.attributes for spec in _TYPES if spec.code == entry.product_type)
    return [
        *values,
        *((spec.code, known[spec.code]) for spec in codes if spec.code in known),
    ]


_TYPES = product_types()


def _variants(
    rng: Random,
    entry: Range,
    upc: str,
    title: str,
    colours: list[str],
    sizes: tuple[str, ...],
    fronts: dict[str, ImageSpec],
) -> tuple[VariantSpec, ...]:
    """Every combination of colour and size, or the one thing there is; larger sizes cost more."""
    base, weight = _price(rng, entry), entry.weight
    grows = entry.product_type not in ("clothing", "footwear")
    variants = []
    for colour in colours:
        for step, size in enumerate(sizes or ("",)):
            axes = [("colour", colour.capitalize())] if len(colours) > 1 else []
            axes += [("size", size)] if size else []
            suffix = f"-{colour[:3].upper()}" * (
                len(colours) > 1
            ) + f"-{step + 1}" * bool(size)
            factor = _PIECES.get(size) or (
                Decimal(100 + 18 * step) / 100 if grows else Decimal(1)
            )
            price = (base * factor).quantize(Decimal("0.1")).quantize(Decimal("0.01"))
            stock = rng.choice((0, 2, 3, *range(5, 60, 3)))
            named = ", ".join(
                [
                    title if len(title) < 200 else f"{title[:199]}…",
                    *(value for _, value in axes),
                ]
            )
            variants.append(
                VariantSpec(
                    f"{upc}{suffix}",
                    named if axes else title,
                    tuple(axes),
                    price,
                    stock,
                    4,
                    round(
                        weight
                        * (float(_PIECES[size]) if size in _PIECES else 1 + 0.15 * step)
                    )
                    if grows
                    else weight,
                    fronts[colour],
                )
            )
    return tuple(variants)


def _alt(entry: Range, name: str, colour: str, view: int) -> str:
    """What a picture shows, in words."""
    thing = f"{name} {entry.noun} in {colour}"
    return {
        0: thing,
        1: f"Close-up of the {thing}",
        2: f"The {thing} in use",
        3: f"The {thing} from the other side",
        4: f"The {thing} beside other colours",
        5: f"The {thing} at night",
        6: f"The {thing} with its box",
        7: f"Working drawing of the {name} {entry.noun}",
        8: f"Colours of the {name} {entry.noun}",
    }.get(view, f"Label of the {thing}")


def _colour_count(rng: Random, entry: Range) -> int:
    """In how many colours a product comes: what is worn in two, furniture mostly in one, small things in more."""
    if entry.product_type in ("clothing", "footwear"):
        return 2
    weights = (92, 7, 1) if entry.price[0] > 150 else (85, 12, 3)
    return rng.choices((1, 2, 3), weights)[0]


def _product(
    index: int, entry: Range, name: str, *, case: str = "", featured: bool = False
) -> ProductSpec:
    """Product number `index` (from 1) of the shop, `case` already worked in."""
    rng = Random(f"product/{index}/{entry.kind}")
    upc = f"WH-{index:05d}"
    title = HARD_TITLES.get(case, f"{name} {entry.noun}")
    usual = list(KINDS[entry.kind].colours)
    start = (index // 3) % len(usual)
    colours = (usual[start:] + usual[:start])[: _colour_count(rng, entry)]
    sizes = entry.sizes
    if case == "many-variants":
        colours, sizes = usual[:12], CUSHION_SIZES
    elif entry.product_type not in ("clothing", "footwear") and rng.random() < 0.15:
        sizes = ()
    seed = index % 97 + 1
    fronts = {
        colour: ImageSpec(entry.kind, seed, colour, 0, _alt(entry, name, colour, 0))
        for colour in colours
    }
    views = (
        range(1, 9)
        if case == "nine-images"
        else (2, rng.choice((1, 3, 4, 5, 7)))
        if featured
        else ()
    )
    images = [
        *fronts.values(),
        *(
            ImageSpec(
                entry.kind, seed, colours[0], view, _alt(entry, name, colours[0], view)
            )
            for view in dict.fromkeys(views)
        ),
    ]
    if case == "nine-images":
        images = [images[0], *images[-8:]]
    material = rng.choice(entry.materials)
    variants = _variants(rng, entry, upc, title, colours, sizes, fronts)
    attributes = _attributes(rng, entry, material, entry.weight)
    if len(colours) == 1:
        attributes.insert(1, ("colour", colours[0].capitalize()))
    if case == "no-image":
        images, variants = (
            [],
            tuple(replace(variant, image=None) for variant in variants),
        )
    elif case == "out-of-stock":
        variants = tuple(replace(variant, stock=0) for variant in variants)
    elif case == "one-left":
        variants = tuple(replace(variant, stock=1) for variant in variants)
    elif case == "price-one-cent":
        variants = tuple(
            replace(variant, price=Decimal("0.01")) for variant in variants
        )
    word = rng.choice(_ADVERBS)
    article = "An" if word[0] in "aeiou" or word == "honest" else "A"
    summary = f"{article} {word} {'pair of ' if entry.kind == 'boots' else ''}{entry.noun} in {material}."
    return ProductSpec(
        upc,
        entry.kind,
        title,
        _slug(title, upc),
        entry.product_type,
        (entry.category,),
        summary,
        _description(rng, entry, name, material),
        tuple(attributes),
        variants,
        tuple(images),
        reviews=reviews(rng, entry, name),
        is_public=case != "withdrawn",
        case=case,
    )


def _plan(size: str) -> list[tuple[Range, str]]:
    """What is sold, in order of number: (range, case). Kinds take turns, so that any stretch of it is a mixed shop."""
    if size == "tiny":
        return [
            (
                entry,
                next(
                    (case for case, kind in CASES.items() if kind == entry.kind),
                    "",
                ),
            )
            for entry in RANGES
            if entry.kind not in _NOT_IN_TINY
        ]
    turns = [entry for _ in range(9) for entry in RANGES]
    turns += [entry for entry in RANGES if entry.kind in _EXTRA_AT_DEFAULT]
    open_cases = list(CASES.items())
    plan = []
    for number, entry in enumerate(turns):
        # The first two rounds stay ordinary: the shop window should not be full of oddities.
        case = (
            next((pair for pair in open_cases if pair[1] == entry.kind), None)
            if number >= 2 * len(RANGES)
            else None
        )
        if case:
            open_cases.remove(case)
        plan.append((entry, case[0] if case else ""))
    return plan


def _recommend(products: list[ProductSpec]) -> tuple[ProductSpec, ...]:
    """Recommend with each product one of each kind that goes with it and is for sale."""
    by_kind: dict[str, list[str]] = {}
    for product in products:
        if product.is_public and product.categories != (SAMPLES,):
            by_kind.setdefault(product.kind, []).append(product.upc)
    return tuple(
        replace(
            product,
            recommended=tuple(
                by_kind[kind][i % len(by_kind[kind])]
                for kind in GOES_WITH[product.kind]
                if kind in by_kind
            ),
        )
        for i, product in enumerate(products)
    )


def _hard_products() -> list[ProductSpec]:
    ranges = {entry.kind: entry for entry in RANGES}
    return [
        _product(number, ranges[kind], NAMES[number % len(NAMES)], case=case)
        for number, (case, kind) in enumerate(HARD_CASES.items(), FIRST_NUMBER)
    ]


def _multiplied(
    base: tuple[ProductSpec, ...], count: int, leaves: set[str]
) -> list[ProductSpec]:
    """`base` repeated under new names and numbers up to `count` products, with the same pictures."""
    ordinary = [product for product in base if not product.case]
    products = list(base)
    for number, model in zip(range(len(base) + 1, count + 1), cycle(ordinary)):
        rng = Random(f"large/{number}")
        upc = f"WH-{number:05d}"
        old_name = model.title.split()[0]
        name = NAMES[(number * 7) % len(NAMES)]
        title = (
            model.title.replace(old_name, name, 1)
            + _EDITIONS[number // len(NAMES) % len(_EDITIONS)]
        )
        factor = Decimal(rng.randrange(80, 135, 5)) / 100
        kept = (
            model.variants
            if number % 10 == 0
            else model.variants[:3]
            if number % 4 == 0 and len(model.variants) > 2
            else model.variants[:1]
        )
        if len(kept) == 1:
            kept = (replace(kept[0], sku=model.upc, title=model.title, axes=()),)
        variants = tuple(
            replace(
                variant,
                sku=variant.sku.replace(model.upc, upc),
                title=variant.title.replace(model.title, title),
                price=(variant.price * factor)
                .quantize(Decimal("0.1"))
                .quantize(Decimal("0.01")),
                stock=rng.randrange(0, 80),
            )
            for variant in kept
        )
        colour = next((image.colour for image in model.images), "oat")
        by_colour = f"{model.categories[0]}-in-{colour}"
        products.append(
            replace(
                model,
                upc=upc,
                title=title,
                slug=_slug(title, upc),
                variants=variants,
                reviews=() if number % 5 else model.reviews[:2],
                categories=(
                    *model.categories,
                    *((by_colour,) if by_colour in leaves else ()),
                ),
                description=model.description.replace(old_name, name),
            )
        )
    return products


@lru_cache(maxsize=4)
def build_catalogue(size: str, *, hard_cases: bool = False) -> DemoCatalogue:
    """The whole shop at `size`: "tiny" (24 products), "default" (240), "large" (20,000).

    With `hard_cases` also the products of the module of that name.
    Raises: KeyError for other sizes.
    """
    count = PRODUCT_COUNT[size]
    tree = categories(size)
    products = []
    used: dict[str, int] = {}
    for number, (entry, case) in enumerate(
        _plan("default" if size == "large" else size), start=1
    ):
        turn = used[entry.kind] = used.get(entry.kind, -1) + 1
        name = NAMES[(RANGES.index(entry) * 5 + turn * 11) % len(NAMES)]
        products.append(
            _product(
                number,
                entry,
                name,
                case=case,
                featured=size != "tiny" and number <= len(RANGES) and number % 2 == 0,
            )
        )
    if size == "large":
        products = _multiplied(
            tuple(products), count, {category.slug for category in tree}
        )
    hidden = [
        i for i, product in enumerate(products) if product.product_type == "tool"
    ][1:2]
    for i in hidden:
        products[i] = replace(products[i], categories=(SAMPLES,))
    done = _recommend(products)
    hard = tuple(_hard_products()) if hard_cases else ()
    people = customers(12 if size == "tiny" else 120)
    return DemoCatalogue(
        size,
        tree,
        _TYPES,
        done + hard,
        offers(),
        vouchers(),
        people,
        orders(done, people, 12 if size == "tiny" else 300),
    )
