"""What people type is text to a browser: in every field, on every page, for every role."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpResponse
from django.test import Client
from oscar.core.loading import get_model
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from backoffice import roles
from catalogue.models import Product
from catalogue.partner.models import StockRecord
from catalogue.partner.services import price_change
from foundation.accounts.models import User
from tests.addresses import all_addresses, path_of
from tests.every_model import (
    FORM_FIELDS,
    MOST_ROWS,
    create_every_model,
    fill_every_text,
    typed_fields,
)

NOT_OPENED = {
    "wagtailadmin_error_test": "raises an error on purpose",
    "wagtailadmin_logout": "ends the session of the test",
    "dashboard:logout": "ends the session of the test",
    "customer:logout": "ends the session of the test",
    "wagtailadmin_sprite": "icons",
    "wagtailadmin_javascript_catalog": "names of weekdays",
    "wagtailadmin_pages:workflow_action": "asks for a page inside a workflow",
    "wagtailadmin_pages:collect_workflow_action_data": "the same",
}

SEARCH = "name=i&q=data-xss&title=i&code=i&upc=i&status=open"
BACK_OFFICE = ("cms/", "dashboard/")
NOT_SHOP = (*BACK_OFFICE, "^media/")
LISTS = "s/"  # products/, categories/, orders/ …
ROLES = (roles.ADMINISTRATOR, roles.MARKETER, roles.MERCHANDISER, roles.SUPPORT)


# --- Payloads ---------------------------------------------------------------------------


def payloads(mark: str, *, is_link: bool) -> Iterator[str]:
    """Texts that a careless page turns into an element, an attribute or a link, worst first."""
    links = (
        f"javascript:xss('{mark}')",
        f'https://x.example/"><img/data-xss={mark}/src=x/onerror=xss()>',
    )
    if is_link:
        yield from links
    yield (
        f"""'"></script></textarea></title><script data-xss={mark}>xss()</script>"""
        f"""<img data-xss={mark} src=x onerror=xss()> data-xss={mark} onxss=xss() """
        f"""<a href="javascript:xss('{mark}')">x</a><img data-xss={mark} src=x x="""
    )
    yield f"""'"><script data-xss={mark}>xss()</script> onxss=1"""
    yield f"""'"><i data-xss={mark}> onxss=1"""
    yield f"'\"><i data-xss={mark}>"
    yield f"<i data-xss={mark}>"
    yield f'"<i/data-xss={mark}>"@example.com'
    yield links[1]


LINK = re.compile(r"url|link|address|homepage|redirect", re.IGNORECASE)


def hostile_text(field: models.Field, mark: str) -> str | None:
    """Return the worst text that the field's own checks let pass; None if none does."""
    for text in payloads(mark, is_link=bool(LINK.search(field.name))):
        if field.max_length and len(text) > field.max_length:
            continue
        try:
            field.run_validators(text)
        except ValidationError:
            continue
        return text
    return None


def hostile_block(block: blocks.Block, mark: str) -> Any:
    """Return a raw value for ``block`` with a payload in each text, for all kinds of block."""
    if isinstance(block, blocks.StreamBlock):
        return [
            {"type": name, "value": hostile_block(child, mark)}
            for name, child in block.child_blocks.items()
        ]
    if isinstance(block, blocks.StructBlock):
        return {
            name: hostile_block(child, mark)
            for name, child in block.child_blocks.items()
        }
    if isinstance(block, blocks.ListBlock):
        item = hostile_block(block.child_block, mark)
        return [{"type": "item", "id": mark, "value": item}]
    return _hostile_leaf(block, mark)


def _hostile_leaf(block: blocks.Block, mark: str) -> Any:
    value = block.get_default()
    text = next(payloads(mark, is_link=False))
    match block:
        case TypedTableBlock():
            column = {"type": "text", "heading": text}
            rows = [{"values": [text]}]
            value = {"caption": text, "columns": [column], "rows": rows}
        case blocks.RichTextBlock():
            value = hostile_rich_text(mark)
        case blocks.ChooserBlock():
            value = block.model_class._default_manager.values_list("pk")[0][0]
        case blocks.URLBlock():
            value = list(payloads(mark, is_link=True))[1]
        case blocks.CharBlock() if block.name == "address":
            value = f"javascript:xss('{mark}')"
        case blocks.CharBlock() | blocks.TextBlock():
            value = text
    return value


def hostile_rich_text(mark: str) -> str:
    """Return HTML as somebody stores it who goes past the editor; its tags match."""
    return (
        f"<p><script data-xss={mark}>xss()</script>"
        f"<b data-xss={mark} onclick=xss()>b</b>"
        f"""<a href="javascript:xss('{mark}')">x</a></p>"""
    )


# --- What a page must not contain -------------------------------------------------------

TAG = re.compile(r"<[a-zA-Z][^>]*(?:data-xss|onxss|xss\()[^>]*>")
SCRIPT = re.compile(
    r"<script(?![^>]*application/(?:ld\+)?json)[^>]*>(.*?)</script>", re.S
)


LINKS = {"href", "src", "action", "formaction", "data", "poster", "xlink:href"}


class _Injected(HTMLParser):
    """Collects elements and attributes that a payload made."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name == "data-xss" or (name.startswith("on") and "xss" in address):
                self.found.append(f"<{tag} {name}={value}>")
            if name in LINKS and address.startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value}>")


def injections(html: str) -> list[str]:
    """Return what a payload became in ``html`` beside text; parses only tags that name one."""
    parser = _Injected()
    parser.feed("\n".join(TAG.findall(html)))
    parser.found += [
        script[:200] for script in SCRIPT.findall(html) if "<script data-xss" in script
    ]
    return parser.found


def texts_of(response: HttpResponse) -> Iterator[str]:
    """The HTML of a response, also of the parts that Wagtail's dialogs get as JSON."""
    kind = response.get("Content-Type", "")
    if kind.startswith("text/html"):
        yield response.text
    elif kind.startswith("application/json"):
        yield from _html_in(json.loads(response.content))


def _html_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "html" and isinstance(inner, str):
                yield inner
            yield from _html_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _html_in(inner)


# --- A hostile shop ---------------------------------------------------------------------


def hostile_value(field: models.Field, mark: str) -> Any:
    """Return a value of ``field`` with a payload in each text; None if its checks let none pass."""
    if isinstance(field, StreamField):
        return field.to_python(json.dumps(hostile_block(field.stream_block, mark)))
    if isinstance(field, models.JSONField):
        text = next(payloads(mark, is_link=False))
        return {text: text} | dict.fromkeys(FORM_FIELDS, text)
    if isinstance(field, RichTextField):
        return hostile_rich_text(mark)
    return hostile_text(field, mark)


def shop_world(world: dict[str, Any]) -> dict[str, Any]:
    """Values for the shop's parameters, before those of the back office."""
    customer = User.objects.get(pk=world["dashboard:user*.pk"])
    order = customer.orders.first()
    product = Product.objects.get(pk=world["dashboard:catalogue-product*.pk"])
    return {
        "catalogue:*.product_pk": product.pk,
        "catalogue:*.product_slug": product.slug,
        "catalogue:detail.pk": product.pk,
        "catalogue:category.category_slug": "x",
        "catalogue:category.pk": world["dashboard:catalogue-category*.pk"],
        "catalogue:reviews*.pk": world["dashboard:reviews*.pk"],
        "*.product_pk": product.pk,
        "customer:*.order_number": order.number,
        "customer:*.hash": order.verification_hash(),
        "customer:order-line.line_id": order.lines.first().pk,
        **world,
    }


def back_office_paths(world: dict[str, Any]) -> Iterator[str]:
    """Every address of the back office."""
    for address in all_addresses():
        if address.route.startswith(BACK_OFFICE) and address.name not in NOT_OPENED:
            yield path_of(address, world)


def shop_paths(world: dict[str, Any]) -> Iterator[str]:
    """Every address of the shop, and the pages that slugs lead to."""
    values = shop_world(world)
    for address in all_addresses():
        if not address.route.startswith(NOT_SHOP) and address.name not in NOT_OPENED:
            yield path_of(address, values)
    for page in Page.objects.live().filter(depth__gt=1):
        yield from (page.url, f"{page.url}?sent")
    for label in ("offer.ConditionalOffer", "offer.Range", "catalogue.Product"):
        rows = get_model(*label.split("."))._base_manager.order_by("-pk")[:MOST_ROWS]
        yield from (each.get_absolute_url() for each in rows)
    yield f"/search/?{SEARCH}"


def visits(world: dict[str, Any]) -> Iterator[tuple[str, Client, list[str]]]:
    """Who opens what: each role the back office, a customer and a visitor the shop."""
    back_office = list(back_office_paths(world))
    searches = [f"{path}?{SEARCH}" for path in back_office if path.endswith(LISTS)]
    for role in ROLES:
        user = User.objects.create_user(f"{role.lower()}@example.com")
        user.groups.add(world[role])
        client = Client(raise_request_exception=False)
        client.force_login(user)
        paths = back_office + (searches if role == roles.ADMINISTRATOR else [])
        yield role, client, paths
    shop = list(shop_paths(world))
    yield "visitor", Client(raise_request_exception=False), shop
    customer = Client(raise_request_exception=False)
    customer.force_login(User.objects.get(pk=world["dashboard:user*.pk"]))
    yield "customer", customer, shop


def get(client: Client, path: str) -> HttpResponse:
    """The response; what the request did is taken back."""
    with transaction.atomic():
        response = client.get(path, headers={"X-Requested-With": "XMLHttpRequest"})
        transaction.set_rollback(True)
    return response


# --- The tests ----------------------------------------------------------------------------


HOLD_NO_PAYLOAD = {
    "*.slug": "letters, digits and dashes",
    "*.code": "the same",
    "basket.Line.line_reference": "the same",
    "*.phone_number": "a telephone number",
    "wagtailcore.APIToken.prefix": "too short",
    "order.Order.language": "a code of ten letters",
    "partner.PriceChange.*": "nobody changes it; `price_change` writes the payload below",
}
"""Fields whose own checks let no payload pass, by pattern of their label."""


def test_typed_text_is_never_an_element(world):
    world |= {group.name: group for group in Group.objects.filter(name__in=ROLES)}
    create_every_model()
    fields = fill_every_text(hostile_value)
    price_change(
        stockrecord=StockRecord.objects.all()[0],
        amount=Decimal(2),
        reason="""'"><script data-xss=0x>xss()</script>""",
    )
    left_out = [
        field
        for field in set(typed_fields()) - set(fields.values())
        if not any(fnmatchcase(field, each) for each in HOLD_NO_PAYLOAD)
    ]
    assert left_out == []
    wrong = {}

    for who, client, paths in visits(world):
        for path in paths:
            response = get(client, path)
            if response.status_code >= 500:
                wrong[f"{who} {path}"] = response.status_code
            for injected in itertools.chain(*map(injections, texts_of(response))):
                mark = re.search(r"\d+x\b", injected)
                field = fields.get(mark[0]) if mark else None
                wrong.setdefault(f"{field} {injected[:40]}", f"{who} {path}")

    assert wrong == {}
