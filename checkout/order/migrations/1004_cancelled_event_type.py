"""Pieces of an order can be cancelled."""

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("order", "ShippingEventType").objects.get_or_create(
        code="cancelled", defaults={"name": "Cancelled"}
    )


class Migration(migrations.Migration):
    dependencies = [("order", "1003_cancellation")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
