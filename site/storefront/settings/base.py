"""What holds everywhere. Production, development and test add to it."""

from django.utils.translation import gettext_lazy as _
from oscar.defaults import *

from backoffice.navigation import NAVIGATION
from checkout.order.statuses import (
    INITIAL_LINE_STATUS,
    INITIAL_STATUS,
    LINE_STATUS_PIPELINE,
    ORDER_STATUS_CASCADE,
    ORDER_STATUS_PIPELINE,
)
from storefront.settings.backups import *
from storefront.settings.env import (
    ROOT,
    currency,
    database_address,
    env,
    host_names,
    mail_address,
    one_of,
    optional_url,
    required,
    time_zone,
    whole,
)
from storefront.settings.jobs import *
from storefront.settings.limits import *
from storefront.settings.media import *
from storefront.settings.observability import *
from storefront.settings.redis import *

# --- Core -------------------------------------------------------------------

SECRET_KEY = required("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
DEMO = False  # log-ins and mails for everybody: only development settings can say so
ALLOWED_HOSTS = host_names("ALLOWED_HOSTS", default=["localhost"])
ROOT_URLCONF = "storefront.urls"
WSGI_APPLICATION = "storefront.wsgi.application"
DEFAULT_AUTO_FIELD = (
    "django.db.models.AutoField"  # what Oscar's migrations were made with
)
SITE_ID = 1

INSTALLED_APPS = [
    "storefront",
    "cms_pages",
    "foundation.core",
    "foundation.accounts",
    "foundation.media",
    "foundation.audit",
    "foundation.delivery",
    "foundation.observability",
    # Oscar, ours where forked
    "storefront.apps.ShopConfig",
    "analytics.apps.AnalyticsConfig",
    "checkout.apps.CheckoutConfig",
    "checkout.basket.apps.BasketConfig",
    "checkout.order.apps.OrderConfig",
    "checkout.shipping.apps.ShippingConfig",
    "checkout.customer.apps.CustomerConfig",
    "checkout.address.apps.AddressConfig",
    "checkout.payment.apps.PaymentConfig",
    "checkout.communication.apps.CommunicationConfig",
    "checkout.customer.wishlists.apps.WishlistsConfig",
    "catalogue.apps.CatalogueConfig",
    "catalogue.reviews.apps.CatalogueReviewsConfig",
    "catalogue.partner.apps.PartnerConfig",
    "catalogue.offer.apps.OfferConfig",
    "catalogue.voucher.apps.VoucherConfig",
    "catalogue.search.apps.SearchConfig",
    "backoffice.apps.DashboardConfig",
    "backoffice.catalogue.apps.CatalogueDashboardConfig",
    "backoffice.communications.apps.CommunicationsDashboardConfig",
    "backoffice.offers.apps.OffersDashboardConfig",
    "backoffice.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "backoffice.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "backoffice.reports.apps.ReportsDashboardConfig",
    "backoffice.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    # Wagtail
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "backoffice.users.apps.UsersConfig",  # Wagtail's
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    # What both stand on
    "modelcluster",
    "taggit",
    "treebeard",
    "django_filters",
    "django_tables2",
    "widget_tweaks",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.contrib.sites",  # Oscar's migrations; no page uses it
    "django.contrib.flatpages",  # Oscar's migrations; none is mounted
    "django.forms",
]

MIDDLEWARE = [
    "foundation.observability.requests.RequestMiddleware",
    "foundation.observability.middleware.HealthMiddleware",
    "foundation.observability.exposition.MetricsMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "foundation.observability.requests.MetricsAfterMiddleware",
    "foundation.observability.requests.StatementsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "storefront.middleware.ContentSecurityPolicyMiddleware",
    "foundation.observability.middleware.DatabaseOutageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "foundation.delivery.middleware.PathLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "storefront.body_sizes.BodySizeMiddleware",
    "foundation.delivery.limited_views.LimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "storefront.middleware.StaffMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "foundation.delivery.input.InputMiddleware",
    "storefront.middleware.ExportMiddleware",
    "checkout.basket.middleware.BasketMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "storefront.malformed_input.MalformedInputMiddleware",
]

# --- Theme and templates ------------------------------------------------------

THEME = one_of(
    "THEME",
    sorted(each.name for each in (ROOT / "themes").iterdir() if each.is_dir()),
    default="base",
)
THEMES = list(dict.fromkeys([THEME, "base"]))
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            *[ROOT / "themes" / theme / "templates" for theme in THEMES],
            ROOT / "site" / "backoffice" / "templates",
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            # No user, session, basket, messages: pages must not vary on the visitor.
            # The back office and the checkout add theirs in their own views.
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "storefront.context_processors.back_office",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(ROOT / ".local" / "static"))
STATICFILES_DIRS = [
    directory
    for theme in THEMES
    if (directory := ROOT / "themes" / theme / "static").is_dir()
]

# --- Data ---------------------------------------------------------------------

DATABASE = database_address("DATABASE_URL")
# Web processes have a limit, by docker/gunicorn.conf.py; workers and commands may take their time.
STATEMENT_SECONDS = whole("DATABASE_STATEMENT_SECONDS", default=0)
DATABASES = {
    "default": DATABASE
    | {
        "ENGINE": "foundation.core.postgresql",
        "CONN_MAX_AGE": whole("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # services own their transactions
        "OPTIONS": {
            "connect_timeout": 2,
            # A server whose machine is gone is noticed in 10 s, by bytes that nobody takes.
            "tcp_user_timeout": 10_000,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "answer_timeout": STATEMENT_SECONDS + 1 if STATEMENT_SECONDS else None,
            "options": (
                f"-c statement_timeout={STATEMENT_SECONDS * 1000}"
                f" -c idle_in_transaction_session_timeout={STATEMENT_SECONDS * 5000}"
                # The same from the server's side: locks of who is gone are free in 25 s, not in two hours.
                " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
                # To compile a page's query takes longer than to run it, and no time-out ends that.
                " -c jit=off"
            ),
            **DATABASE.get("OPTIONS", {}),
        },
    }
}
SESSION_ENGINE = "foundation.core.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- People -------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "customer:login"
LOGIN_REDIRECT_URL = "/"

# --- Language and time ----------------------------------------------------------

# British: Python's gettext expands a plain "en" to "en_US", where Oscar says cart and ZIP code.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [
    ("en-gb", _("English")),
    ("de", _("German")),
]
# By their own names: Wagtail caches these, and a translation would be that of who asked first.
WAGTAIL_CONTENT_LANGUAGES = [
    ("en-gb", "English"),
    ("de", "Deutsch"),
]
LOCALE_PATHS = [ROOT / "site" / "storefront" / "locale"]
TIME_ZONE = CELERY_TIMEZONE = time_zone("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
WAGTAIL_I18N_ENABLED = True

# --- Security -------------------------------------------------------------------

X_FRAME_OPTIONS = "SAMEORIGIN"  # the back office previews pages in a frame
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "storefront.error_pages.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
        "img-src": ["'self'", "data:", *MEDIA_ORIGINS],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
    }
}
BACK_OFFICE_CONTENT_SECURITY_POLICY = {  # storefront.middleware tells why
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "img-src": ["'self'", "blob:", "data:", *MEDIA_ORIGINS],
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
}

# --- Mail -----------------------------------------------------------------------

EMAIL_CONFIG = mail_address("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = EMAIL_CONFIG["EMAIL_FILE_PATH"]  # by name, for the type checker
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = OSCAR_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="shop@localhost"
)

# --- Wagtail --------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Storefront"
SHOP_IDENTITY = "cms_pages.selectors.shop_identity"  # who signs mails
WAGTAILADMIN_BASE_URL = optional_url("BASE_URL", default="http://localhost:8000")
WAGTAILIMAGES_IMAGE_MODEL = "media.LibraryImage"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_DOCUMENT_MODEL = "media.LibraryDocument"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "txt", "xlsx", "zip"]
WAGTAILSEARCH_BACKENDS = MODELSEARCH_BACKENDS = {
    "default": {"BACKEND": "modelsearch.backends.database"}
}
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {"WIDGET": "cms_pages.rich_text.RichTextArea"}
}
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_LOGIN_URL = "wagtailadmin_login"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "checkout.customer.forms.PasswordResetForm"  # noqa: S105
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False  # own addresses change in the shop's profile
WAGTAIL_FRONTEND_LOGIN_URL = "customer:login"
WAGTAILREDIRECTS_AUTO_CREATE = True
# Wagtail (8.0.1) may save a draft in one process after the request to publish reached another: the page goes offline.
# Removable when Wagtail compares revisions under a lock.
WAGTAIL_AUTOSAVE_INTERVAL = 0
WAGTAIL_ENABLE_UPDATE_CHECK = False  # no request to another host
WAGTAIL_GRAVATAR_PROVIDER_URL = None

# --- Oscar ----------------------------------------------------------------------

OSCAR_DEFAULT_CURRENCY = currency("CURRENCY", default="EUR")
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_ALLOW_ANON_REVIEWS = False
OSCAR_MODERATE_REVIEWS = True
OSCAR_EAGER_ALERTS = False  # mails leave through the outbox
OSCAR_DELETE_IMAGE_FILES = False
OSCAR_DASHBOARD_NAVIGATION = NAVIGATION
OSCAR_THUMBNAILER = "foundation.media.thumbnails.LibraryThumbnailer"
OSCAR_PRODUCTS_PER_PAGE = 24
OSCAR_OFFERS_INCL_TAX = True
OSCAR_OFFER_ROUNDING_FUNCTION = "catalogue.offer.rounding.discount_round"
OSCAR_MAX_BASKET_QUANTITY_THRESHOLD = 999
OSCAR_INITIAL_ORDER_STATUS = INITIAL_STATUS
OSCAR_INITIAL_LINE_STATUS = INITIAL_LINE_STATUS
OSCAR_ORDER_STATUS_PIPELINE = ORDER_STATUS_PIPELINE
OSCAR_ORDER_STATUS_CASCADE = ORDER_STATUS_CASCADE
OSCAR_LINE_STATUS_PIPELINE = LINE_STATUS_PIPELINE
STOREFRONT_SEARCH_VIEW = "cms_pages.search.views.SearchView"  # pages and products
HAYSTACK_CONNECTIONS = {  # Oscar imports haystack; the shop never asks it
    "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
}
