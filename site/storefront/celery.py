import os
import sys

from celery import Celery
from django.conf import settings

from foundation.observability import multiprocess
from storefront.schedules import SCHEDULES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings.production")

if "worker" in sys.argv:  # before Django loads the apps, and they their metrics
    multiprocess.folder_choose(settings.RUN_DIR, "worker")
    multiprocess.folder_empty()

app = Celery("storefront")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULES
app.autodiscover_tasks()
