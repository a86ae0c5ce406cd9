"""What changes the navigation."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page, Site
from wagtail.signals import (
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
)

from catalogue.models import Category
from cms_pages.models import Menu, SiteSettings
from cms_pages.navigation import navigation_changed


@receiver([page_published, page_unpublished, page_slug_changed, post_page_move])
def forget_navigation_of_pages(**kwargs):
    navigation_changed()


@receiver([post_save, post_delete], sender=Menu)
@receiver([post_save, post_delete], sender=SiteSettings)
@receiver([post_save, post_delete], sender=Site)
@receiver([post_save, post_delete], sender=Category)
@receiver(post_delete, sender=Page)
def forget_navigation(**kwargs):
    navigation_changed()
