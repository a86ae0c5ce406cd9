"""The web server, gunicorn; read by ``docker/gunicorn.conf.py``. Times in seconds."""

from storefront.settings.env import env, port

PORT = port("PORT", default=8000)
WORKERS = env.int("WEB_CONCURRENCY", default=2)
THREADS = env.int("GUNICORN_THREADS", default=4)
TIMEOUT = env.int("GUNICORN_TIMEOUT", default=30)
GRACEFUL_TIMEOUT = env.int("GUNICORN_GRACEFUL_TIMEOUT", default=25)
# Longer than a proxy keeps its idle connections (60), so that it is never the shop that closes one in use.
KEEPALIVE = env.int("GUNICORN_KEEPALIVE", default=75)
MAX_REQUESTS = env.int("GUNICORN_MAX_REQUESTS", default=10_000)
