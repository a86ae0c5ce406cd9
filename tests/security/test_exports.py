"""A table that the back office exports never makes a spreadsheet calculate."""

from __future__ import annotations

import csv
import inspect
import io
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook
from oscar.core.loading import get_class
from wagtail.contrib.forms.models import FormSubmission

from backoffice import roles
from cms_pages.factories import form_page
from foundation.accounts.models import User
from tests.addresses import Address, all_addresses, path_of
from tests.every_model import create_every_model, fill_every_text

REPORTS = get_class("dashboard.reports.utils", "GeneratorRepository").generators
QUERIES = ["", "export=csv", "export=xlsx", "format=csv", "response_format=csv"]
REPORT_QUERIES = [
    urlencode({"report_type": each.code, "download": "on"}) for each in REPORTS
]
"""How an address is asked for a table."""

EXPORTS = {
    "cms/forms/",
    "cms/redirects/",
    "cms/reports/",
    "dashboard/offers/",
    "dashboard/orders/",
    "dashboard/reports/",
    "dashboard/vouchers/",
}
"""Where tables are known to come from: the test below must find them all."""

FORMULA = "=HYPERLINK(1)"


def formula_value(field: models.Field, mark: str) -> Any:
    """A formula, if ``field`` takes one."""
    if isinstance(field, models.JSONField):
        return {"name": FORMULA, "question_0": FORMULA}
    if not isinstance(field, models.CharField | models.TextField):
        return None
    text = f"{FORMULA}{mark}" if field.unique else FORMULA
    try:
        field.clean(text, None)
    except ValidationError:
        return None
    return text


def cells(response: HttpResponse) -> Iterator[str]:
    """Every cell of a table, a formula of a workbook with its equals sign."""
    kind = response.get("Content-Type", "")
    content = b"".join(response)
    if kind.startswith("text/csv"):
        for row in csv.reader(io.StringIO(content.decode(), newline="")):
            yield from row
    elif "spreadsheetml" in kind:
        for row in load_workbook(io.BytesIO(content)).active.iter_rows():
            # A text that begins with an equals sign is a text; a formula is a formula.
            yield from (str(cell.value) for cell in row if cell.data_type != "s")


def may_export(address: Address) -> bool:
    """Whether a module that the view is made of knows the word CSV."""
    if not address.route.startswith(("cms/", "dashboard/")):
        return False
    view = inspect.unwrap(address.pattern.callback)
    classes = getattr(address.pattern.callback, "view_class", object).__mro__
    return any(_knows_csv(each.__module__) for each in (view, *classes))


@cache
def _knows_csv(module: str) -> bool:
    source = "" if module == "builtins" else inspect.getsource(sys.modules[module])
    return "csv" in source.lower()


@pytest.fixture
def administrator(db) -> Client:
    user = User.objects.create_user("administrator@example.com")
    user.groups.add(Group.objects.get(name=roles.ADMINISTRATOR))
    client = Client()
    client.force_login(user)
    return client


def test_no_export_of_the_back_office_contains_a_formula(world, administrator):
    create_every_model()
    fill_every_text(formula_value)
    administrator.raise_request_exception = False
    exporting = set()
    formulas = []

    for address in filter(may_export, all_addresses()):
        path = path_of(address, world)
        is_report = address.name == "dashboard:reports-index"
        for query in REPORT_QUERIES if is_report else QUERIES:
            response = administrator.get(f"{path}?{query}")
            found = list(cells(response))
            if found:
                exporting.add("/".join(path.split("/")[1:3]) + "/")
            formulas += [
                f"{path}?{query}: {cell}" for cell in found if cell.startswith("=")
            ]

    assert formulas == []
    assert exporting >= EXPORTS


@pytest.mark.parametrize("export", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("typed", "exported"),
    [
        ("=1+1", "'=1+1"),
        ("+49 170 1234567", "'+49 170 1234567"),
        ("-1+1", "'-1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("＝1+1", "'＝1+1"),
        ('="a",1', '\'="a",1'),
        ("a\n=1", "a\n=1"),
        ("-12.50", "-12.50"),
        ("Ida, 1-2 Mill Lane", "Ida, 1-2 Mill Lane"),
        ("", ""),
    ],
)
def test_answer_that_begins_like_a_formula_is_exported_as_text(
    administrator, typed, exported, export
):
    page = form_page()
    FormSubmission.objects.create(page=page, form_data={"message": typed})

    response = administrator.get(
        f"/cms/forms/submissions/{page.pk}/", {"export": export}
    )

    rows = table(response)
    assert rows[1][rows[0].index("Message")] == exported


@pytest.mark.parametrize("export", ["csv", "xlsx"])
def test_question_that_begins_like_a_formula_is_exported_as_text(administrator, export):
    page = form_page()
    page.form_fields.update(label="=1+1")
    FormSubmission.objects.create(page=page, form_data={})

    response = administrator.get(
        f"/cms/forms/submissions/{page.pk}/", {"export": export}
    )

    assert table(response)[0] == ["Submission date", "'=1+1", "'=1+1", "'=1+1"]


def table(response: HttpResponse) -> list[list[str]]:
    content = b"".join(response)
    if response["Content-Type"].startswith("text/csv"):
        return list(csv.reader(io.StringIO(content.decode(), newline="")))
    sheet = load_workbook(io.BytesIO(content)).active
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
