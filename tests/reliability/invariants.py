"""What must hold after every fault, without a hand, within a minute of its end."""

from __future__ import annotations

import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from bs4 import BeautifulSoup

from tests.reliability.load import Truth
from tests.reliability.people import Browser, Edit
from tests.reliability.processes import Shop

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 60
QUEUES = ("critical", "default", "media", "bulk")


@dataclass(frozen=True)
class Before:
    """The shop before the first visitor came."""

    stock: int
    files: frozenset[str]
    guests: frozenset[str]
    mails: int
    doubles: int

    @classmethod
    def of(cls, shop: Shop) -> Before:
        return cls(
            stock=_stock(shop),
            files=frozenset(_files(shop)),
            guests=frozenset(_guests(shop)),
            mails=len(shop.mail.unique),
            doubles=shop.mail.doubles,
        )


@dataclass(frozen=True)
class Report:
    """What was counted; ``doubles`` are mails that arrived again under their first Message-ID."""

    fault: str
    drained_after: float
    orders: int
    unsure_orders: int
    mails: int
    doubles: int
    edits: int
    answers: dict[int, int]
    slowest: float


def settle(shop: Shop, truth: Truth, before: Before, fault: str) -> Report:
    """Wait until nothing is left to do and everything agrees; at most ``DRAIN_SECONDS``.

    Raises:
        AssertionError: says in words what was lost, doubled or left over.
    """
    began = time.monotonic()
    while found := list(problems(shop, truth, before)):
        passed = time.monotonic() - began
        assert passed < DRAIN_SECONDS, "\n".join([*found, *_left(shop)])
        time.sleep(0.5)
    report = Report(
        fault=fault,
        drained_after=round(time.monotonic() - began, 1),
        orders=len(truth.confirmed),
        unsure_orders=len(truth.orders) - len(truth.confirmed),
        mails=len(shop.mail.unique) - before.mails,
        doubles=shop.mail.doubles - before.doubles,
        edits=len(truth.edits),
        answers=dict(truth.statuses()),
        slowest=round(max((each.seconds for each in truth.answers), default=0), 2),
    )
    logger.warning("%s", json.dumps(asdict(report)))
    return report


def problems(shop: Shop, truth: Truth, before: Before) -> Iterator[str]:
    """The cheap questions first; the dear ones only once the queues are empty."""
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: ended(shop),
        lambda: _work(shop),
        lambda: _queues(shop),
        lambda: _sessions(shop),
        lambda: _schedules(shop),
        lambda: _health(shop),
        lambda: _orders(shop, truth, before),
        lambda: _sold(shop, before),
        lambda: _order_mails(shop),
        lambda: _form_answers(shop, truth),
        lambda: _account_mails(shop, truth),
        lambda: _images(shop, truth, before),
        lambda: _references(shop),
        lambda: _index(shop, truth),
    )
    for check in checks:
        found = list(check())
        yield from found
        if found:
            return


# --- Work -------------------------------------------------------------------------


def ended(shop: Shop) -> Iterator[str]:
    """Nobody starts again here what ends by itself, as Kubernetes would: it must not end."""
    for program in shop.programs:
        if not program.is_running:
            yield f"{program.name} has ended: {program.said()[-2000:]}"


def _work(shop: Shop) -> Iterator[str]:
    waiting = shop.sql(
        "SELECT task, count(*) FROM core_outboxentry WHERE failed_at IS NULL "
        "AND coalesce(key, '') NOT LIKE 'schedule:%%' GROUP BY task"
    )
    yield from (f"{count} × {task} not done" for task, count in waiting)
    failed = shop.sql(
        "SELECT task, last_error FROM core_outboxentry "
        "WHERE failed_at IS NOT NULL AND task NOT LIKE 'tests.%%'"
    )
    yield from (f"{task} failed: {error}" for task, error in failed)


def _left(shop: Shop) -> Iterator[str]:
    """For whoever reads the failure: the entries as they are."""
    return (
        f"left: {row}"
        for row in shop.sql(
            "SELECT to_jsonb(entry), now() FROM core_outboxentry AS entry"
        )
    )


def _queues(shop: Shop) -> Iterator[str]:
    """Wake-ups may come by the clock at any moment; a queue that is never empty grows.

    Those that a killed worker had taken are handed out again much later, for nothing.
    """
    with shop.redis.client() as client:
        for queue in QUEUES:
            if (length := client.llen(queue)) > 1:
                yield f"{length} messages wait in {queue}"


def _sessions(shop: Shop) -> Iterator[str]:
    idle = shop.sql(
        "SELECT left(query, 200) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%' "
        "AND state_change < clock_timestamp() - interval '2 seconds'"
    )
    yield from (f"a transaction was left open after: {query}" for (query,) in idle)


def _schedules(shop: Shop) -> Iterator[str]:
    """The frequent ones run again, as the database's clock tells."""
    late = shop.sql(
        "SELECT name, last_run_at - now() FROM core_schedulerun WHERE name IN ('beat', 'scheduled-pages') "
        "AND last_run_at NOT BETWEEN now() - interval '15 seconds' AND now() + interval '1 second'"
    )
    yield from (f"schedule {name} ran last {ago} from now" for name, ago in late)


def _health(shop: Shop) -> Iterator[str]:
    if (status := shop.get("/readyz/")) != 200:
        yield f"/readyz/ answers {status}"


# --- Orders -----------------------------------------------------------------------


def _orders(shop: Shop, truth: Truth, before: Before) -> Iterator[str]:
    found = defaultdict(list)
    for email, number in shop.sql(
        "SELECT guest_email, number FROM order_order WHERE guest_email LIKE 'guest-%%'"
    ):
        found[email].append(number)
    for order in truth.orders:
        numbers = found.pop(order.email, [])
        if order.number and numbers != [order.number]:
            yield f"{order.email} was told {order.number}, there is {numbers}"
        elif len(numbers) > 1:
            yield f"{order.email} has {numbers}"
    for email in found.keys() - before.guests:
        yield f"nobody knows of {found[email]}"


def _guests(shop: Shop) -> set[str]:
    rows = shop.sql(
        "SELECT guest_email FROM order_order WHERE guest_email LIKE 'guest-%%'"
    )
    return {email for (email,) in rows}


def _stock(shop: Shop) -> int:
    """All pieces that are left, and those that were sold."""
    return shop.sql(
        "SELECT (SELECT sum(num_in_stock - coalesce(num_allocated, 0)) FROM partner_stockrecord)"
        " + (SELECT sum(quantity) FROM order_line)"
    )[0][0]


def _sold(shop: Shop, before: Before) -> Iterator[str]:
    if (now := _stock(shop)) != before.stock:
        yield f"{before.stock - now} pieces are missing from stock and orders"


def _order_mails(shop: Shop) -> Iterator[str]:
    arrived = shop.mail.by_recipient()
    ordered = _guests(shop)
    yield from (f"no mail to {email}" for email in ordered if not arrived[email])
    for email, count in arrived.items():
        if email.startswith("guest-") and (count > 1 or email not in ordered):
            yield f"{count} mails to {email}"


def _form_answers(shop: Shop, truth: Truth) -> Iterator[str]:
    kept = [
        str(data)
        for (data,) in shop.sql("SELECT form_data FROM wagtailforms_formsubmission")
    ]
    bodies = [mail.body for mail in shop.mail.unique]
    for word, is_sure in truth.texts:
        rows = sum(word in text for text in kept)
        mails = sum(word in body for body in bodies)
        if mails != rows or rows > 1 or (is_sure and not rows):
            yield f"form answer {word}: {rows} kept, {mails} mailed, thanked: {is_sure}"


def _account_mails(shop: Shop, truth: Truth) -> Iterator[str]:
    """One link for each address that registered, and its account."""
    mails = shop.mail.by_recipient()
    users = shop.sql("SELECT email FROM accounts_user WHERE email LIKE 'reader-%%'")
    emails = {email for (email,) in users}
    for email, is_sure in truth.accounts:
        if mails[email] != (email in emails) or (is_sure and not mails[email]):
            yield f"{email} got {mails[email]} links, promised: {is_sure}"


# --- Images and indexes -----------------------------------------------------------


def _files(shop: Shop) -> set[str]:
    return {
        str(path.relative_to(shop.media))
        for path in shop.media.rglob("*")
        if path.is_file()
    }


def _images(shop: Shop, truth: Truth, before: Before) -> Iterator[str]:
    rows = shop.sql(
        "SELECT title, file, manifest FROM media_libraryimage WHERE title LIKE 'zq%%'"
    )
    known = {title for title, *_ in rows}
    for edit in truth.edits:
        if edit.kind == "image" and edit.is_sure and edit.word not in known:
            yield f"image {edit.word} is not there"
    expected = {file for _, file, _ in rows}
    for title, _, manifest in rows:
        if not manifest:
            yield f"image {title} has no renditions"
        expected |= {each["name"] for each in manifest.values()}
    expected |= {
        file for (file,) in shop.sql("SELECT file FROM media_libraryrendition")
    }
    files = _files(shop)
    yield from (f"file {name} is missing" for name in expected - files - before.files)
    # An upload whose transaction the fault undid leaves its original behind; it is of no image.
    undone = sum(not e.is_sure for e in truth.edits if e.kind == "image")
    orphans = files - before.files - expected
    if len(orphans) > undone:
        yield f"files of no image: {sorted(orphans)}"


def _references(shop: Shop) -> Iterator[str]:
    """Each page that was renamed is known to use its picture for sharing, and no other."""
    wrong = shop.sql(
        """
        SELECT page.id, used.social_image_id,
               array_agg(reference.to_object_id ORDER BY reference.to_object_id) FILTER
                   (WHERE reference.model_path = 'social_image')
          FROM wagtailcore_page AS page
          JOIN cms_pages_standardpage AS used ON used.page_ptr_id = page.id
          LEFT JOIN wagtailcore_referenceindex AS reference ON reference.object_id = page.id::text
         WHERE page.title LIKE 'Page zq%%'
         GROUP BY 1, 2
        HAVING coalesce(array_agg(reference.to_object_id) FILTER
                   (WHERE reference.model_path = 'social_image'), '{}')
               <> CASE WHEN used.social_image_id IS NULL THEN '{}'
                       ELSE ARRAY[used.social_image_id::varchar] END
        """
    )
    yield from (
        f"reference index of page {pk}: {image} is {found}"
        for pk, image, found in wrong
    )


def _index(shop: Shop, truth: Truth) -> Iterator[str]:
    """By the search page: every object is found by the title it has, by no earlier one."""
    titles = {
        **{
            ("page", pk): title
            for pk, title in shop.sql(
                "SELECT id, title FROM wagtailcore_page WHERE title LIKE 'Page zq%%'"
            )
        },
        **{
            ("product", pk): title
            for pk, title in shop.sql(
                "SELECT id, title FROM catalogue_product WHERE title LIKE 'Product zq%%'"
            )
        },
    }
    last = {(e.kind, e.pk): e for e in truth.edits if e.is_sure}
    searcher = Browser(shop.web_port, [])
    for edit in (e for e in truth.edits if e.kind != "image"):
        key, name = (edit.kind, edit.pk), f"{edit.kind.title()} {edit.word}"
        is_title = titles.get(key) == name
        if last.get(key) is edit and not is_title and not _unsure_after(truth, edit):
            yield f"{name} was saved, its title is {titles.get(key)}"
        html = searcher.get(f"/search/?q={edit.word}").body
        found = name in BeautifulSoup(html, "html.parser").get_text(" ")
        if found != is_title:
            yield f"search for {name}: found {found}, should be {is_title}"


def _unsure_after(truth: Truth, edit: Edit) -> bool:
    later = truth.edits[truth.edits.index(edit) + 1 :]
    return any((e.kind, e.pk) == (edit.kind, edit.pk) for e in later)
