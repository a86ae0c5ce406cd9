"""All components of the theme with their sample data, on one page; in development only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

COMPONENTS = Path(settings.ROOT) / "themes" / "base" / "templates" / "components"


class SampleForm(forms.Form):
    """One field of each kind; stands where a sample says ``form: sample``."""

    name = forms.CharField(label="Name", help_text="As it stands on the door.")
    phone = forms.CharField(label="Phone", required=False)
    country = forms.ChoiceField(label="Country", choices=[("de", "Germany")])
    answer_by = forms.ChoiceField(
        label="How may we answer?",
        widget=forms.RadioSelect,
        choices=[("mail", "By mail"), ("phone", "By phone")],
    )
    message = forms.CharField(label="Message", widget=forms.Textarea)
    wants_copy = forms.BooleanField(label="Send me a copy", required=False)


@dataclass(frozen=True, slots=True)
class Specimen:
    name: str
    html: SafeString


def component_names() -> list[str]:
    return sorted(folder.name for folder in COMPONENTS.iterdir() if folder.is_dir())


def specimen(name: str) -> Specimen:
    """The component ``name`` drawn with ``<name>.yaml``."""
    sample: dict[str, Any] = (
        yaml.safe_load((COMPONENTS / name / f"{name}.yaml").read_text()) or {}
    )
    if sample.get("form") == "sample":
        form = SampleForm({})
        sample |= {"form": form, "field": form["name"]}
    return Specimen(name, render_to_string(f"components/{name}/{name}.html", sample))


def styleguide(request: HttpRequest) -> HttpResponse:
    specimens = [specimen(name) for name in component_names()]
    return render(request, "styleguide.html", {"specimens": specimens})
