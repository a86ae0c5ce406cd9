"""What a test needs of the catalogue, on top of ``oscar.test.factories``.

Prices go through ``price_change()``, categories through the tree.
"""

from decimal import Decimal

import factory
from django.conf import settings
from django.utils.text import slugify
from oscar.test.factories import catalogue as oscar_catalogue
from oscar.test.factories import partner as oscar_partner

from catalogue.models import Category, Product
from catalogue.partner.services import price_change
from foundation.media.models import LibraryImage


class ProductClassFactory(oscar_catalogue.ProductClassFactory):
    name = "Goods"

    class Meta:
        django_get_or_create = ("name",)


class CategoryFactory(factory.django.DjangoModelFactory):
    """A root category; below ``parent`` where one is given."""

    name = factory.Sequence(lambda n: f"Category {n}")

    class Meta:
        model = Category

    @classmethod
    def _create(cls, model_class, *args, parent=None, **kwargs):
        if parent is None:
            return model_class.add_root(**kwargs)
        parent.refresh_from_db()
        return parent.add_child(**kwargs)


class PartnerFactory(oscar_partner.PartnerFactory):
    name = "Warehouse"
    code = "warehouse"

    class Meta:
        django_get_or_create = ("code",)
        skip_postgeneration_save = True


class StockRecordFactory(oscar_partner.StockRecordFactory):
    """``price`` is written by ``price_change()``; ``None`` leaves it unpriced."""

    partner = factory.SubFactory(PartnerFactory)
    partner_sku = factory.Sequence(lambda n: f"SKU-{n}")
    price_currency = settings.OSCAR_DEFAULT_CURRENCY
    price = Decimal("12.00")

    @classmethod
    def _create(cls, model_class, *args, price=None, **kwargs):
        record = super()._create(model_class, *args, **kwargs)
        if price is not None:
            price_change(stockrecord=record, amount=price)
        return record


class ProductFactory(oscar_catalogue.ProductFactory):
    """A public stand-alone product at 12.00 with 100 in stock, in no category.

    ``categories=[…]`` puts it into some, ``stockrecords__price`` and
    ``stockrecords__num_in_stock`` say what it costs and how many there are,
    ``stockrecords=None`` leaves it without.
    """

    upc = factory.Sequence(lambda n: f"UPC-{n}")
    title = factory.Sequence(lambda n: f"Product {n}")
    product_class = factory.SubFactory(ProductClassFactory)
    stockrecords = factory.RelatedFactory(StockRecordFactory, "product")

    @factory.post_generation
    def categories(self, create, extracted, **kwargs):
        if extracted:
            self.categories.add(*extracted)

    class Meta:
        skip_postgeneration_save = True


class ParentFactory(ProductFactory):
    """A product that is sold as variants (``ChildFactory``)."""

    structure = Product.PARENT

    @factory.post_generation
    def stockrecords(self, create, extracted, **kwargs):
        """None: variants have stock, not their parent."""

    class Meta:
        skip_postgeneration_save = True


class ChildFactory(ProductFactory):
    """A variant of ``parent``; ``attributes={"colour": option}`` sets its options."""

    structure = Product.CHILD
    parent = factory.SubFactory(ParentFactory)
    product_class = None
    title = ""

    @factory.post_generation
    def attributes(self, create, extracted, **kwargs):
        for code, value in (extracted or {}).items():
            setattr(self.attr, code, value)
        self.attr.save()

    class Meta:
        skip_postgeneration_save = True


class ProductAttributeFactory(oscar_catalogue.ProductAttributeFactory):
    product_class = factory.SubFactory(ProductClassFactory)


class AxisFactory(ProductAttributeFactory):
    """An attribute of type option; ``options=["S", "M"]`` makes its choices."""

    name = "Colour"
    code = "colour"
    type = "option"
    option_group = factory.SubFactory(
        oscar_catalogue.AttributeOptionGroupFactory, name="Colours"
    )

    @factory.post_generation
    def options(self, create, extracted, **kwargs):
        for option in extracted or []:
            oscar_catalogue.AttributeOptionFactory(
                group=self.option_group, option=option
            )

    class Meta:
        skip_postgeneration_save = True


class OptionFactory(oscar_catalogue.OptionFactory):
    """A text that the shopper types; ``choices=["Red"]`` makes what a list holds."""

    name = "Engraving"
    code = factory.LazyAttribute(lambda option: slugify(option.name))

    @classmethod
    def _create(cls, model_class, *args, choices=(), **kwargs):
        if choices:
            group = oscar_catalogue.AttributeOptionGroupFactory()
            for option in choices:
                oscar_catalogue.AttributeOptionFactory(group=group, option=option)
            kwargs["option_group"] = group
        return super()._create(model_class, *args, **kwargs)


class LibraryImageFactory(factory.django.DjangoModelFactory):
    title = factory.Sequence(lambda n: f"Image {n}")
    file = factory.django.ImageField(width=640, height=480)

    class Meta:
        model = LibraryImage


class ProductImageFactory(oscar_catalogue.ProductImageFactory):
    product = factory.SubFactory(ProductFactory)
    original = factory.SubFactory(LibraryImageFactory)


class ProductReviewFactory(oscar_catalogue.ProductReviewFactory):
    """An approved review by a person without an account."""

    product = factory.SubFactory(ProductFactory)
    title = "Good"
    body = "Does what it should."
    name = "Ada"
    email = factory.Sequence(lambda n: f"ada{n}@example.org")
    status = 1
