from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from catalogue.models import Category
from catalogue.services import category_menu_forget


@receiver([post_save, post_delete], sender=Category)
def forget_category_menu(**kwargs):
    category_menu_forget()
