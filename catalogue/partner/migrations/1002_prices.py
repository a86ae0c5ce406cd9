import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import catalogue.partner.models


class Migration(migrations.Migration):
    dependencies = [
        ("partner", "1001_tax_class"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="stockrecord",
            name="tax_class",
            field=models.ForeignKey(
                default=catalogue.partner.models.standard_tax_class,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stockrecords",
                to="partner.taxclass",
                verbose_name="tax class",
            ),
        ),
        migrations.CreateModel(
            name="PriceChange",
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
                ("partner_sku", models.CharField(max_length=128, verbose_name="SKU")),
                ("currency", models.CharField(max_length=12, verbose_name="currency")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                (
                    "previous",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="previous",
                    ),
                ),
                ("starts", models.DateTimeField(verbose_name="starts")),
                ("ends", models.DateTimeField(null=True, verbose_name="ends")),
                (
                    "reason",
                    models.CharField(blank=True, max_length=200, verbose_name="reason"),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stockrecord",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="price_changes",
                        to="partner.stockrecord",
                    ),
                ),
            ],
            options={
                "verbose_name": "price change",
                "verbose_name_plural": "price changes",
                "ordering": ["-starts", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["stockrecord", "starts"],
                        name="partner_pri_stockre_b4b237_idx",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceWindow",
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
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                ("starts", models.DateTimeField(verbose_name="starts")),
                (
                    "ends",
                    models.DateTimeField(blank=True, null=True, verbose_name="ends"),
                ),
                (
                    "stockrecord",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="price_windows",
                        to="partner.stockrecord",
                    ),
                ),
            ],
            options={
                "verbose_name": "price window",
                "verbose_name_plural": "price windows",
                "ordering": ["-starts", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["stockrecord", "starts"],
                        name="partner_pri_stockre_aa3866_idx",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="pricewindow_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends__isnull", True),
                            ("ends__gt", models.F("starts")),
                            _connector="OR",
                        ),
                        name="pricewindow_ends_after_start",
                    ),
                ],
            },
        ),
    ]
