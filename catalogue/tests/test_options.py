"""Fields for the options of a product, and what their values say."""

import pytest

from catalogue.factories import (
    ChildFactory,
    OptionFactory,
    ParentFactory,
    ProductClassFactory,
    ProductFactory,
)
from catalogue.models import Option, Product
from catalogue.options import (
    LARGEST_NUMBER,
    LONGEST_TEXT,
    OptionsForm,
    choice_text,
    choices_as_typed,
    product_options,
    with_options,
    with_required_options,
)
from catalogue.selectors import product_cards
from foundation.core.context import shop_context

pytestmark = pytest.mark.django_db

RED_BLUE = ["Red", "Blue"]


def form_of(typed, *, choices=(), **option) -> OptionsForm:
    made = OptionFactory(name="Extra", choices=choices, **option)
    return OptionsForm([made], {"option-extra": typed})


@pytest.mark.parametrize(
    ("kind", "choices", "typed", "value", "text"),
    [
        (Option.TEXT, (), "  For\r\n Ada ", "For Ada", "For Ada"),
        (Option.TEXT, (), "x" * LONGEST_TEXT, "x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
        (Option.INTEGER, (), "0", 0, "0"),
        (Option.FLOAT, (), "1.5", 1.5, "1.5"),
        (Option.BOOLEAN, (), "on", True, "Yes"),
        (Option.DATE, (), "2026-12-24", "2026-12-24", "24 Dec 2026"),
        (Option.SELECT, RED_BLUE, "Red", "Red", "Red"),
        (Option.RADIO, RED_BLUE, "Blue", "Blue", "Blue"),
        (Option.MULTI_SELECT, RED_BLUE, RED_BLUE, RED_BLUE, "Red, Blue"),
        (Option.CHECKBOX, RED_BLUE, ["Blue"], ["Blue"], "Blue"),
    ],
)
def test_value_of_each_type_is_kept_and_can_be_chosen_again(
    kind, choices, typed, value, text
):
    form = form_of(typed, type=kind, required=True, choices=choices)

    assert form.is_valid()
    (choice,) = form.choices()
    assert choice.value == value
    assert choice_text(choice.value, kind) == text
    again = choices_as_typed([(choice.option, choice.value)])
    form = OptionsForm([choice.option], again)
    assert form.is_valid()
    assert form.choices() == [choice]


@pytest.mark.parametrize(
    ("kind", "choices", "typed"),
    [
        (Option.TEXT, (), "x" * (LONGEST_TEXT + 1)),
        (Option.INTEGER, (), "1.5"),
        (Option.INTEGER, (), str(LARGEST_NUMBER + 1)),
        (Option.INTEGER, (), "9" * 5_000),
        (Option.FLOAT, (), "nan"),
        (Option.FLOAT, (), "1e300"),
        (Option.DATE, (), "2026-02-30"),
        (Option.SELECT, RED_BLUE, "Green"),
        (Option.RADIO, RED_BLUE, "Green"),
        (Option.MULTI_SELECT, RED_BLUE, ["Red", "Green"]),
        (Option.CHECKBOX, RED_BLUE, ["Green"]),
    ],
)
def test_value_that_the_option_does_not_take_is_refused(kind, choices, typed):
    form = form_of(typed, type=kind, choices=choices)

    assert form.errors.keys() == {"extra"}


@pytest.mark.parametrize("kind", [kind for kind, _label in Option.TYPE_CHOICES])
def test_required_option_must_be_filled_in_and_others_need_not(kind):
    choices = (
        RED_BLUE if kind in {"select", "radio", "multi_select", "checkbox"} else ()
    )
    option = OptionFactory(type=kind, choices=choices)

    assert OptionsForm([option], {}).is_valid()
    assert OptionsForm([option], {"option-engraving": ""}).is_valid()
    option.required = True
    assert OptionsForm([option], {}).errors == {
        "engraving": ["This field is required."]
    }


def test_what_is_left_empty_or_unticked_is_no_choice():
    text = OptionFactory()
    tick = OptionFactory(name="Gift", type=Option.BOOLEAN)
    form = OptionsForm([text, tick], {"option-engraving": " "})

    assert form.is_valid()
    assert form.choices() == []


def test_choice_of_an_option_that_is_gone_is_refused():
    form = OptionsForm([], {"option-engraving": "Ada", "quantity": "1"})

    assert form.non_field_errors() == [
        "The options of this product have changed. Please choose again."
    ]
    assert OptionsForm([], {"option-engraving": ""}).is_valid()


def test_nothing_is_selected_for_the_shopper_in_a_required_list():
    option = OptionFactory(type=Option.SELECT, choices=RED_BLUE, required=True)

    html = str(OptionsForm([option])["engraving"])

    assert '<option value="" selected>' in html


def test_value_of_an_option_whose_type_changed_is_shown_as_it_was_typed():
    assert choice_text("For Ada", Option.DATE) == "For Ada"


# --- Which options a product has ------------------------------------------------------


def test_options_are_those_of_the_product_and_of_its_type_in_their_order():
    product = ProductFactory()
    last, first = OptionFactory(name="A", order=2), OptionFactory(name="B", order=1)
    OptionFactory(name="Another product's")
    product.product_options.add(last)
    product.product_class.options.add(first, last)

    assert product_options(product) == [first, last]


def test_variant_has_the_options_of_its_parent():
    child = ChildFactory(parent=ParentFactory())
    own, of_type = OptionFactory(name="A", order=1), OptionFactory(name="B", order=2)
    child.parent.product_options.add(own)
    child.parent.product_class.options.add(of_type)

    assert product_options(child) == [own, of_type]


@pytest.mark.parametrize("is_required", [False, True])
@pytest.mark.parametrize("by_type", [False, True])
@pytest.mark.parametrize("is_variant", [False, True])
def test_product_knows_whether_it_has_options(is_variant, by_type, is_required):
    plain = ProductFactory(product_class=ProductClassFactory(name="Plain"))
    product = ChildFactory() if is_variant else ProductFactory()
    owner = product.parent or product
    option = OptionFactory(required=is_required)
    (owner.product_class.options if by_type else owner.product_options).add(option)

    found = with_required_options(with_options(Product.objects.all())).in_bulk()

    assert found[product.pk].takes_options
    assert found[product.pk].requires_options is is_required
    assert not found[plain.pk].takes_options
    assert not found[plain.pk].requires_options


def test_product_without_options_costs_no_statement(django_assert_num_queries):
    ProductFactory()
    product = with_options(Product.objects.all()).get()

    with django_assert_num_queries(0):
        assert product_options(product) == []


def test_options_and_their_choices_cost_two_statements(django_assert_num_queries):
    product = ProductFactory()
    for name in ("A", "B"):
        option = OptionFactory(name=name, type=Option.SELECT, choices=RED_BLUE)
        product.product_class.options.add(option)
    product = with_options(Product.objects.select_related("parent")).get()

    with django_assert_num_queries(2):
        OptionsForm(product_options(product))


def test_card_says_that_the_product_can_not_be_added_without_a_choice():
    product, plain = ProductFactory(), ProductFactory()
    product.product_options.add(OptionFactory(required=True))
    plain.product_options.add(OptionFactory(name="Gift"))

    cards = product_cards([product.pk, plain.pk], context=shop_context())

    assert [card.requires_options for card in cards] == [True, False]
