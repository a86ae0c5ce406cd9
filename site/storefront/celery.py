import os
import sys
from pathlib import Path

from celery import Celery
from django.conf import settings

from foundation.observability import multiprocess
from storefront.schedules import SCHEDULES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings.production")

if "celery" in Path(sys.argv[0]).parts[-2:]:  # the program, not who sends it tasks
    from storefront.preflight import misfortunes_told

    with misfortunes_told():
        run_dir = settings.RUN_DIR
    if "worker" in sys.argv:  # before Django loads the apps, and they their metrics
        multiprocess.folder_choose(run_dir, "worker")
        multiprocess.folder_empty()

app = Celery("storefront")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULES
app.autodiscover_tasks()
