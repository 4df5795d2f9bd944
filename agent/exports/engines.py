"""The engines that exports are checked in, where this machine has them."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from agent.core.values import Json
from agent.exports.check import Engine, EngineTimedOut, Gave, Question

TIMEOUT_S: Final = 120.0
_NODE_RUNNER: Final = """\
import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let gave;
  try {
    const [program, payload] = JSON.parse(line);
    const { adapt } = await import(`./adapter${program}.mjs`);
    gave = { output: await adapt(payload) };
  } catch (error) {
    gave = { error: `${error.name}: ${error.message}`, is_fault: error.name !== "PayloadRefused" };
  }
  console.log(JSON.stringify(gave));
}
"""


_JSONATA_RUNNER: Final = """\
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const jsonata = createRequire(process.argv[2] + "/jsonata/")(process.argv[2] + "/jsonata");
const programs = new Map();
function read(program) {
  if (!programs.has(program)) {
    programs.set(program, jsonata(readFileSync(`adapter${program}.jsonata`, "utf8")));
  }
  return programs.get(program);
}
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let gave;
  try {
    const [program, payload] = JSON.parse(line);
    gave = { output: await read(program).evaluate(payload) };
  } catch (error) {
    gave = { error: `${error.code}: ${error.message}`, is_fault: error.code !== "D3137" };
  }
  console.log(JSON.stringify(gave));
}
"""


def find_engine(language: str, *, timeout_s: float = TIMEOUT_S) -> Engine | None:
    """Return the engine of a language, or None when this machine has none.

    It gives up with `EngineTimedOut` after `timeout_s`, jq between two payloads only.
    """
    node = shutil.which("node")
    match language:
        case "javascript":
            return NodeEngine(node, timeout_s) if node else None
        case "jq":
            return JqEngine(timeout_s) if importlib.util.find_spec("jq") else None
        case "jsonata":
            folder = _jsonata_folder()
            return JsonataEngine(node, folder, timeout_s) if node and folder else None
        case _:
            return None


def _jsonata_folder() -> str:
    """Return where the npm package is: beside this Python's packages, or at the working folder."""
    places = (Path(sys.prefix, "jsonata", "node_modules"), Path.cwd() / "node_modules")
    found = (place for place in places if (place / "jsonata" / "package.json").is_file())
    return str(next(found, ""))


@dataclass(frozen=True, slots=True)
class NodeEngine:
    """Node.js, which runs the module as an edge worker would."""

    node: str
    timeout_s: float = TIMEOUT_S
    name: str = "Node.js"

    def run_all(self, questions: Sequence[Question]) -> list[Gave]:
        """Return what each module gives for its payload, in order."""
        with tempfile.TemporaryDirectory() as folder:
            numbers = _write_programs(folder, questions, "adapter{}.mjs")
            Path(folder, "runner.mjs").write_text(_NODE_RUNNER, encoding="utf-8")
            asked = [[numbers[question.text], question.payload] for question in questions]
            return _ask([self.node, "runner.mjs"], folder, asked, timeout_s=self.timeout_s)


@dataclass(frozen=True, slots=True)
class JsonataEngine:
    """The npm package `jsonata`, in Node.js; `folder` holds it."""

    node: str
    folder: str
    timeout_s: float = TIMEOUT_S
    name: str = "JSONata"

    def run_all(self, questions: Sequence[Question]) -> list[Gave]:
        """Return what each expression gives for its payload, in order."""
        with tempfile.TemporaryDirectory() as folder:
            numbers = _write_programs(folder, questions, "adapter{}.jsonata")
            Path(folder, "runner.mjs").write_text(_JSONATA_RUNNER, encoding="utf-8")
            asked = [[numbers[question.text], question.payload] for question in questions]
            command = [self.node, "runner.mjs", self.folder]
            return _ask(command, folder, asked, timeout_s=self.timeout_s)


@dataclass(frozen=True, slots=True)
class JqEngine:
    """libjq, from the package `jq`."""

    timeout_s: float = TIMEOUT_S
    name: str = "jq"

    def run_all(self, questions: Sequence[Question]) -> list[Gave]:
        """Return what each program gives for its payload, in order."""
        programs: dict[str, Any] = {}
        gave = []
        ends_at = time.monotonic() + self.timeout_s
        for question in questions:
            if time.monotonic() > ends_at:
                raise EngineTimedOut(self.timeout_s)
            if question.text not in programs:
                programs[question.text] = _compile_jq(question.text)
            gave.append(_run_jq(programs[question.text], question.payload))
        return gave


def _compile_jq(text: str) -> Any:
    import jq

    try:
        caught = '{error: tojson, is_fault: (type != "object" or (has("found") | not))}'
        return jq.compile(f"try (({text}) | {{output: .}}) catch {caught}")
    except ValueError as error:
        return str(error)


def _run_jq(program: Any, payload: Json) -> Gave:
    if isinstance(program, str):
        return Gave(error=f"jq does not run it: {program}", is_fault=True)
    try:
        answer = json.loads(program.input_text(json.dumps(payload)).text())
    except ValueError as error:
        # Not the program's fault: jq itself refuses a payload with half of a surrogate pair.
        return Gave(error=f"jq does not read the payload: {error}")
    return Gave(**answer)


def _write_programs(folder: str, questions: Sequence[Question], name: str) -> dict[str, int]:
    """Write each different program to a file, and return their numbers."""
    numbers: dict[str, int] = {}
    for question in questions:
        if question.text not in numbers:
            numbers[question.text] = len(numbers)
            file = Path(folder, name.format(numbers[question.text]))
            file.write_text(question.text, encoding="utf-8")
    return numbers


def _ask(
    command: list[str], folder: str, payloads: Sequence[Json], *, timeout_s: float
) -> list[Gave]:
    asked = "".join(json.dumps(payload) + "\n" for payload in payloads)
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            input=asked.encode(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineTimedOut(timeout_s) from error
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(payloads):
        fault = done.stderr.decode("utf-8", "replace")[-2000:]
        return [Gave(error=f"the engine does not run it: {fault}", is_fault=True)] * len(payloads)
    return [Gave(**answer) for answer in answers]
