# One image for web server, worker, beat and jobs: docs/reference/image.md
#
# The last stage is what `docker build` ships: no compiler, no package for development, no pip, no secret.

ARG PYTHON=docker.io/library/python:3.11-slim-bookworm

# --- Build: packages by their hashes, bytecode, static files ---------------------------------------------------------
FROM ${PYTHON} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PATH=/opt/venv/bin:$PATH

# pg_dump, pg_restore and psql of the database's own version, for backups and the way back.
# hadolint ignore=DL3008  # Debian's security updates are wanted; the release is pinned by the base image
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*

WORKDIR /app
COPY requirements/base.txt requirements/production.txt requirements/
RUN python3 -m venv /opt/venv \
    && pip install --require-hashes --requirement requirements/production.txt

COPY docker/prune.py docker/
RUN python docker/prune.py /opt/venv

COPY . .
# Settings want values that no command below uses.
RUN DJANGO_SETTINGS_MODULE=storefront.settings.development STATIC_ROOT=/app/static \
        python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib /app \
    && rm -rf /app/.local

# --- What runs -------------------------------------------------------------------------------------------------------
FROM ${PYTHON}

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq5 libreadline8 media-types \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin storefront \
    && install --directory --owner=storefront --group=storefront /media /private \
    && install --directory --mode=1777 /run/storefront

COPY --from=build /usr/lib/postgresql/15/bin/pg_dump /usr/lib/postgresql/15/bin/pg_restore \
    /usr/lib/postgresql/15/bin/psql /usr/local/bin/
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app

ARG RELEASE=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Storefront" \
      org.opencontainers.image.description="A content-commerce site: Wagtail says it, django-oscar sells it." \
      org.opencontainers.image.source="https://github.com/your-org/ecommerce" \
      org.opencontainers.image.licenses="BSD-3-Clause" \
      org.opencontainers.image.version="${RELEASE}" \
      org.opencontainers.image.revision="${REVISION}"

# hadolint ignore=DL3064  # PRIVATE_ROOT names a folder
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app:/app/site \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=storefront.settings.production \
    STATIC_ROOT=/app/static \
    RUN_DIR=/run/storefront \
    MEDIA_ROOT=/media \
    PRIVATE_ROOT=/private \
    RELEASE=${RELEASE}

WORKDIR /app
USER 10001:10001
EXPOSE 8000 9100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "docker/healthcheck.py"]
ENTRYPOINT ["docker/entrypoint"]
CMD ["web"]
