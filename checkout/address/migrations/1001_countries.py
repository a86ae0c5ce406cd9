"""All countries, with those the shop delivers to: without a row no checkout is possible.

Names are Babel's (CLDR) in English; forms show them in the shopper's language. Rows
that exist already are left as they are.
"""

from babel import Locale
from django.db import migrations

NOT_ISO = {
    *("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB"),
    *("XK", "ZZ"),
}
SHIPPING = {
    *("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB"),
    *("GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO"),
    *("PL", "PT", "RO", "SE", "SI", "SK"),
}
FIRST = "DE"
"""Stands first in the list and is what an empty form starts with."""


def add(apps, schema_editor):
    country = apps.get_model("address", "Country")
    country.objects.bulk_create(
        [
            country(
                iso_3166_1_a2=code,
                printable_name=name,
                name=name,
                is_shipping_country=code in SHIPPING,
                display_order=1 if code == FIRST else 0,
            )
            for code, name in Locale("en").territories.items()
            if len(code) == 2 and code.isalpha() and code not in NOT_ISO
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("address", "0007_useraddress_code")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
