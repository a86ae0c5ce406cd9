"""The web server, gunicorn; read by ``docker/gunicorn.conf.py``. Times in seconds."""

from storefront.settings.env import port, whole

PORT = port("PORT", default=8000)
WORKERS = whole("WEB_CONCURRENCY", default=2, least=1)
THREADS = whole("GUNICORN_THREADS", default=4, least=1)
TIMEOUT = whole("GUNICORN_TIMEOUT", default=30, least=1)
GRACEFUL_TIMEOUT = whole("GUNICORN_GRACEFUL_TIMEOUT", default=25)
# Longer than a proxy keeps its idle connections (60), so that it is never the shop that closes one in use.
KEEPALIVE = whole("GUNICORN_KEEPALIVE", default=75)
MAX_REQUESTS = whole("GUNICORN_MAX_REQUESTS", default=10_000)
