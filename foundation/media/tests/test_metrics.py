import pytest
from prometheus_client import REGISTRY

from catalogue.factories import LibraryImageFactory
