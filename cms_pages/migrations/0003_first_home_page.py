from django.db import migrations

WELCOME = "Welcome to your new Wagtail site!"  # wagtailcore/0002_initial_data


def turn_welcome_page_into_home_page(apps, schema_editor):
    """The page that Wagtail made keeps its row, its place and its site, and becomes a home page."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    HomePage = apps.get_model("cms_pages", "HomePage")
    Page = apps.get_model("wagtailcore", "Page")
    welcome = Page.objects.filter(depth=2, slug="home", title=WELCOME).first()
    if welcome is None:
        return
    HomePage(page_ptr_id=welcome.pk).save_base(raw=True)
    content_type, _ = ContentType.objects.get_or_create(
        app_label="cms_pages", model="homepage"
    )
    Page.objects.filter(pk=welcome.pk).update(
        content_type=content_type, title="Home", draft_title="Home"
    )


def turn_home_pages_into_plain_pages(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    HomePage = apps.get_model("cms_pages", "HomePage")
    Page = apps.get_model("wagtailcore", "Page")
    plain = ContentType.objects.get(app_label="wagtailcore", model="page")
    pages = list(HomePage.objects.values_list("pk", flat=True))
    Page.objects.filter(pk__in=pages).update(content_type=plain)
    Page.objects.filter(pk__in=pages, title="Home").update(
        title=WELCOME, draft_title=WELCOME
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cms_pages", "0002_url_path_index"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.RunPython(
            turn_welcome_page_into_home_page, turn_home_pages_into_plain_pages
        )
    ]
