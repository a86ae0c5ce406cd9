from decimal import Decimal

import django.core.validators
from django.db import migrations, models


def make_standard_class(apps, schema_editor):
    apps.get_model("partner", "TaxClass").objects.create(
        code="standard", name="Standard rate", rate=Decimal("0.2")
    )


class Migration(migrations.Migration):
    dependencies = [("partner", "0007_partneraddress_code")]

    operations = [
        migrations.CreateModel(
            name="TaxClass",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("code", models.SlugField(unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("1")),
                        ],
                        verbose_name="rate",
                    ),
                ),
            ],
            options={
                "verbose_name": "tax class",
                "verbose_name_plural": "tax classes",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rate__gte", 0), ("rate__lte", 1)),
                        name="taxclass_rate_between_0_and_1",
                    )
                ],
            },
        ),
        migrations.RunPython(make_standard_class, migrations.RunPython.noop),
    ]
