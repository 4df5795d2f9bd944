from __future__ import annotations

import subprocess
import sys

HEAVY = ("chromadb", "langchain", "openai", "onnxruntime", "scipy", "deepdiff", "tokenizers")


def test_import__the_face__loads_nothing_heavy() -> None:
    """A process that only serves imports no model, no vector store and no notebook stack."""
    code = f"import sys, api.app; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
