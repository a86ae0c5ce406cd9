from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from cms_pages.views import page_serve
from storefront import views

handler400 = "storefront.error_pages.bad_request"
handler403 = "storefront.error_pages.permission_denied"
handler404 = "storefront.error_pages.page_not_found"
handler500 = "storefront.error_pages.server_error"

urlpatterns = [
    # One page sets passwords by a mailed link, for staff too: it verifies the address.
    path(
        "cms/password_reset/confirm/<uidb64>/<token>/",
        RedirectView.as_view(pattern_name="password-reset-confirm"),
    ),
    path("cms/", include(wagtailadmin_urls)),
    path("dashboard/", apps.get_app_config("dashboard").urls),
    # Else Cloudflare would keep the way to a .pdf, which is a signed link, for everybody.
    path(
        "documents/",
        include(decorate_urlpatterns(wagtaildocs_urls.urlpatterns, never_cache)),
    ),
    path("i18n/", include("django.conf.urls.i18n")),
]
if settings.SERVE_MEDIA:
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", views.media))
if settings.DEMO and settings.EMAIL_FILE_PATH:
    urlpatterns.append(path("mails/", include("storefront.mails")))
if settings.DEBUG and find_spec("yaml"):  # a development requirement
    from storefront.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide))
urlpatterns += i18n_patterns(
    path("visitor/", views.visitor, name="visitor"),
    path("", include(apps.get_app_config("oscar").urls[0])),
    *(each for each in wagtail_urls.urlpatterns if each.name != "wagtail_serve"),
    path("", page_serve, {"path": ""}, name="home"),
    re_path(wagtail_urls.serve_pattern, page_serve, name="wagtail_serve"),
    prefix_default_language=False,
)
