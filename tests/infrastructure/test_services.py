"""`scripts/services`: what the command gets, and that nothing outlives it, however the run ends."""

import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SERVICES = [sys.executable, str(CHECKOUT / "scripts/services")]
PRINT_ADDRESSES = 'echo "$DATABASE_URL"; echo "$REDIS_URL"; echo $$; '

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a server that its parent died"
)


def run_services(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SERVICES, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def start_services(
    *arguments: str, script: str, trap: str = ""
) -> tuple[subprocess.Popen[str], list[str], int]:
    """A running `services`, the addresses of its servers, and the process id of its command."""
    process = subprocess.Popen(
        [
            *SERVICES,
            "run",
            *arguments,
            "--",
            "sh",
            "-c",
            trap + PRINT_ADDRESSES + script,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    addresses = [process.stdout.readline().strip() for _ in range(2)]
    return process, addresses, int(process.stdout.readline())


@pytest.fixture
def data(tmp_path: Path) -> Iterator[str]:
    yield str(tmp_path / "data")
    run_services("clean", "--data", str(tmp_path / "data"))


def is_listening(address: str) -> bool:
    url = urlsplit(address)
    with socket.socket() as probe:
        return probe.connect_ex((str(url.hostname), int(url.port or 0))) == 0


def is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_until_gone(addresses: list[str], *pids: int) -> bool:
    deadline = time.monotonic() + 20
    while any(map(is_listening, addresses)) or any(map(is_running, pids)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_command_finds_both_servers_and_its_exit_code_is_returned() -> None:
    code = "import os, psycopg, redis; psycopg.connect(os.environ['DATABASE_URL']); "
    code += "redis.from_url(os.environ['REDIS_URL']).ping(); raise SystemExit(7)"

    done = run_services("run", "--ephemeral", "--", sys.executable, "-c", code)

    assert done.returncode == 7


def test_servers_refuse_whoever_does_not_know_the_password() -> None:
    code = "import os, psycopg, redis\n"
    code += "def refused(call):\n    try: call()\n    except Exception as error: return type(error).__name__\n"
    code += "secret = os.environ['DATABASE_URL'].split(':')[2].split('@')[0]\n"
    code += "print(refused(lambda: psycopg.connect(os.environ['DATABASE_URL'].replace(secret, 'guess'))))\n"
    code += "print(refused(lambda: redis.from_url(os.environ['REDIS_URL'].replace(secret, 'guess')).ping()))\n"

    done = run_services("run", "--ephemeral", "--", sys.executable, "-c", code)

    assert done.stdout.split() == ["OperationalError", "AuthenticationError"]


@pytest.mark.slow
def test_data_is_kept_between_runs(data: str) -> None:
    code = "import os, sys, psycopg; db = psycopg.connect(os.environ['DATABASE_URL'], autocommit=True); "
    code += "db.execute(sys.argv[1])"
    run = ["run", "--data", data, "--", sys.executable, "-c", code]

    first = run_services(*run, "CREATE TABLE kept ()")
    second = run_services(*run, "SELECT * FROM kept")
    cleaned = run_services("clean", "--data", data)

    assert [first.returncode, second.returncode, cleaned.returncode] == [0, 0, 0]
    assert not Path(data).exists()


@pytest.mark.slow
def test_second_run_on_the_same_data_joins_the_servers_of_the_first(data: str) -> None:
    first, addresses, _ = start_services("--data", data, script="sleep 60")

    second = run_services("run", "--data", data, "--", "sh", "-c", PRINT_ADDRESSES)
    still_there = all(map(is_listening, addresses))
    refused = run_services("clean", "--data", data)
    first.terminate()
    first.wait(timeout=30)

    assert second.stdout.split()[:2] == addresses
    assert still_there
    assert refused.returncode == 1
    assert "stop them first" in refused.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_reaches_the_command_and_everything_ends(number: signal.Signals) -> None:
    process, addresses, command = start_services(
        "--ephemeral", trap="trap 'exit 9' INT TERM HUP; ", script="sleep 60 & wait"
    )

    process.send_signal(number)

    assert process.wait(timeout=30) == 9
    assert wait_until_gone(addresses, command)


def test_nothing_survives_the_death_of_the_command() -> None:
    script = "setsid sh -c 'trap \"\" TERM; echo $$; sleep 60' & sleep 60"
    process, addresses, command = start_services("--ephemeral", script=script)
    assert process.stdout
    stray = int(process.stdout.readline())

    os.kill(command, signal.SIGKILL)

    assert process.wait(timeout=30) == 128 + signal.SIGKILL
    assert wait_until_gone(addresses, command, stray)


def test_nothing_survives_being_killed_itself() -> None:
    process, addresses, command = start_services("--ephemeral", script="exec sleep 60")

    process.kill()
    process.wait(timeout=30)

    assert wait_until_gone(addresses, command)


@pytest.mark.slow
def test_run_after_a_kill_starts_on_the_same_data(data: str) -> None:
    first, _, _ = start_services("--data", data, script="exec sleep 60")

    first.kill()
    first.wait(timeout=30)
    second = run_services("run", "--data", data, "--", "true")

    assert second.returncode == 0


def test_ctrl_c_reaches_the_command_alone_and_its_exit_code_counts() -> None:
    """As a terminal does it: the whole foreground group gets the signal, make's own process not being in it."""
    script = "trap 'exit 0' INT; echo ready; while :; do sleep 0.1; done"
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(
            SERVICES[0], [*SERVICES, "run", "--ephemeral", "--", "sh", "-c", script]
        )
    said = b""
    while b"ready" not in said:
        said += os.read(terminal, 1024)

    os.write(terminal, b"\x03")

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(terminal)


def test_unknown_command_is_named_in_one_line() -> None:
    done = run_services("run", "--ephemeral", "--", "no-such-program")

    assert done.returncode == 1
    assert (
        done.stderr == "scripts/services: no-such-program: No such file or directory\n"
    )


@pytest.mark.slow
def test_servers_in_wheels_serve_where_none_is_installed() -> None:
    code = "import os, psycopg; db = psycopg.connect(os.environ['DATABASE_URL']); "
    code += "print(db.execute('CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist').statusmessage)"

    done = run_services(
        "run", "--ephemeral", "--wheels", "--", sys.executable, "-c", code
    )

    assert (done.returncode, done.stdout.strip()) == (0, "CREATE EXTENSION")


def test_folder_that_cannot_be_made_is_named_in_one_line() -> None:
    done = run_services("run", "--data", "/dev/null/data", "--", "true")

    assert done.returncode == 1
    assert done.stderr.startswith("scripts/services: /dev/null/data cannot be made: ")
    assert len(done.stderr.splitlines()) == 1


def test_shop_names_the_folder_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(CHECKOUT / "scripts/shop", tmp_path / "scripts")
    (tmp_path / ".local").write_text("a file is in the way")

    done = subprocess.run(
        [sys.executable, script, "demo"],
        env=os.environ | {"PORT": "28417", "SEED_SIZE": "tiny"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr == f"{tmp_path / '.local'} cannot be used: File exists.\n"
