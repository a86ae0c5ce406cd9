"""All files come from the one library (the shop is new: no file is carried over)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0001_initial"),
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
    ]

    operations = [
        migrations.RemoveField("category", "image"),
        migrations.AddField(
            "category",
            "image",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="media.libraryimage",
                verbose_name="Image",
            ),
        ),
        migrations.RemoveField("productimage", "original"),
        migrations.AddField(
            "productimage",
            "original",
            models.ForeignKey(
                default=None,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="media.libraryimage",
                verbose_name="Image",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            "productattribute",
            "type",
            models.CharField(
                choices=[
                    ("text", "Text"),
                    ("integer", "Integer"),
                    ("boolean", "True / False"),
                    ("float", "Float"),
                    ("richtext", "Rich Text"),
                    ("date", "Date"),
                    ("datetime", "Datetime"),
                    ("option", "Option"),
                    ("multi_option", "Multi Option"),
                    ("entity", "Entity"),
                ],
                default="text",
                max_length=20,
                verbose_name="Type",
            ),
        ),
    ]
