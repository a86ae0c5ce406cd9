"""What can happen to an order in the back office: shipped, paid, refunded."""

from django.db import migrations


def add(apps, schema_editor):
    types = {
        "ShippingEventType": [("shipped", "Shipped")],
        "PaymentEventType": [("paid", "Paid"), ("refunded", "Refunded")],
    }
    for model, rows in types.items():
        for code, name in rows:
            apps.get_model("order", model).objects.get_or_create(
                code=code, defaults={"name": name}
            )


class Migration(migrations.Migration):
    dependencies = [("order", "0021_billingaddress_code_shippingaddress_code")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
