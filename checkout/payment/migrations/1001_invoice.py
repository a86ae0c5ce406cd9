"""The payment source that every shop has: an invoice."""

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("payment", "SourceType").objects.get_or_create(
        code="invoice", defaults={"name": "Invoice"}
    )


class Migration(migrations.Migration):
    dependencies = [("payment", "0005_auto_20200801_0817")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
