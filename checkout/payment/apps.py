from oscar.apps.payment import apps


class PaymentConfig(apps.PaymentConfig):
    name = "checkout.payment"
