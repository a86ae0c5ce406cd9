"""What the pages of products and categories say of themselves to people and machines."""

import json
import re
from decimal import Decimal

import pytest

from catalogue.factories import (
    CategoryFactory,
    ChildFactory,
    ParentFactory,
    ProductFactory,
    ProductImageFactory,
)

pytestmark = pytest.mark.django_db

HOST = "shop.example:8080"


@pytest.fixture
def get(client, settings):
    settings.ALLOWED_HOSTS = ["shop.example", "testserver"]
    return lambda url: client.get(url, HTTP_HOST=HOST).content.decode()


def structured_data(html: str) -> dict:
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return json.loads(data)


def test_product_describes_itself_to_search_engines(get):
    product = ProductFactory(
        title="Lamp </script>",
        upc="LAMP-1",
        description="<p>Warm light.</p><p>No flicker &amp; no glare.</p>",
        stockrecords__price=Decimal("84.00"),
    )
    image = ProductImageFactory(product=product)
    url = f"http://{HOST}{product.get_absolute_url()}"

    html = get(product.get_absolute_url())

    assert structured_data(html) == {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "Lamp </script>",
        "description": "Warm light. No flicker & no glare.",
        "sku": "LAMP-1",
        "url": url,
        "image": [f"http://{HOST}/media/{image.original.file.name}"],
        "offers": {
            "@type": "Offer",
            "url": url,
            "price": "84.00",
            "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock",
        },
    }
    assert 'content="Warm light. No flicker &amp; no glare."' in html


def test_structured_data_is_that_of_the_variant_shown(get):
    parent = ParentFactory(title="Tent", upc="TENT")
    ChildFactory(parent=parent, upc="TENT-RED")
    blue = ChildFactory(parent=parent, upc="TENT-BLUE")

    html = get(f"{parent.get_absolute_url()}?variant={blue.pk}")

    assert structured_data(html)["sku"] == "TENT-BLUE"


@pytest.mark.parametrize("listing", ["category", "catalogue"])
def test_pages_of_a_list_have_titles_of_their_own(get, settings, listing):
    lamps = CategoryFactory(name="Lamps")
    ProductFactory.create_batch(25, categories=[lamps])
    url = lamps.get_absolute_url() if listing == "category" else "/catalogue/"

    titles = [
        re.search(r"<title>(.*?)</title>", get(f"{url}{query}"))[1]
        for query in ("", "?page=2")
    ]

    name = "Lamps" if listing == "category" else "Everything we sell"
    assert titles[0].startswith(f"{name} – ")
    assert titles[1].startswith(f"{name} – Page 2 – ")


def test_page_that_is_not_there_keeps_menu_and_footer(get):
    lamps = CategoryFactory(name="Lamps")

    html = get("/no-such-page/")

    assert f'href="{lamps.get_absolute_url()}"' in html
    assert 'class="site-footer"' in html
    assert '<meta name="robots" content="noindex">' in html
    assert "canonical" not in html
