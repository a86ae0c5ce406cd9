from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partner", "1003_price_guard")]

    operations = [
        migrations.AddField(
            model_name="pricechange",
            name="is_window",
            field=models.BooleanField(db_default=False, verbose_name="planned price"),
        ),
    ]
