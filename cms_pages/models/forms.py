from __future__ import annotations

from django.db import models
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.compat import HTTPMethod
from wagtail.contrib.forms.forms import WagtailAdminFormPageForm
from wagtail.contrib.forms.models import (
    AbstractFormField,
    FormMixin,
    validate_to_address,
)
from wagtail.contrib.forms.panels import FormSubmissionsPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from cms_pages.models.base import SitePage, SitePageForm
from cms_pages.services import form_answer_keep
from cms_pages.spam import SpamGuardForm

SENT = "sent"


class FormPageForm(SitePageForm, WagtailAdminFormPageForm):
    pass


class FormField(AbstractFormField):
    page = ParentalKey(
        "cms_pages.FormPage", on_delete=models.CASCADE, related_name="form_fields"
    )


class FormPage(FormMixin, SitePage):
    """A form, such as for contact. Answers are kept, and mailed through the outbox.

    The page is cacheable: it reads no session and carries no token. Its POST is
    guarded by ``same_origin_post`` (``cms_pages.views``), spam by
    :class:`cms_pages.spam.SpamGuardForm`.
    """

    base_form_class = FormPageForm
    allowed_http_methods = [*SitePage.allowed_http_methods, HTTPMethod.POST]
    page_description = _("Contact and other forms; answers are kept and mailed.")
    parent_page_types = ["cms_pages.HomePage", "cms_pages.StandardPage"]
    subpage_types: list[str] = []

    introduction = RichTextField(
        _("introduction"), blank=True, features=["bold", "italic", "link"]
    )
    thank_you_text = RichTextField(
        _("text after sending"), blank=True, features=["bold", "italic", "link"]
    )
    to_address = models.CharField(
        _("mail answers to"),
        max_length=255,
        blank=True,
        validators=[validate_to_address],
        help_text=_("Several addresses are separated by commas."),
    )
    subject = models.CharField(_("subject of the mail"), max_length=160, blank=True)

    content_panels = [
        FormSubmissionsPanel(),
        *Page.content_panels,
        FieldPanel("introduction"),
        InlinePanel("form_fields", label=_("Field"), heading=_("Fields")),
        FieldPanel("thank_you_text"),
        MultiFieldPanel(
            [FieldPanel("to_address"), FieldPanel("subject")], heading=_("Mail")
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = _("form page")
        verbose_name_plural = _("form pages")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return context | {"guard": SpamGuardForm()}

    def get_submissions_list_view_class(self):
        # Wagtail's views want all models loaded.
        from cms_pages.submissions import SubmissionsListView

        return SubmissionsListView

    def get_preview_context(self, request, mode_name):
        return self.get_context(request) | {"form": self.get_form(page=self)}

    def serve(self, request, *args, **kwargs):
        request.is_preview = False
        if request.method == "POST":
            return self._answer(request)
        if SENT in request.GET:
            return self.render_landing_page(request)
        return self._show(request, self.get_form(page=self))

    def _answer(self, request):
        guard = SpamGuardForm(request.POST)
        thanks = HttpResponseRedirect(f"{self.get_url(request)}?{SENT}=1")
        if guard.is_robot:
            return thanks
        form = self.get_form(request.POST, page=self)
        for error in guard.errors.get("token", []):
            form.add_error(None, error)
        if not form.is_valid():
            return self._show(request, form)
        form_answer_keep(page=self, answers=form.cleaned_data)
        return thanks

    def _show(self, request, form):
        context = self.get_context(request) | {"form": form}
        return TemplateResponse(request, self.get_template(request), context)
