from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from catalogue.models import Product, ProductAttributeValue, ProductCategory
from catalogue.search.services import product_reindex_on_commit


@receiver([post_save, post_delete], sender=ProductCategory)
@receiver([post_save, post_delete], sender=ProductAttributeValue)
def reindex_product(instance, raw=False, **kwargs):
    if not raw:
        product_reindex_on_commit(instance.product_id)


@receiver(m2m_changed, sender=ProductCategory)
def reindex_products(instance, action, pk_set, **kwargs):
    if action.startswith("post_"):
        products = [instance.pk] if isinstance(instance, Product) else pk_set or []
        for product_id in products:
            product_reindex_on_commit(product_id)


@receiver([post_save, post_delete], sender=Product)
def reindex_parent(instance, raw=False, **kwargs):
    if not raw and instance.parent_id:
        product_reindex_on_commit(instance.parent_id)
