"""What tests of several areas need: objects to open addresses with."""

from __future__ import annotations

import pytest

from tests.world import create_world


@pytest.fixture
def world(db) -> dict[str, object]:
    """One object of each kind (``tests.world``)."""
    return create_world()
