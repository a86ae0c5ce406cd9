"""Blocks made of words."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    ListBlock,
    RichTextBlock,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
)
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.rich_text import RichText

from cms_pages.blocks.links import LinkBlock
from cms_pages.blocks.mentions import Mentions, linked_page_ids
from foundation.core.html import html_clean

PROSE_FEATURES = [
    "h3",
    "h4",
    "bold",
    "italic",
    "ol",
    "ul",
    "hr",
    "link",
    "document-link",
]
SENTENCE_FEATURES = ["bold", "italic", "link"]


class Prose(RichText):
    """Rich text that is drawn once: its page links are resolved with those of the whole body."""

    @cached_property
    def html(self) -> SafeString:
        return html_clean(super().__html__())

    def __html__(self) -> SafeString:
        return self.html


class ProseBlock(RichTextBlock):
    def __init__(self, features=None, **kwargs):
        super().__init__(features=features or PROSE_FEATURES, **kwargs)

    def to_python(self, value):
        return Prose(value)

    def value_from_form(self, value):
        return Prose(value)

    def normalize(self, value):
        source = value.source if isinstance(value, RichText) else value
        return Prose(str(source or ""))

    def mention(self, raw: str, mentions: Mentions) -> None:
        mentions.pages |= linked_page_ids(raw)

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        group = _("Words")
        description = _("Paragraphs, lists, links")
        template = "cms_pages/blocks/rich_text.html"
        preview_value = _(
            "<p>Wool keeps its warmth when it is wet. That is <b>why the hill farms</b>"
            " never wore anything else.</p>"
        )


class HeadingBlock(StructBlock):
    text = CharBlock(default="", max_length=160, label=_("Text"))
    level = ChoiceBlock(
        [("h2", _("Section")), ("h3", _("Part of a section"))],
        default="h2",
        label=_("Level"),
    )

    class Meta:
        label = _("Heading")
        icon = "title"
        group = _("Words")
        description = _("Begins a section")
        template = "cms_pages/blocks/heading.html"
        preview_value = {"text": _("What the weather asks for"), "level": "h2"}


class QuoteBlock(StructBlock):
    text = TextBlock(default="", rows=3, label=_("Words"))
    attribution = CharBlock(required=False, max_length=160, label=_("Who said it"))

    class Meta:
        label = _("Quote")
        icon = "openquote"
        group = _("Words")
        description = _("Somebody's words, set large")
        template = "cms_pages/blocks/quote.html"
        preview_value = {
            "text": _("A good lamp is one you stop noticing."),
            "attribution": _("Ida Brandt, lamp maker"),
        }


class CallToActionBlock(StructBlock):
    title = CharBlock(default="", max_length=160, label=_("Title"))
    text = ProseBlock(SENTENCE_FEATURES, required=False, label=_("Text"))
    label = CharBlock(required=False, max_length=60, label=_("Text of the button"))
    link = LinkBlock(required=False, label=_("Where it leads"))
    style = ChoiceBlock(
        [("quiet", _("Quiet")), ("strong", _("Strong"))],
        default="quiet",
        label=_("Style"),
    )

    def clean(self, value):
        """A band without a button calls to nothing: ask for its label and link."""
        value = super().clean(value)
        missing = [name for name in ("label", "link") if not value[name]]
        if missing:
            raise StructBlockValidationError(
                {name: ValidationError(_("A button needs this.")) for name in missing}
            )
        return value

    class Meta:
        label = _("Call to action")
        icon = "pick"
        group = _("Words")
        description = _("One thing to do next, with a button")
        template = "cms_pages/blocks/call_to_action.html"
        preview_value = {
            "title": _("Not sure which size?"),
            "text": _("<p>Write to us; somebody who has slept in them answers.</p>"),
            "label": _("Ask"),
            "link": [("address", "https://example.com/")],
            "style": "quiet",
        }


class QuestionBlock(StructBlock):
    question = CharBlock(default="", max_length=255, label=_("Question"))
    answer = ProseBlock(label=_("Answer"))

    class Meta:
        icon = "help"
        label = _("Question")


class FaqBlock(StructBlock):
    title = CharBlock(required=False, max_length=160, label=_("Title"))
    items = ListBlock(QuestionBlock(), label=_("Questions"))

    class Meta:
        label = _("Questions and answers")
        icon = "help"
        group = _("Words")
        description = _("Answers that open when asked")
        template = "cms_pages/blocks/faq.html"
        preview_value = {
            "title": _("Before you ask"),
            "items": [
                {
                    "question": _("Can it be washed?"),
                    "answer": _("<p>By hand, cold, and never wrung.</p>"),
                }
            ],
        }


class TableBlock(StructBlock):
    caption = CharBlock(required=False, max_length=255, label=_("Caption"))
    table = TypedTableBlock(
        [
            ("text", CharBlock(required=False, label=_("Text"))),
            (
                "rich_text",
                ProseBlock(SENTENCE_FEATURES, required=False, label=_("Rich text")),
            ),
        ],
        label=_("Table"),
    )

    def get_preview_value(self):
        rows = [(_("Single"), "640 g"), (_("Double"), "980 g")]
        return self.to_python(
            {
                "caption": str(_("What it weighs")),
                "table": {
                    "columns": [
                        {"type": "text", "heading": str(_("Size"))},
                        {"type": "text", "heading": str(_("Weight"))},
                    ],
                    "rows": [{"values": [str(size), text]} for size, text in rows],
                },
            }
        )

    class Meta:
        label = _("Table")
        icon = "table"
        group = _("Words")
        description = _("Sizes, weights, opening hours")
        template = "cms_pages/blocks/table.html"
