"""Programs that only write down how they were called."""

import json
import os
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

SHIM = """#!/usr/bin/env python3
import json, os, sys
name = os.path.basename(sys.argv[0])
with open({log!r}, "a") as log:
    log.write(json.dumps([name, *sys.argv[1:]]) + "\\n")
said, code = json.loads({answers!r}).get(" ".join([name, *sys.argv[1:]]), ["", 0])
print(said, end="")
sys.exit(code)
"""


class Recorder:
    """Stands in for programs on PATH; ``calls`` lists how they were called.

    ``answers``: what a call prints and its exit code, by the whole command.
    """

    def __init__(self, folder: Path, *programs: str, answers: dict[str, list]) -> None:
        self.folder = folder / "programs"
        self.folder.mkdir()
        self.log = folder / "calls"
        shim = SHIM.format(log=str(self.log), answers=json.dumps(answers))
        for program in programs:
            path = self.folder / program
            path.write_text(shim)
            path.chmod(0o755)

    @property
    def calls(self) -> list[list[str]]:
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def run(
        self, *command: str, said: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the checkout among the stand-ins; ``said`` is typed in."""
        path = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in {"TAG", "IMAGE"}
        }
        return subprocess.run(
            command,
            cwd=CHECKOUT,
            env=kept | {"PATH": path} | environment,
            input=said,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
