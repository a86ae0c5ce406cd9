import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings.production")
django.setup(set_prefix=False)

from foundation.delivery.wsgi import Handler  # noqa: E402  (needs the settings)

application = Handler()
