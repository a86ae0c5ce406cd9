import time

from celery import current_app
from django.conf import settings
from django.core.management import BaseCommand, call_command

from foundation.core.queueing import outbox_drain
from storefront.demo.catalogue import build_catalogue
from storefront.demo.content import build_content
from storefront.seed.catalogue import catalogue_seed
from storefront.seed.images import images_seed
from storefront.seed.logins import logins_seed
from storefront.seed.offers import offers_seed
from storefront.seed.orders import orders_seed
from storefront.seed.pages import pages_seed

BAR_WIDTH = 30
SCALES = {"tiny": 0.5, "default": 1.0, "large": 1.0}
"""Of the pictures: a tiny shop is there quickly, for tests and first looks."""


class Command(BaseCommand):
    help = (
        "Fills the shop with a demo: deterministic, offline, made only where missing. "
        "tiny: 24 products; default: 240; large: 20,000."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--size", choices=["tiny", "default", "large"], default="default"
        )
        parser.add_argument(
            "--hard-cases",
            action="store_true",
            help="also products that break pages: odd titles, a price of a cent, no picture",
        )
        parser.add_argument(
            "--log-ins",
            action="store_true",
            help="also make a log-in for each role and one for a customer",
        )

    def handle(self, *, size, hard_cases, log_ins, **options):
        started = time.monotonic()
        demo = build_catalogue(size, hard_cases=hard_cases)
        content = build_content(size)
        self.stdout.write(f"Demo shop, {size}: {len(demo.products):,} products")
        specs = dict.fromkeys([*demo.images(), *content.images()])
        images = images_seed(specs, SCALES[size], self._progress("Pictures"))
        catalogue_seed(demo, images, self._progress("Products"))
        offers_seed(demo)
        self._done("Offers and vouchers")
        orders_seed(demo)
        self._done("Customers and orders")
        pages_seed(content, images, self._progress("Pages"))
        call_command("wagtail_update_index", verbosity=0)
        self._done("Search index")
        current_app.loader.import_default_modules()  # a command knows no task yet
        outbox_drain()
        self._done("Jobs")
        if log_ins:
            self._print_log_ins(logins_seed())
        self.stdout.write(f"Ready after {time.monotonic() - started:.0f} s")

    def _progress(self, label):
        """A callback (done, total) that draws a bar; on a terminal in place."""

        def draw(done: int, total: int) -> None:
            is_last = done == total
            if not is_last and not self.stdout.isatty():
                return
            filled = BAR_WIDTH * done // total
            bar = "█" * filled + "░" * (BAR_WIDTH - filled)
            ending = "\n" if is_last else "\r"
            self.stdout.write(f"  {label:22}{bar} {done:,}/{total:,}", ending=ending)
            self.stdout.flush()

        return draw

    def _done(self, label: str) -> None:
        self.stdout.write(f"  {label}")

    def _print_log_ins(self, passwords: dict[str, str]) -> None:
        if settings.DEMO:
            self.stdout.write("  Log-ins")
            return
        if not passwords:
            self.stdout.write("Log-ins exist already; their passwords are not kept.")
            return
        self.stdout.write("\nLog-ins, shown only this once:")
        for email, password in passwords.items():
            self.stdout.write(f"  {email:32}{password}")
        self.stdout.write("")
