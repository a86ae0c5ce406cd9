from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from checkout.basket.middleware import basket_of_login


@receiver(user_logged_in)
def bring_basket_along(request, user, **kwargs):
    if request is not None and hasattr(request, "basket"):
        basket_of_login(request)
