"""What happens in the shop: reviews, prices over time, offers, vouchers, customers and their orders."""

# ruff: noqa: E501 - texts stand one a line

from decimal import Decimal
from random import Random

from .ranges import Range
from .specs import (
    CustomerSpec,
    OfferSpec,
    OrderLineSpec,
    OrderSpec,
    ProductSpec,
    ReviewSpec,
    VoucherSpec,
)

_FIRST = (
    "Ada Björn Chidi Dorota Elif Femi Greta Hamza Ines Jonas Kaja Liam Mina Noor Oskar Priya Quentin Rosa Sami Tilda Umar Vera Wiebke Xenia Yusuf "
    "Zofia Aoife Benoît Carmen Dmitri Esther Finn Giulia Hanna Ivo Jule Kofi Lotte Mateo Nils"
).split()
_LAST = (
    "Abara Bergmann Castell Dahlin Eriksen Farkas Grünwald Hale Ivers Janssen Kowalska Lindqvist Moreau Novák Okafor Papadakis Quist Rossi Sandoval "
    "Tanaka Ueland Verhoeven Whitlock Yılmaz Zeller"
).split()
_STREETS = (
    "Mill Lane",
    "Harbour Street",
    "Lindenweg",
    "Rue des Tilleuls",
    "Kirkegata",
    "Via del Forno",
    "Church Row",
    "Bäckerstraße",
    "Calle del Río",
    "Storgatan",
)
_PLACES = (
    ("DE", "Musterhafen", "20{n:03d}"),
    ("DE", "Altwiesen", "80{n:03d}"),
    ("AT", "Oberbeispiel", "1{n:03d}"),
    ("FR", "Val-Exemple", "75{n:03d}"),
    ("NL", "Voorbeeldam", "1{n:03d} AB"),
    ("IE", "Ballysample", "D02 X{n:03d}"),
    ("ES", "Villamuestra", "28{n:03d}"),
    ("IT", "Borgoprova", "00{n:03d}"),
)

_PRAISE = (
    (
        "Just right",
        "I looked for a {noun} for two years. {name} has been here a week and I have stopped looking.",
    ),
    (
        "Better than the picture",
        "The colour is warmer than on the screen, and the whole thing heavier. Both are compliments.",
    ),
    (
        "A present, now two",
        "Bought as a gift, kept for myself, ordered again. My sister does not know.",
    ),
    (
        "Made properly",
        "You can see that someone has thought about the underside as well. Who does that?",
    ),
    ("Nothing to add", "Does what a {noun} should do. That is rarer than one thinks."),
    (
        "Everybody asks",
        "Three visitors, three times the question where it came from. I tell them, most of the time.",
    ),
    (
        "After one year",
        "A year of daily use, and it looks better than new. I cannot say that of many things, or of myself.",
    ),
)
_MIXED = (
    (
        "Lovely, but",
        "A beautiful {noun}, only a little larger than I had pictured it. Measure first, then order; I did it the other way round.",
    ),
    (
        "Good, and slow",
        "Good work. The parcel took eight days, and I had told everyone three.",
    ),
    (
        "Almost",
        "Four stars for the thing and two for the instructions, which makes three.",
    ),
    (
        "Solid",
        "Not the lightest and not the cheapest, but I have no fear of breaking it.",
    ),
)
_POOR = (
    (
        "Not for me",
        "The colour is nothing like the one in my head. It went back without any trouble, hence the second star.",
    ),
    (
        "Arrived with a chip",
        "Mine came with a chip. The new one came two days later and is fine, but I had been looking forward to that evening.",
    ),
)
_REPEATS = (
    "",
    "",
    " I would buy it again.",
    " {author} household approves.",
    " The dog likes it too.",
    " Well packed, no plastic.",
)


def reviews(rng: Random, entry: Range, name: str) -> tuple[ReviewSpec, ...]:
    """None to six opinions, most of them kind, each text once a product; the newest first."""
    lean = rng.choice(((60, 26, 10, 3, 1), (40, 30, 18, 8, 4), (75, 20, 5, 0, 0)))
    written: list[ReviewSpec] = []
    for _ in range(rng.choices((0, 1, 2, 3, 4, 6), (22, 20, 22, 16, 12, 8))[0]):
        score = rng.choices((5, 4, 3, 2, 1), lean)[0]
        title, body = rng.choice(
            _PRAISE if score >= 4 else _MIXED if score == 3 else _POOR
        )
        author = rng.choice(_FIRST)
        if any(review.title == title or review.author == author for review in written):
            continue
        text = (body + rng.choice(_REPEATS)).format(
            noun=entry.noun, name=name, author=f"The {rng.choice(_LAST)}"
        )
        written.append(ReviewSpec(author, score, title, text, rng.randint(3, 700)))
    return tuple(sorted(written, key=lambda review: review.days_ago))


def price_history(sku: str, price: Decimal) -> tuple[tuple[int, Decimal], ...]:
    """Prices of the last 24 months as (days ago, gross amount), oldest first; the last one is `price`.

    Most things grow dearer by a little; about one in three has had a reduction of two weeks on the way.
    """
    rng = Random(f"price/{sku}")
    days = [730, *sorted(rng.sample(range(60, 700), rng.randint(1, 4)), reverse=True)]
    amounts = [
        (
            day,
            _rounded(
                price * Decimal(100 - 3 * (len(days) - step) + rng.randint(-2, 2)) / 100
            ),
        )
        for step, day in enumerate(days)
    ]
    if rng.random() < 0.35:
        start = rng.randrange(32, 55)
        before = amounts[-1][1]
        amounts += [(start, _rounded(before * Decimal("0.85"))), (start - 14, price)]
    else:
        amounts.append((rng.randrange(5, 32), price))
    return tuple(
        (day, amount)
        for i, (day, amount) in enumerate(amounts)
        if i == 0 or amount != amounts[i - 1][1]
    )


def _rounded(amount: Decimal) -> Decimal:
    return max(
        Decimal("0.01"), amount.quantize(Decimal("0.1")).quantize(Decimal("0.01"))
    )


def offers() -> tuple[OfferSpec, ...]:
    """The standing offers."""
    return (
        OfferSpec(
            "long-evenings",
            "Long evenings",
            "Ten per cent off lamps and candlelight until the days grow again.",
            "percentage",
            Decimal(10),
            ("lighting",),
        ),
        OfferSpec(
            "third-mug",
            "The third mug is on us",
            "Choose three mugs or bowls, pay for two.",
            "multibuy",
            Decimal(0),
            ("mugs", "bowls"),
            quantity=3,
        ),
        OfferSpec(
            "out-of-doors",
            "Out of doors",
            "Fifteen per cent off everything for the camp.",
            "percentage",
            Decimal(15),
            ("camp",),
        ),
        OfferSpec(
            "free-express",
            "Free express delivery",
            "Express delivery is free on orders from 150 euros.",
            "free-shipping",
            Decimal(150),
        ),
    )


def vouchers() -> tuple[VoucherSpec, ...]:
    """Codes to try out at the basket, one for each way in which a code may work or not."""
    return (
        VoucherSpec(
            "WELCOME10", "Welcome", Decimal(10), "once-per-customer", -30, 365, "valid"
        ),
        VoucherSpec(
            "HEARTH15", "Hearth and home", Decimal(15), "multi-use", -10, 90, "valid"
        ),
        VoucherSpec(
            "SUMMER25", "Last summer", Decimal(25), "multi-use", -200, -90, "expired"
        ),
        VoucherSpec(
            "FIRSTFROST", "First frost", Decimal(20), "single-use", -60, 120, "used-up"
        ),
        VoucherSpec(
            "ONLYONCE", "Only once", Decimal(20), "single-use", -5, 120, "single-use"
        ),
    )


def customers(count: int) -> tuple[CustomerSpec, ...]:
    """Made-up people at made-up places, no two with the same mail address."""
    people = []
    for number in range(count):
        rng = Random(f"customer/{number}")
        first, last = (
            _FIRST[number % len(_FIRST)],
            _LAST[(number * 7 + number // len(_FIRST)) % len(_LAST)],
        )
        country, city, postcode = rng.choice(_PLACES)
        people.append(
            CustomerSpec(
                f"customer{number + 1:03d}@example.com",
                first,
                last,
                f"{rng.choice(_STREETS)} {rng.randint(1, 120)}",
                postcode.format(n=rng.randint(100, 999)),
                city,
                country,
            )
        )
    return tuple(people)


def orders(
    products: tuple[ProductSpec, ...], people: tuple[CustomerSpec, ...], count: int
) -> tuple[OrderSpec, ...]:
    """`count` orders of the last two years, more of them lately, oldest first, of the first 240 products only."""
    on_sale = [product for product in products[:240] if product.is_public]
    placed = []
    for number in range(count):
        rng = Random(f"order/{number}")
        customer = rng.choice(people)
        days_ago = round(729 * rng.random() ** 1.8)
        status = (
            "confirmed"
            if days_ago < 6
            else rng.choices(("completed", "cancelled", "confirmed"), (88, 8, 4))[0]
        )
        chosen = rng.sample(on_sale, rng.choices((1, 2, 3, 5), (46, 30, 16, 8))[0])
        lines = tuple(
            OrderLineSpec(
                rng.choice(product.variants).sku, rng.choices((1, 2, 4), (75, 19, 6))[0]
            )
            for product in chosen
        )
        placed.append(
            OrderSpec(
                days_ago,
                customer.email,
                rng.random() < 0.4,
                status,
                customer.country,
                lines,
            )
        )
    return tuple(sorted(placed, key=lambda order: -order.days_ago))
