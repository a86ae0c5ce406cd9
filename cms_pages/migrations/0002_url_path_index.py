from django.db import migrations


class Migration(migrations.Migration):
    """Pages are found by ``url_path`` (``cms_pages.routing``); Wagtail has no index on it.

    A hash index, because a path may be longer than a B-tree entry.
    """

    dependencies = [
        ("cms_pages", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX cms_pages_url_path ON wagtailcore_page USING hash (url_path)",
            "DROP INDEX cms_pages_url_path",
        )
    ]
