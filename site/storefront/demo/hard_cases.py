"""Products for tests: titles, prices and pictures that break pages. The demo shop leaves them out."""

# ruff: noqa: E501 - texts stand one a line

HARD_TITLES: dict[str, str] = {
    "unicode-title": "Lámpa «Ζέφυρος» ☾ 月の光 – naïve façade, Łódź edition 🏕️",
    "rtl-title": "مصباح الطاولة حلدن, مصنوع يدويًا / מנורת שולחן",
    "long-title": (
        "The Wrenholt rucksack for those who take the early train, change twice, walk the last eleven kilometres along the ridge, are overtaken by a "
        "shower, share their sandwiches with a dog called Admiral, and are home before the kettle has boiled, second edition"
    ),
    "html-title": "<b>Bold</b> & \"quoted\" <script>alert('mug')</script>",
    "unicode-greek": "Κούπα του πρωινού με γαλάζιο σμάλτο",
    "unicode-japanese": "山小屋の毛布(手織り・二人用)",
    "unicode-emoji": "Fox & friends 🦊🌲🔥 lantern 👩‍👩‍👧",
    "unicode-combining": "Ve\u0302tement d\u2019hiver A\u030angstro\u0308m Z\u0335\u0321\u031ealgo",
}
# The kind of product that each case is made of.
HARD_CASES: dict[str, str] = {
    "no-image": "axe",
    "unicode-title": "table-lamp",
    "rtl-title": "floor-lamp",
    "long-title": "backpack",
    "html-title": "mug",
    "price-one-cent": "candle",
    "unicode-greek": "mug",
    "unicode-japanese": "throw",
    "unicode-emoji": "lantern",
    "unicode-combining": "jacket",
}
FIRST_NUMBER = 90_001
"""Their products have numbers of their own, so that they can be added to a shop of any size."""
