"""The shop of the fault tests itself: complete, and nothing of it outlives a test."""

from pathlib import Path

import pytest

from tests.reliability.processes import SHOP_VARIABLE, Shop, is_alive, wait_for


def processes_of(shop: Shop) -> set[int]:
    """Living processes whose environment names this shop, and its servers."""
    wanted = f"{SHOP_VARIABLE}={shop.folder}".encode()
    servers = {shop.postgres.process.pid, shop.redis.process.pid}
    found = {pid for pid in servers if is_alive(pid)}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.xdist_group("faults")
def test_nothing_of_a_shop_outlives_a_failing_test(prepared):
    shop = Shop(prepared)

    def fail() -> None:
        with shop:
            shop.worker.kill_parent()
            shop.postgres.pause()
            raise RuntimeError(len(processes_of(shop)))

    with pytest.raises(RuntimeError) as failure:
        fail()

    assert failure.value.args[0] >= 6  # servers, web and its two workers, beat
    wait_for(lambda: not processes_of(shop), "every process has ended", 10)
    assert not shop.folder.exists()
