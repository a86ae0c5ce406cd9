"""Categories and product types of the demo shop."""

from .art import COLOURWAYS
from .ranges import RANGES
from .specs import AttributeSpec, CategorySpec, ImageSpec, ProductTypeSpec

CATEGORY_COUNT = {"tiny": 36, "default": 36, "large": 300}

# (slug, name, parent, kind of its picture, description)
_TREE: tuple[tuple[str, str, str | None, str | None, str], ...] = (
    (
        "lighting",
        "Lighting",
        None,
        "table-lamp",
        "Warm, low and in the right place: lamps for rooms in which people stay.",
    ),
    (
        "lamps",
        "Lamps",
        "lighting",
        "floor-lamp",
        "On the table, beside the chair, above the supper.",
    ),
    (
        "table-lamps",
        "Table lamps",
        "lamps",
        "table-lamp",
        "Small circles of light for books, beds and sideboards.",
    ),
    (
        "floor-lamps",
        "Floor lamps",
        "lamps",
        "floor-lamp",
        "Tall lamps that make a room out of a corner.",
    ),
    (
        "pendant-lamps",
        "Pendant lamps",
        "lamps",
        "pendant-lamp",
        "One shape, one cord, one table beneath it.",
    ),
    ("candlelight", "Candlelight", "lighting", "candle", "For when the bulbs are off."),
    (
        "candles-and-lanterns",
        "Candles & lanterns",
        "candlelight",
        "lantern",
        "Flames, and glass to keep the wind from them.",
    ),
    (
        "furniture",
        "Furniture",
        None,
        "armchair",
        "Few pieces, solid, made to be mended.",
    ),
    (
        "seating",
        "Seating",
        "furniture",
        "chair",
        "For suppers that run late and afternoons that do not run at all.",
    ),
    (
        "chairs",
        "Chairs",
        "seating",
        "chair",
        "Good to sit on, good to look at from across the room.",
    ),
    ("armchairs", "Armchairs", "seating", "armchair", "Deep, soft and fought over."),
    (
        "tables-and-storage",
        "Tables & storage",
        "furniture",
        "table",
        "Where things stand.",
    ),
    (
        "tables",
        "Tables",
        "tables-and-storage",
        "table",
        "Full-length boards on honest legs.",
    ),
    (
        "shelves",
        "Shelves",
        "tables-and-storage",
        "shelf",
        "Straight under encyclopaedias.",
    ),
    (
        "kitchen",
        "Kitchen",
        None,
        "kettle",
        "What is used three times a day ought to be lovely three times a day.",
    ),
    ("kitchenware", "Kitchenware", "kitchen", "bowl", "Thrown, cast and enamelled."),
    ("mugs", "Mugs", "kitchenware", "mug", "First coffee, second tea."),
    ("bowls", "Bowls", "kitchenware", "bowl", "Wide, deep, in stacks and singly."),
    (
        "kettles-and-bottles",
        "Kettles & bottles",
        "kitchenware",
        "kettle",
        "To boil, to pour, to carry along.",
    ),
    ("textiles", "Textiles", None, "throw", "Wool, linen and cotton, woven close by."),
    (
        "soft-things",
        "Soft things",
        "textiles",
        "cushion",
        "For sofas, floors and cold feet.",
    ),
    (
        "cushions",
        "Cushions",
        "soft-things",
        "cushion",
        "The quickest way to change a room.",
    ),
    ("throws", "Throws", "soft-things", "throw", "From September on."),
    ("rugs", "Rugs", "soft-things", "rug", "Where shoes feel out of place."),
    ("decoration", "Decoration", None, "vase", "Things that do nothing, well."),
    (
        "shelf-and-sill",
        "Shelf & sill",
        "decoration",
        "planter",
        "For what stands in the window.",
    ),
    (
        "vases-and-clocks",
        "Vases & clocks",
        "shelf-and-sill",
        "clock",
        "A branch and the hour.",
    ),
    ("planters", "Planters", "shelf-and-sill", "planter", "Room for roots."),
    ("outdoor", "Outdoor", None, "tent", "For the day the weather asks you out."),
    ("camp", "Camp", "outdoor", "tent", "A roof, a bed and a light."),
    (
        "tents-and-beds",
        "Tents & beds",
        "camp",
        "sleeping-bag",
        "Tents, sleeping bags and hammocks.",
    ),
    (
        "snow-camping",
        "Snow camping",
        "camp",
        None,
        "We are still testing. Come back when it snows.",
    ),
    (
        "carry-and-wear",
        "Carry & wear",
        "outdoor",
        "backpack",
        "On the back and on the feet.",
    ),
    (
        "backpacks-and-tools",
        "Rucksacks & tools",
        "carry-and-wear",
        "backpack",
        "What comes along.",
    ),
    (
        "clothing-and-boots",
        "Clothing & boots",
        "carry-and-wear",
        "jacket",
        "For weather that cannot make up its mind.",
    ),
    (
        "workshop-samples",
        "Workshop samples",
        "carry-and-wear",
        None,
        "First pieces, seen by the team only.",
    ),
)
_CASES = {"snow-camping": "empty", "workshop-samples": "hidden"}

# Shown, sold and named by colour and size; every attribute beyond these is plain.
_MATERIAL = AttributeSpec("material", "Material", "text")
_COLOUR = AttributeSpec(
    "colour", "Colour", "option", tuple(name.capitalize() for name in COLOURWAYS)
)
_COMMON = (
    _MATERIAL,
    _COLOUR,
    AttributeSpec("width_cm", "Width in cm", "integer"),
    AttributeSpec("height_cm", "Height in cm", "integer"),
    AttributeSpec("weight_g", "Weight in g", "integer"),
    AttributeSpec("care", "Care", "text"),
)
_EXTRA: dict[str, tuple[AttributeSpec, ...]] = {
    "lamp": (
        AttributeSpec("socket", "Socket", "option", ("E14", "E27", "G9")),
        AttributeSpec("max_watts", "Largest bulb in W", "integer"),
        AttributeSpec("dimmable", "Can be dimmed", "boolean"),
    ),
    "candlelight": (AttributeSpec("burning_hours", "Burns for hours", "integer"),),
    "tableware": (
        AttributeSpec("capacity_l", "Holds litres", "float"),
        AttributeSpec("dishwasher", "Dishwasher-safe", "boolean"),
    ),
    "tent": (
        AttributeSpec("water_column_mm", "Water column in mm", "integer"),
        AttributeSpec(
            "suited_for",
            "Suited for",
            "multi_option",
            ("Spring", "Summer", "Autumn", "Winter"),
        ),
    ),
    "sleeping": (
        AttributeSpec(
            "suited_for",
            "Suited for",
            "multi_option",
            ("Spring", "Summer", "Autumn", "Winter"),
        ),
    ),
    "bag": (AttributeSpec("water_resistant", "Keeps rain out", "boolean"),),
    "clothing": (AttributeSpec("water_resistant", "Keeps rain out", "boolean"),),
    "footwear": (AttributeSpec("resoleable", "Can be resoled", "boolean"),),
    "seating": (AttributeSpec("seat_height_cm", "Seat height in cm", "integer"),),
}
_TYPE_NAMES = {
    "lamp": "Lamp",
    "candlelight": "Candlelight",
    "seating": "Seat",
    "tables": "Table",
    "storage": "Storage",
    "tableware": "Tableware",
    "decoration": "Decoration",
    "planters": "Planter",
    "cushion": "Cushion",
    "blanket": "Blanket",
    "rug": "Rug",
    "tent": "Tent",
    "sleeping": "Bed for outdoors",
    "bag": "Bag",
    "tool": "Tool",
    "clothing": "Clothing",
    "footwear": "Footwear",
}
CUSHION_SIZES = (
    "30 × 30 cm",
    "40 × 40 cm",
    "45 × 45 cm",
    "50 × 50 cm",
    "60 × 40 cm",
    "60 × 60 cm",
    "70 × 50 cm",
    "80 × 80 cm",
)


def product_types() -> tuple[ProductTypeSpec, ...]:
    """All product types; those whose ranges come in sizes have the axis "size" besides "colour"."""
    types = []
    for code, name in _TYPE_NAMES.items():
        sizes = tuple(
            dict.fromkeys(
                size
                for entry in RANGES
                if entry.product_type == code
                for size in entry.sizes
            )
        )
        if code == "cushion":
            sizes = CUSHION_SIZES
        size = (AttributeSpec("size", "Size", "option", sizes),) if sizes else ()
        types.append(
            ProductTypeSpec(
                code,
                name,
                (*_COMMON, *size, *_EXTRA.get(code, ())),
                ("colour", "size") if sizes else ("colour",),
            )
        )
    return tuple(types)


def _usual_colour(kind: str) -> str:
    from .art import KINDS

    return KINDS[kind].colours[0]


def categories(size: str) -> tuple[CategorySpec, ...]:
    """The tree in depth-first order, parents first; "large" adds leaves by colour."""
    levels: dict[str, int] = {}
    specs = []
    for slug, name, parent, kind, text in _TREE:
        levels[slug] = levels[parent] + 1 if parent else 1
        image = ImageSpec(kind, 1, _usual_colour(kind), 3, alt=name) if kind else None
        case = _CASES.get(slug, "")
        specs.append(
            CategorySpec(
                slug,
                name,
                text,
                parent,
                levels[slug],
                image,
                is_public=case != "hidden",
                case=case,
            )
        )
    leaves = [spec for spec in specs if spec.level == 3 and not spec.case]
    wanted = CATEGORY_COUNT[size] - len(specs)
    for colour in COLOURWAYS:
        for leaf in leaves:
            if wanted > 0:
                wanted -= 1
                specs.append(
                    CategorySpec(
                        f"{leaf.slug}-in-{colour}",
                        f"{leaf.name} in {colour}",
                        leaf.description,
                        leaf.parent,
                        3,
                        leaf.image,
                    )
                )
    return tuple(specs)
