from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ports.list_memory import ListMemory
from tests.ports.memory_suite import MemorySuite, WordEmbedder


class TestListMemory(MemorySuite):
    """The fake that other tests use keeps the same promises as the real one."""

    @pytest.fixture
    def memory(self) -> ListMemory:
        """An empty memory."""
        return ListMemory(WordEmbedder())

    @pytest.fixture
    def reopen(self, memory: ListMemory) -> Callable[[], ListMemory]:
        """A list has nothing to open: it is the same one."""
        return lambda: memory
