"""Every catalogue of ours is whole, and what is compiled is what is written."""

import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import to_locale

LOCALES = settings.LOCALE_PATHS[0]
CATALOGUES = sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]|%%|</?\w+>")


@pytest.fixture(params=CATALOGUES, ids=lambda po: po.parts[-3])
def po(request) -> Path:
    return request.param


def _read(po: Path) -> Catalog:
    with po.open("rb") as file:
        return read_po(file)


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def test_every_language_but_the_source_has_a_catalogue():
    languages = {to_locale(code) for code, _name in settings.LANGUAGES}

    assert {each.parts[-3] for each in CATALOGUES} == languages - {
        to_locale(settings.LANGUAGE_CODE)
    }


def _entries(mo: BinaryIO) -> list[tuple[str, str]]:
    return sorted(
        (f"{each.context} {each.id}", str(each.string))
        for each in read_mo(mo)
        if each.id
    )


def test_compiled_catalogue_says_what_the_written_one_says(po):
    fresh = BytesIO()
    write_mo(fresh, _read(po))
    fresh.seek(0)

    with po.with_suffix(".mo").open("rb") as committed:
        assert _entries(committed) == _entries(fresh)


def test_every_text_is_translated(po):
    messages = [each for each in _read(po) if each.id]

    assert [each.id for each in messages if not all(_forms(each.string))] == []
    assert [each.id for each in messages if each.fuzzy] == []


def test_translation_keeps_placeholders_and_tags(po):
    catalogue = _read(po)

    for message in catalogue:
        originals, translations = _forms(message.id), _forms(message.string)
        assert len(translations) == (
            catalogue.num_plurals if message.pluralizable else 1
        )
        singular, *plurals = map(_placeholders, translations)
        assert singular == _placeholders(originals[0]), message.id
        assert all(each == _placeholders(originals[-1]) for each in plurals), message.id
