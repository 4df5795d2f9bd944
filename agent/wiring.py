"""The one file that picks concrete parts from settings."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import StoreUnavailable
from agent.pipeline.proposing import Proposing
from agent.proposers.carry_over import CarryOver
from agent.proposers.matching import Matching
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.pipeline.service import Service
    from agent.ports import Ledger, Memory, Proposer


EXPORT_CHECK_S = 10.0
"""How long the check of an export may take while a caller waits."""


def now() -> datetime:
    """Return the present time, aware and in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a fresh id."""
    return uuid.uuid4().hex


def build_proposing(
    settings: Settings, *, model: str = "auto", memory: Memory | None = None
) -> Proposing:
    """Return the propose ⇄ verify loop; `model` is `off`, or `auto` for the one configured."""
    from agent.stores.embeddings import MiniLmEmbedder

    matching = Matching(embedder=MiniLmEmbedder())
    proposers: list[Proposer] = [CarryOver(), matching]
    if model == "auto" and settings.has_model:
        proposers.append(_build_model(settings, matching))
    return Proposing(proposers, memory=memory, seed=settings.seed, tries=settings.search_tries)


def _build_model(settings: Settings, matching: Matching) -> Proposer:
    from agent.proposers.language_model import LanguageModel
    from agent.proposers.model_choosing import Choosing
    from agent.proposers.model_endpoint import Endpoint
    from agent.proposers.model_patience import Means, Patience
    from agent.proposers.model_prompt import Writing

    endpoint = Endpoint(
        base_url=settings.model_base_url,
        name=settings.model_name,
        api_key=settings.model_api_key.get_secret_value(),
        max_tokens=settings.model_max_tokens,
    )
    means = Means(
        max_tokens=settings.model_max_total_tokens,
        max_usd=settings.model_max_usd,
        usd_read=settings.model_usd_in,
        usd_written=settings.model_usd_out,
    )
    is_choosing = settings.model_style == "choose"
    return LanguageModel(
        endpoint,
        patience=Patience(settings.model_timeout_s, settings.model_max_calls, means=means),
        form=Choosing(matching.similarity) if is_choosing else Writing(),
        votes=settings.model_votes,
    )


def build_ledger(settings: Settings) -> Ledger:
    """Return the ledger, migrated to the newest tables."""
    from agent.stores.ledger import open_ledger

    if not settings.database_url:
        make_folder(settings.data_dir)
    return open_ledger(settings.ledger_url, clock=now, ids=new_id)


def build_memory(settings: Settings) -> Memory | None:
    """Return the memory of prior mappings, or None when it is off."""
    if settings.memory == "off":
        return None
    from agent.stores.embeddings import MiniLmEmbedder
    from agent.stores.memory import ChromaMemory

    if settings.chroma_url:
        return ChromaMemory(None, embedder=MiniLmEmbedder(), server_url=settings.chroma_url)
    return ChromaMemory(str(settings.data_dir / "memory"), embedder=MiniLmEmbedder())


def build_service(settings: Settings) -> Service:
    """Return the service with every concrete part in place."""
    from agent.exports.checked import CheckedExports
    from agent.formats.schemas import read_schema
    from agent.pipeline.service import Service

    ledger, memory = build_ledger(settings), build_memory(settings)
    return Service(
        ledger=ledger,
        memory=memory,
        proposing=build_proposing(settings, memory=memory),
        read_schema=read_schema,
        exports=CheckedExports(timeout_s=EXPORT_CHECK_S),
        clock=now,
        worker=new_id(),
        seed=settings.seed,
        tries=settings.search_tries,
    )


def make_folder(folder: Path) -> None:
    """Make a data folder that only its owner may read.

    Raises:
        StoreUnavailable: the folder cannot be made or used.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            where=str(folder),
            found=f"the data folder cannot be made ({error.strerror})",
            help="choose another with --data-dir or DRIFTMEND_DATA_DIR",
        ) from error
