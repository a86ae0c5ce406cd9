import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from modelsearch.backends.database.postgres.postgres import IndexEntry
from wagtail.models import ReferenceIndex

from catalogue.factories import LibraryImageFactory
from catalogue.search.repair import RepairCounts, entries_repair
from cms_pages.factories import landing_page
from cms_pages.references import references_repair


@pytest.fixture
def page(home):
    return landing_page(title="Winter", hero_image=LibraryImageFactory())


def references(page) -> set:
    kind = ContentType.objects.get(app_label="wagtailcore", model="page")
    found = ReferenceIndex.objects.filter(base_content_type=kind, object_id=page.pk)
    return set(found.values_list("to_content_type", "to_object_id", "content_path"))


def test_sound_references_are_left_as_they_are(page):
    references_repair()
    before = set(ReferenceIndex.objects.values_list("pk"))

    assert references_repair() == (RepairCounts(), None)
    assert set(ReferenceIndex.objects.values_list("pk")) == before


def test_missing_stale_and_orphaned_references_are_put_right(page):
    references_repair()
    sound = references(page)
    kept = ReferenceIndex.objects.filter(object_id=str(page.pk)).first()
    ReferenceIndex.objects.filter(pk=kept.pk).delete()
    kept.pk, kept.object_id = None, "999999"
    kept.save()
    assert references(page) != sound

    counts, rest = references_repair()

    assert counts == RepairCounts(stale=1, orphaned=1)
    assert rest is None
    assert references(page) == sound


def test_walk_goes_on_where_it_stopped(page):
    references_repair()
    ReferenceIndex.objects.all().delete()
    counts, rest = references_repair(seconds=0)
    total = counts
    while rest is not None:
        counts, rest = references_repair(model=rest.model, after=rest.after, seconds=0)
        total += counts

    assert references(page)
    assert total.failed == 0
    assert references_repair() == (RepairCounts(), None)


def test_command_repairs_both_indexes_and_tells_the_counts(page, capsys):
    references_repair()
    entries_repair()
    IndexEntry.objects.get(content_type__model="landingpage").delete()

    call_command("repair_indexes")

    printed = capsys.readouterr().out
    assert "Search index: 1 missing, 0 stale, 0 orphaned, 0 failed." in printed
    assert "References: 0 missing, 0 stale, 0 orphaned, 0 failed." in printed
    assert "cms_pages.landingpage up to" in printed
