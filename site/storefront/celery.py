import os

from celery import Celery

from storefront.schedules import SCHEDULES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings.production")

app = Celery("storefront")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULES
app.autodiscover_tasks()
