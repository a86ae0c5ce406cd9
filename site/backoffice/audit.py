"""What the back office keeps a history of: every model that a person can change there."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from oscar.core.loading import get_model
from wagtail.models import GroupCollectionPermission, GroupPagePermission

from foundation.audit.registry import register


def _of(name):
    """The subject is the object that field ``name`` points to."""
    return lambda part: getattr(part, name)


def _offer(part):
    return part.offers.first()


TRACKED = {
    # Oscar label: (fields, whose history shows it)
    "catalogue.Product": (
        "title upc slug structure parent product_class is_public is_discountable"
        " description meta_title meta_description",
        None,
    ),
    "catalogue.ProductCategory": ("category", _of("product")),
    "catalogue.ProductImage": ("original caption display_order", _of("product")),
    "catalogue.ProductRecommendation": ("recommendation ranking", _of("primary")),
    "catalogue.ProductAttributeValue": ("attribute value_as_text", _of("product")),
    "catalogue.Category": (
        "name slug description image is_public exclude_from_menu meta_title"
        " meta_description",
        None,
    ),
    "catalogue.ProductClass": ("name requires_shipping track_stock options", None),
    "catalogue.ProductAttribute": (
        "name code type required option_group",
        _of("product_class"),
    ),
    "catalogue.AttributeOptionGroup": ("name", None),
    "catalogue.AttributeOption": ("option", _of("group")),
    "catalogue.Option": ("name type required order help_text option_group", None),
    # The price is written by `price_change()`, which records it.
    "partner.StockRecord": (
        "partner partner_sku price_currency tax_class num_in_stock low_stock_threshold",
        _of("product"),
    ),
    "partner.Partner": ("name code", None),
    "partner.TaxClass": ("code name rate", None),
    "offer.ConditionalOffer": (
        "name description offer_type status exclusive priority start_datetime"
        " end_datetime max_basket_applications max_user_applications"
        " max_global_applications max_discount",
        None,
    ),
    "offer.Condition": ("range type value proxy_class", _offer),
    "offer.Benefit": ("range type value max_affected_items proxy_class", _offer),
    "offer.Range": (
        "name description is_public includes_all_products included_categories"
        " excluded_categories classes excluded_products",
        None,
    ),
    "offer.RangeProduct": ("product display_order", _of("range")),
    "voucher.Voucher": ("name code usage start_datetime end_datetime offers", None),
    "voucher.VoucherSet": (
        "name code_length count start_datetime end_datetime description",
        None,
    ),
    "order.Order": ("status cancelled_incl_tax", None),
    "order.Line": ("status num_cancelled", _of("order")),
    "order.OrderNote": ("note_type message", _of("order")),
    "order.ShippingEvent": ("event_type notes", _of("order")),
    "order.PaymentEvent": ("event_type amount reference", _of("order")),
    "order.ShippingAddress": ("summary phone_number notes", _of("order")),
    "reviews.ProductReview": ("status title body score", None),
    "shipping.WeightBased": ("name description default_weight countries", None),
    "shipping.WeightBand": ("upper_limit charge", _of("method")),
    "communication.CommunicationEventType": (
        "email_subject_template email_body_template email_body_html_template",
        None,
    ),
}

PERSONAL = {
    "order.OrderNote": "message",
    "order.ShippingAddress": "summary phone_number notes",
}
"""Of these fields the log keeps the fact of a change: who may see an order may see its log."""


def track():
    """Called once, when all models are loaded."""
    for label, (fields, subject) in TRACKED.items():
        register(
            get_model(*label.split(".")),
            fields=tuple(fields.split()),
            secret=tuple(PERSONAL.get(label, "").split()),
            subject=subject,
        )
    register(
        get_user_model(),
        fields=(
            "email", "first_name", "last_name", "is_active", "is_staff", "is_superuser",
            "groups", "user_permissions", "password",
        ),
        secret=("password",),
    )  # fmt: skip
    register(Group, fields=("name", "permissions"))
    register(GroupPagePermission, fields=("page", "permission"), subject=_of("group"))
    register(
        GroupCollectionPermission,
        fields=("collection", "permission"),
        subject=_of("group"),
    )
