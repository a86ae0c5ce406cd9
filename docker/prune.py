"""Take out of a virtual environment what the shop never reads: `python docker/prune.py /opt/venv`.

Sources of translations, languages that the shop does not speak, tests of packages, clients of Amazon's other services,
pip. A language added to LANGUAGES is added to LOCALES too.
"""

import re
import shutil
import sys
from pathlib import Path

LOCALES = {"en", "en_GB", "de"}
AMAZON = {"s3", "sso", "sso-oidc", "sts"}
UNUSED = (
    "faker/providers/*/[a-z][a-z]_[A-Z][A-Z]",  # Oscar's requirement, for its own tests
    "ninja/static",  # the browser for an API that is not mounted
    "oscar/test",
    "phonenumbers/carrierdata",
    "phonenumbers/geodata",
    "phonenumbers/tzdata",
    "pillow_heif*",  # a kind of image that the library does not take
    "pip",
    "pip-*",
    "setuptools",
    "setuptools-*",
    "wagtail/test",
)


def is_superfluous(path: Path) -> bool:
    """Whether a file or folder below site-packages is never read."""
    folder = path.parent
    if path.suffix in (".po", ".pot"):
        return True
    if folder.name == "locale" and path.is_dir():
        return path.name not in LOCALES
    if folder.name == "locale-data" and path.suffix == ".dat":
        return not re.match(r"(root|en|de)([_.]|$)", path.name)
    if folder.name == "data" and folder.parent.name == "botocore":
        return path.is_dir() and path.name not in AMAZON
    return path.name == "tests" and path.is_dir()


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def main() -> None:
    (packages,) = Path(sys.argv[1]).glob("lib/python3*/site-packages")
    for pattern in UNUSED:
        for path in list(packages.glob(pattern)):
            if path.name != "en_US":
                remove(path)
    for path in sorted(packages.rglob("*")):
        if path.exists() and is_superfluous(path):
            remove(path)


if __name__ == "__main__":
    main()
