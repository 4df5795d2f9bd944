"""Settings, from the environment alone (prefix `DRIFTMEND_`); every default works offline."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from agent.errors import InvalidSettings


def default_data_dir() -> Path:
    """Return the folder for the ledger and the memory, after the XDG base directory rules."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "driftmend"


class Settings(BaseSettings):
    """What can be chosen from outside. Secrets are never echoed."""

    model_config = SettingsConfigDict(env_prefix="DRIFTMEND_", frozen=True, extra="forbid")

    data_dir: Path = Field(default_factory=default_data_dir)
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in `data_dir`."""
    memory: Literal["on", "off"] = "on"
    chroma_url: str = ""
    """`http://host:port` of a Chroma server; empty means embedded in `data_dir`."""

    model_base_url: str = ""
    """Any OpenAI-compatible endpoint; empty means that no model is asked."""
    model_name: str = ""
    model_api_key: SecretStr = SecretStr("")
    model_timeout_s: float = Field(default=30.0, gt=0)
    model_max_calls: int = Field(default=4, ge=1)
    model_max_tokens: int = Field(default=1024, ge=64)
    """Tokens of one answer."""
    model_style: Literal["write", "choose"] = "write"
    """`write`: the model writes expressions. `choose`: it chooses among some; for small ones."""
    model_votes: int = Field(default=1, ge=1, le=9)
    """Answers to each question, of which more than half must agree."""
    model_max_total_tokens: int = Field(default=100_000, ge=0)
    """Tokens of all questions and answers for one proposal; 0 for no bound."""
    model_max_usd: float = Field(default=0.0, ge=0)
    """Money for one proposal; 0 for no bound."""
    model_usd_in: float = Field(default=0.0, ge=0)
    model_usd_out: float = Field(default=0.0, ge=0)
    """Prices per million tokens of prompts and of answers."""

    search_tries: int = Field(default=300, ge=1)
    """Payloads that the counterexample search may try per adapter."""
    seed: int = 0
    host: str = "127.0.0.1"
    port: int = Field(default=8321, ge=0, le=65535)

    @property
    def ledger_url(self) -> str:
        """Return the database URL of the ledger."""
        return self.database_url or f"sqlite:///{self.data_dir / 'ledger.sqlite3'}"

    @property
    def has_model(self) -> bool:
        """Return whether a language model is configured."""
        return bool(self.model_base_url and self.model_name)


def read_settings(**overrides: object) -> Settings:
    """Return the settings of this process; `overrides` win over the environment.

    Raises:
        InvalidSettings: a variable holds something that cannot be used. Its value is not echoed.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "DRIFTMEND_" + "_".join(str(part) for part in first["loc"]).upper()
        raise InvalidSettings(where=name, found=first["msg"], help="mend or unset it") from None
