"""One object of each kind, to open addresses with."""

from __future__ import annotations

from django.contrib.auth.models import Group
from oscar.core.loading import get_model
from oscar.test import factories as oscar
from wagtail.models import Collection, Locale, Page, Site, Task, Workflow

from backoffice import roles
from catalogue import factories
from foundation.accounts.models import User
from foundation.media.models import LibraryDocument


def create_world() -> dict[str, object]:
    """Create one object of each kind. Return values for parameters of addresses.

    A key is a pattern of ``<name of the address>.<parameter>``; the first that fits counts.
    """
    category = factories.CategoryFactory()
    product = factories.ProductFactory(categories=[category])
    parent = factories.ParentFactory(categories=[category])
    axis = factories.AxisFactory(product_class=parent.product_class, options=["Red"])
    image = factories.LibraryImageFactory()
    document = LibraryDocument.objects.create(title="Guide", file="guide.pdf")
    customer = User.objects.create_user("customer@example.com")
    offer = oscar.ConditionalOfferFactory()
    order = _order(product, customer)
    note = order.notes.create(user=customer, message="Leave it at the door")
    review = get_model("reviews", "ProductReview").objects.create(
        product=product, user=customer, title="Good", body="Good", score=5
    )
    alert = get_model("customer", "ProductAlert").objects.create(
        user=customer, product=product
    )
    method = get_model("shipping", "WeightBased").objects.create(name="By weight")
    band = method.bands.create(upper_limit=1, charge=1)
    option = get_model("catalogue", "Option").objects.create(name="Engraving")
    author = get_model("cms_pages", "Author").objects.create(
        name="Ada", locale=Locale.get_default()
    )
    menu = get_model("cms_pages", "Menu").objects.create(
        place="main",
        title="Menu",
        site=Site.objects.get(is_default_site=True),
        locale=Locale.get_default(),
    )
    redirect = get_model("wagtailredirects", "Redirect").objects.create(
        old_path="/old", redirect_link="/new"
    )
    voucher = oscar.VoucherFactory()
    voucher_set = oscar.VoucherSetFactory()
    range_ = oscar.RangeFactory()
    communication, _ = get_model(
        "communication", "CommunicationEventType"
    ).objects.get_or_create(code="hello", defaults={"name": "Hello"})
    home = Site.objects.get(is_default_site=True).root_page.specific
    revision = home.save_revision()
    form_page = home.add_child(
        instance=get_model("cms_pages", "FormPage")(title="Contact", slug="contact-us")
    )
    collection = Collection.get_first_root_node().add_child(name="Press")
    return {
        "dashboard:catalogue-attribute-option-group*.pk": axis.option_group.pk,
        "dashboard:catalogue-category*.pk": category.pk,
        "dashboard:catalogue-category*.parent": category.pk,
        "dashboard:catalogue-class*.pk": product.product_class.pk,
        "dashboard:catalogue-option*.pk": option.pk,
        "dashboard:catalogue-product-variants.pk": parent.pk,
        "dashboard:catalogue-product*.pk": product.pk,
        "dashboard:*.parent_pk": parent.pk,
        "dashboard:*.product_class_slug": product.product_class.slug,
        "dashboard:comms*.slug": communication.code,
        "dashboard:history.model": "catalogue.product",
        "dashboard:history.pk": product.pk,
        "dashboard:offer*.pk": offer.pk,
        "dashboard:*.number": order.number,
        "dashboard:*.note_id": note.pk,
        "dashboard:*.line_id": order.lines.get().pk,
        "dashboard:partner*.pk": product.stockrecords.get().partner.pk,
        "dashboard:*.partner_pk": product.stockrecords.get().partner.pk,
        "dashboard:*.user_pk": customer.pk,
        "dashboard:range*.pk": range_.pk,
        "dashboard:reviews*.pk": review.pk,
        "dashboard:shipping-method-band*.pk": band.pk,
        "dashboard:shipping*.pk": method.pk,
        "dashboard:*.method_pk": method.pk,
        "dashboard:user-alert*.pk": alert.pk,
        "dashboard:user*.pk": customer.pk,
        "dashboard:voucher-set*.pk": voucher_set.pk,
        "dashboard:voucher*.pk": voucher.pk,
        "cms_product_chooser*.pk": product.pk,
        "cms_category_chooser*.pk": category.pk,
        "wagtailimages*.pk": image.pk,
        "*.image_id": image.pk,
        "*.filter_spec": "width-100",
        "wagtaildocs*.pk": document.pk,
        "*.document_id": document.pk,
        "*.doc_id": document.pk,
        "wagtailadmin_collections*.pk": collection.pk,
        "*.collection_id": collection.pk,
        "wagtailadmin_workflows:*task*.pk": Task.objects.first().pk,
        "wagtailadmin_workflows:*.pk": Workflow.objects.first().pk,
        "*.workflow_pk": Workflow.objects.first().pk,
        "*.task_id": Task.objects.first().pk,
        "wagtailforms:*.page_id": form_page.pk,
        "*.page_pk": home.pk,
        "*.page_id": home.pk,
        "*.parent_page_id": home.pk,
        "*.page_to_move_id": home.pk,
        "*.destination_id": Page.get_first_root_node().pk,
        "*.revision_id": revision.pk,
        "wagtailadmin_api:images*.pk": image.pk,
        "wagtailadmin_api:documents*.pk": document.pk,
        "wagtailadmin_api:pages*.pk": home.pk,
        "wagtailadmin_pages:*.pk": home.pk,
        "*.action_name": "copy",
        "*.content_type_app_name": "cms_pages",
        "*.content_type_model_name": "standardpage",
        "wagtailadmin_pages:choose_parent.app_label": "cms_pages",
        "wagtailadmin_pages:choose_parent.model_name": "standardpage",
        "wagtailadmin_workflows:*.app_label": "wagtailcore",
        "wagtailadmin_workflows:*.model_name": "groupapprovaltask",
        "wagtail_bulk_action.app_label": "media",
        "wagtail_bulk_action.model_name": "libraryimage",
        "wagtail_bulk_action.action": "delete",
        "*.redirect_id": redirect.pk,
        "wagtailsettings*.app_name": "cms_pages",
        "wagtailsettings*.model_name": "sitesettings",
        "wagtailsettings*.pk": Site.objects.first().pk,
        "*.app_name": "taggit",
        "*.model_name": "tag",
        "wagtailsites*.pk": Site.objects.first().pk,
        "wagtailsnippet*author*.pk": author.pk,
        "wagtailsnippet*menu*.pk": menu.pk,
        "wagtailusers_groups*.pk": Group.objects.get(name=roles.SUPPORT).pk,
        "wagtailusers_users*.pk": customer.pk,
        "*.revision_id_?": "live",
        "*.app_label": "cms_pages",
        "*": 1,
    }


def _order(product, customer):
    order = oscar.OrderFactory(user=customer)
    record = product.stockrecords.get()
    oscar.OrderLineFactory(
        order=order,
        product=product,
        stockrecord=record,
        partner=record.partner,
        partner_sku=record.partner_sku,
    )
    return order
