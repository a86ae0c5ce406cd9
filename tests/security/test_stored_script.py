"""What people type is text to a browser: in every field, on every page, for every role."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import Error, models, transaction
from django.http import HttpResponse
from django.test import Client
from oscar.core.loading import get_model
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from backoffice import roles
from catalogue.models import Option, Product
from foundation.accounts.models import User
from tests.addresses import all_addresses, path_of
from tests.every_model import all_models, create_every_model

MOST_ROWS = 3
"""So many rows of a model are made hostile; the hundred vouchers of a set are alike."""

NOT_TYPED = {
    "accounts.User.password": "a hash",
    "auth.Permission.*": "named by code",
    "contenttypes.*": "named by code",
    "*.path": "made by the tree",
    "wagtailcore.Page.url_path": "made of slugs",
    "wagtailcore.Locale.language_code": "chosen from LANGUAGES",
    "wagtailcore.Site.hostname": "a host name, by which the test finds the site",
    "sites.Site.domain": "the same",
    "wagtailusers.UserProfile.*": "chosen from lists",
    "core.OutboxEntry.*": "written by code",
    "core.SentMail.*": "written by code",
    "core.ScheduleRun.*": "written by code",
    "core.Shop.*": "chosen from lists",
    "sessions.*": "written by code",
    "*urrency": "chosen from a list",
    "media.LibraryImage.manifest": "written by code",
    "wagtailcore.*LogEntry.data": "written by code",
    "wagtailcore.Revision.content": "a copy of its page, which is saved as hostile",
    "*.proxy_class": "a path of a Python class, which only code can set",
    "order.Order.number": "made by the shop, and part of addresses",
    "wishlists.WishList.key": "made by the shop, and part of addresses",
    "wagtailcore.*Log*.action": "named by code",
    "wagtailcore.*.object_id": "a primary key",
    "wagtailcore.ReferenceIndex.*": "written by code",
    "wagtailadmin.*": "state of open windows",
    "wagtailimages.Rendition.*": "written by code",
    "media.LibraryRendition.*": "written by code",
    "flatpages.*": "not mounted",
    "address.Country.iso_*": "ISO 3166",
    "payment.SourceType.code": "named by code, which looks methods up by it",
    "order.PaymentEventType.code": "named by code",
    "order.ShippingEventType.code": "named by code",
    "*.status": "one of the shop's statuses",
    "order.OrderStatusChange.*": "one of the shop's statuses",
    "customer.ProductAlert.language": "chosen from LANGUAGES",
    "customer.ProductAlert.key": "made by the shop",
    "offer.RangeProductFileUpload.upload_type": "named by code",
    "order.OrderNote.note_type": "named by code",
}
"""Fields that hold what nobody types, by pattern of their label, with the reason."""

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
    text = next(payloads(mark, is_link=False))
    match block:
        case blocks.StreamBlock():
            return [
                {"type": name, "value": hostile_block(child, mark)}
                for name, child in block.child_blocks.items()
            ]
        case TypedTableBlock():
            child = blocks.CharBlock()
            return {
                "caption": text,
                "columns": [{"type": "text", "heading": text}],
                "rows": [{"values": [hostile_block(child, mark)]}],
            }
        case blocks.StructBlock():
            return {
                name: hostile_block(child, mark)
                for name, child in block.child_blocks.items()
            }
        case blocks.ListBlock():
            item = hostile_block(block.child_block, mark)
            return [{"type": "item", "id": mark, "value": item}]
        case blocks.RichTextBlock():
            return hostile_rich_text(mark)
        case blocks.ChoiceBlock():
            return next(value for value, _label in block.field.choices if value)
        case blocks.ChooserBlock():
            return block.model_class._default_manager.values_list("pk")[0][0]
        case blocks.IntegerBlock() | blocks.DecimalBlock():
            return 1
        case blocks.URLBlock():
            return list(payloads(mark, is_link=True))[1]
        case blocks.CharBlock() | blocks.TextBlock():
            return f"javascript:xss('{mark}')" if block.name == "address" else text
    return block.get_default()


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


def hostile_shop() -> dict[str, str]:
    """Write a payload into each text of every model. Return the field of each mark."""
    missing = create_every_model()
    assert missing == []
    _sell_with_all_attributes()
    marks: dict[str, str] = {}
    numbers = itertools.count(1)
    for model in all_models():
        for field in model._meta.local_concrete_fields:
            if is_typed(field):
                for pk in _pks(model):
                    mark = f"{next(numbers)}x"
                    if _poison(model, field, pk, mark):
                        marks[mark] = str(field)
    for page in Page.objects.filter(depth__gt=1).specific():
        page.save_revision()
    return marks


def _pks(model: type[models.Model]) -> list[Any]:
    return list(model._base_manager.order_by("-pk").values_list("pk", flat=True))[
        :MOST_ROWS
    ]


def is_typed(field: models.Field) -> bool:
    if any(fnmatchcase(str(field), pattern) for pattern in NOT_TYPED):
        return False
    kinds = (models.CharField, models.TextField, models.JSONField, StreamField)
    return isinstance(field, kinds) and not field.choices


def _poison(model: type[models.Model], field: models.Field, pk: Any, mark: str) -> bool:
    value: Any
    if isinstance(field, StreamField):
        value = field.to_python(json.dumps(hostile_block(field.stream_block, mark)))
    elif isinstance(field, models.JSONField):
        text = next(payloads(mark, is_link=False))
        names = [f"question_{number}" for number in range(20)]
        value = {text: text} | dict.fromkeys(names, text)
    elif isinstance(field, RichTextField):
        value = hostile_rich_text(mark)
    else:
        value = hostile_text(field, mark)
    if value is None:
        return False
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=pk).update(**{field.name: value})
    except Error:  # a constraint of the database
        return False
    return True


def _sell_with_all_attributes() -> None:
    """Give the products of the world an attribute of each type."""
    for product in Product.objects.exclude(product_class=None):
        for kind in ("text", "richtext", "file", "image"):
            attribute, _ = product.product_class.attributes.get_or_create(
                code=f"of_{kind}", defaults={"name": kind, "type": kind}
            )
            product.attribute_values.get_or_create(attribute=attribute)
        product.product_class.options.set(Option.objects.all())


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


def test_typed_text_is_never_an_element(world):
    world |= {group.name: group for group in Group.objects.filter(name__in=ROLES)}
    fields = hostile_shop()
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
