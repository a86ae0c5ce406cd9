"""Options of products on the way from the product's page to the order."""

import pytest
from django.core import mail
from django.urls import reverse

from catalogue.factories import (
    ChildFactory,
    OptionFactory,
    ParentFactory,
    ProductFactory,
)
from catalogue.models import Option
from checkout.basket.models import Line, LineAttribute
from checkout.conftest import Browser
from checkout.customer.services import account_delete
from checkout.order import models as order_models
from checkout.order.models import Order
from foundation.accounts.models import User
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run

pytestmark = pytest.mark.django_db

HOSTILE = "<b>Ada</b> & “Bob”"
ESCAPED = "&lt;b&gt;Ada&lt;/b&gt; &amp; “Bob”"


@pytest.fixture
def ring():
    """A ring with a text to engrave, which it needs, and a box to choose."""
    product = ProductFactory(title="Ring")
    product.product_options.add(
        OptionFactory(required=True, order=1),
        OptionFactory(
            name="Box", type=Option.SELECT, choices=["Wood", "Paper"], order=2
        ),
    )
    return product


@pytest.fixture
def ada(browser):
    person = User.objects.create_user("ada@example.org", "correct horse battery")
    browser.force_login(person)
    return person


def engraved(text: str, **options) -> dict:
    return {"option-engraving": text} | {
        f"option-{code}": value for code, value in options.items()
    }


def order_ring(browser, ring, **options) -> Order:
    browser.add(ring, **engraved("For Ada", **options))
    browser.give_details()
    browser.choose_delivery()
    assert browser.place().url == "/checkout/thank-you/"
    return Order.objects.latest("pk")


def choices_in_basket() -> list[list]:
    return [
        list(line.attributes.order_by("pk").values_list("option__code", "value"))
        for line in Line.objects.order_by("pk")
    ]


# --- The product's page ---------------------------------------------------------------


def test_product_page_has_a_field_for_each_option(client, ring):
    page = client.get(ring.get_absolute_url())

    assert list(page.context["options_form"].fields) == ["engraving", "box"]
    assert 'name="option-engraving" maxlength="200"' in page.text
    assert '<select name="option-box"' in page.text
    assert "Cookie" not in page.headers.get("Vary", "")


def test_page_of_a_variant_has_the_fields_of_its_parent(client):
    parent = ParentFactory()
    child = ChildFactory(parent=parent)
    parent.product_options.add(OptionFactory())

    page = client.get(f"{parent.get_absolute_url()}?variant={child.pk}")

    assert 'name="option-engraving"' in page.text


def test_product_without_options_has_no_fields(client):
    page = client.get(ProductFactory().get_absolute_url())

    assert "product__options" not in page.text


# --- Adding ---------------------------------------------------------------------------


def test_choices_go_into_the_basket(browser, ring):
    answer = browser.add(ring, 2, **engraved("For Ada", box="Wood"))

    assert answer.status_code == 302
    assert Line.objects.get().quantity == 2
    assert choices_in_basket() == [[("engraving", "For Ada"), ("box", "Wood")]]
    page = browser.get("/basket/")
    shown = page.context["lines"][0].choices
    assert [(each.name, each.text) for each in shown] == [
        ("Engraving", "For Ada"),
        ("Box", "Wood"),
    ]


def test_missing_choice_is_said_on_the_product_page_with_what_was_typed(browser, ring):
    page = browser.add(ring, 3, **engraved("", box="Wood"))

    assert page.status_code == 200
    assert page.context["options_form"].errors == {
        "engraving": ["This field is required."]
    }
    assert '<option value="Wood" selected>' in page.text
    assert 'name="quantity" value="3"' in page.text
    assert "no-store" in page["Cache-Control"]
    assert not Line.objects.exists()


def test_choice_is_kept_when_the_quantity_is_wrong(browser, ring):
    page = browser.add(ring, "-1", **engraved("For Ada"))

    assert page.status_code == 200
    assert "A quantity can&#x27;t be less than zero." in page.text
    assert 'value="For Ada"' in page.text
    assert 'name="quantity" value="-1"' in page.text
    assert not Line.objects.exists()


def test_page_of_a_refusal_leads_back_to_the_product(browser, ring):
    answer = browser.get(f"/basket/add/{ring.pk}/")

    assert answer.url == ring.get_absolute_url()


def test_variant_keeps_its_choice_of_option_and_variant_when_refused(browser):
    parent = ParentFactory()
    _first, second = ChildFactory(parent=parent), ChildFactory(parent=parent)
    parent.product_options.add(OptionFactory(required=True))

    page = browser.add(parent, child_id=second.pk)
    assert page.context["detail"].selected.id == second.pk
    browser.add(parent, child_id=second.pk, **engraved("For Ada"))

    assert Line.objects.get().product == second
    assert choices_in_basket() == [[("engraving", "For Ada")]]


def test_option_that_is_gone_by_now_is_said_and_nothing_is_dropped(browser):
    product = ProductFactory()

    page = browser.add(product, **engraved("For Ada"))

    assert "The options of this product have changed." in page.text
    assert not Line.objects.exists()


def test_other_choices_are_another_line_and_the_same_ones_are_not(browser, ring):
    browser.add(ring, **engraved("For Ada"))
    browser.add(ring, **engraved("For Bob"))
    browser.add(ring, **engraved("For Ada"))

    assert [line.quantity for line in Line.objects.order_by("pk")] == [2, 1]
    assert choices_in_basket() == [
        [("engraving", "For Ada")],
        [("engraving", "For Bob")],
    ]


def test_lines_of_one_product_share_its_stock(browser):
    product = ProductFactory(stockrecords__num_in_stock=5)
    product.product_options.add(OptionFactory())
    browser.add(product, 3, **engraved("For Ada"))

    page = browser.add(product, 3, **engraved("For Bob"))
    assert "Your basket already holds 3." in page.text
    browser.add(product, 2, **engraved("For Bob"))
    second = Line.objects.get(quantity=2)
    page = browser.post(f"/basket/lines/{second.pk}/", {"quantity": 3})
    assert "Your basket already holds 3." in page.text
    assert browser.get("/basket/").context["can_be_ordered"]

    product.stockrecords.update(num_in_stock=4)

    assert not browser.get("/basket/").context["can_be_ordered"]


def test_wish_list_leads_to_the_page_of_a_product_that_needs_a_choice(
    browser, ada, ring
):
    plain = ProductFactory()
    for product in (ring, plain):
        browser.post(f"/accounts/wishlists/add/{product.pk}/")

    page = browser.get(ada.wishlists.get().get_absolute_url())

    assert f'action="/basket/add/{plain.pk}/"' in page.text
    assert f'action="/basket/add/{ring.pk}/"' not in page.text
    assert "Choose options" in page.text


# --- The basket -----------------------------------------------------------------------


def test_line_that_was_removed_is_put_back_with_its_choices(browser, ring):
    browser.add(ring, **engraved("For Ada", box="Wood"))
    line = Line.objects.get()

    answer = browser.post(f"/basket/lines/{line.pk}/", {"action": "remove"})
    page = browser.get(answer.url)

    assert "Ada" not in answer.url
    assert page.context["removed"]["options"] == [
        ("option-engraving", "For Ada"),
        ("option-box", "Wood"),
    ]
    browser.add(ring, **dict(page.context["removed"]["options"]))
    assert choices_in_basket() == [[("engraving", "For Ada"), ("box", "Wood")]]


def test_choices_of_another_removed_line_are_not_put_back(browser):
    product = ProductFactory()
    option = OptionFactory()
    product.product_options.add(option)
    browser.add(product, **engraved("For Ada"))
    browser.add(product)
    with_text, plain = Line.objects.order_by("pk")

    browser.post(f"/basket/lines/{with_text.pk}/", {"action": "remove"})
    answer = browser.post(f"/basket/lines/{plain.pk}/", {"action": "remove"})

    assert browser.get(answer.url).context["removed"]["options"] == []


def test_line_is_kept_for_later_with_its_choices(browser, ada, ring):
    browser.add(ring, **engraved("For Ada"))
    line = Line.objects.get()

    browser.post(f"/basket/lines/{line.pk}/", {"action": "save"})
    saved = browser.get("/basket/").context["saved_lines"]
    assert [each.text for each in saved[0].choices] == ["For Ada"]
    browser.post("/basket/saved/", {"line": line.pk, "action": "move"})

    assert Line.objects.get().basket.status == "Open"
    assert choices_in_basket() == [[("engraving", "For Ada")]]


def test_guests_basket_keeps_its_choices_at_log_in(ring):
    ada = User.objects.create_user("ada@example.org", "correct horse battery")
    first, second = Browser(), Browser()
    first.force_login(ada)
    first.add(ring, 1, **engraved("For Ada"))
    second.add(ring, 2, **engraved("For Ada"))
    second.add(ring, 1, **engraved("For Bob"))

    second.force_login(ada)
    second.post("/basket/vouchers/add/", {"code": ""})

    lines = Line.objects.filter(basket__owner=ada, basket__status="Open")
    assert [
        (line.quantity, line.attributes.get().value) for line in lines.order_by("pk")
    ] == [(2, "For Ada"), (1, "For Bob")]


def test_line_that_lacks_a_required_choice_can_not_be_ordered(browser):
    product = ProductFactory()
    browser.add(product)
    assert browser.get("/basket/").context["can_be_ordered"]

    product.product_class.options.add(OptionFactory(required=True))

    page = browser.get("/basket/")
    assert page.context["lines"][0].problem == (
        "Its options have changed. Please remove it and add it again from its page."
    )
    assert not page.context["can_be_ordered"]


def test_statements_of_a_basket_do_not_grow_with_its_choices(browser, ring):
    browser.add(ring, **engraved("For Ada", box="Wood"))
    for _ in range(2):  # site and menus come from the cache afterwards
        browser.get("/basket/")
    one = len(browser.statements[-1][1])
    for text in ("For Bob", "For Cyd"):
        browser.add(ring, **engraved(text, box="Wood"))
    browser.get("/basket/")  # which shows the messages

    browser.get("/basket/")

    assert len(browser.statements[-1][1]) == one


# --- The order ------------------------------------------------------------------------


def test_order_shows_the_choices_everywhere_escaped(browser, ring):
    browser.add(ring, **engraved(HOSTILE, box="Wood"))
    basket = browser.get("/basket/")
    browser.give_details()
    browser.choose_delivery()
    preview = browser.preview()
    browser.place()
    order = Order.objects.get()
    for entry in OutboxEntry.objects.filter(task__startswith="checkout"):
        assert outbox_run(entry.pk)
    staff = Browser()
    staff.force_login(User.objects.create_superuser("root@example.com"))
    url = f"/accounts/order-status/{order.number}/{order.verification_hash()}/"
    message = mail.outbox[0]

    pages = {
        "basket": basket.text,
        "preview": preview.text,
        "thank you": browser.get("/checkout/thank-you/").text,
        "guest's order": Browser().get(url).text,
        "mail": message.alternatives[0].content,
        "back office": staff.get(
            reverse("dashboard:order-detail", args=[order.number])
        ).text,
    }

    missing = {
        name
        for name, text in pages.items()
        if ESCAPED not in text or "Wood" not in text
    }
    assert missing == set()
    assert not {name for name, text in pages.items() if HOSTILE in text}
    assert f"Engraving: {HOSTILE}" in message.body


def test_line_in_the_back_office_shows_choices_in_words(browser, ring):
    ring.product_options.add(
        OptionFactory(name="Extras", type=Option.CHECKBOX, choices=["Card", "Ribbon"])
    )
    order = order_ring(browser, ring, extras=["Card", "Ribbon"])
    staff = Browser()
    staff.force_login(User.objects.create_superuser("root@example.com"))

    url = reverse(
        "dashboard:order-line-detail", args=[order.number, order.lines.get().pk]
    )

    assert "<td>Card, Ribbon</td>" in staff.get(url).text


def test_order_keeps_the_name_of_an_option_that_is_deleted(browser, ring):
    order = order_ring(browser, ring)

    Option.objects.all().delete()

    line = order.lines.get()
    assert [(each.name, each.text) for each in line.choice_views] == [
        ("Engraving", "For Ada")
    ]


def test_ordering_again_keeps_the_choices(browser, ada, ring):
    order = order_ring(browser, ring, box="Wood")

    browser.post(reverse("customer:order", args=[order.number]))

    line = Line.objects.get(basket__status="Open")
    assert list(line.attributes.order_by("pk").values_list("value", flat=True)) == [
        "For Ada",
        "Wood",
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda ring: Option.objects.filter(code="engraving").delete(),
        lambda ring: ring.product_options.remove(Option.objects.get(code="box")),
        lambda ring: Option.objects.get(code="box").option_group.options.all().delete(),
        lambda ring: ring.product_options.add(
            OptionFactory(name="Size", type=Option.INTEGER, required=True)
        ),
    ],
    ids=["deleted", "taken off", "without this choice", "one more required"],
)
def test_ordering_again_says_that_options_have_changed(browser, ada, ring, change):
    order = order_ring(browser, ring, box="Wood")
    change(ring)

    browser.post(reverse("customer:order", args=[order.number]))

    assert not Line.objects.filter(basket__status="Open").exists()
    assert (
        "The options of “Ring” have changed. Please choose on its page."
        in browser.get("/basket/").text
    )


def test_choices_are_deleted_with_the_account(browser, ada, ring):
    order = order_ring(browser, ring)
    browser.add(ring, **engraved("For Bob"))

    account_delete(user=ada)

    assert order.lines.count() == 1
    assert not order_models.LineAttribute.objects.exists()
    assert not LineAttribute.objects.filter(value="For Bob").exists()
