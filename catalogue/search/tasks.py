import logging

from celery import shared_task

from catalogue.search import repair
from foundation.core.queueing import enqueue_on_commit

logger = logging.getLogger(__name__)


@shared_task(name="catalogue.search.tasks.index_complete")
def index_complete() -> None:
    logger.info("Search index completed: %s", repair.entries_complete())


@shared_task(name="catalogue.search.tasks.index_repair")
def index_repair(model: str = "", after: int = 0) -> None:
    counts, rest = repair.entries_repair(model=model, after=after)
    logger.info("Search index compared: %s", counts)
    if rest is not None:
        enqueue_on_commit(
            "catalogue.search.tasks.index_repair", model=rest.model, after=rest.after
        )
