from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from catalogue.menu_version import category_menu_forget
from catalogue.models import Category


@receiver([post_save, post_delete], sender=Category)
def forget_category_menu(**kwargs):
    category_menu_forget()
