"""Every command of the README is run, and what it says is so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
SCRIPTS = [body for kind, body in BLOCKS if kind == "bash"]
ADDRESS = "http://127.0.0.1:8321"

CURL = f"""#!{sys.executable}
import sys, urllib.error, urllib.request
args, method, data, url, fails = sys.argv[1:], None, None, "", False
while args:
    word = args.pop(0)
    if word == "-X":
        method = args.pop(0)
    elif word == "--json":
        data = args.pop(0)
        data = open(data[1:], "rb").read() if data.startswith("@") else data.encode()
    elif word in ("-s", "-sf"):
        fails = word == "-sf"
    else:
        url = word
kind = {{"content-type": "application/json"}}
request = urllib.request.Request(url, data=data, method=method, headers=kind if data else {{}})
try:
    print(urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open(request).read().decode())
except urllib.error.HTTPError as error:
    if fails:
        sys.exit(22)
    print(error.read().decode())
"""
"""What of curl the README uses, for machines that have none."""


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the fixtures and a `bin` with the commands that the README uses."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    commands = folder / "bin"
    commands.mkdir()
    _write_command(commands / "driftmend", f'exec "{sys.executable}" -m agent.cli.main "$@"')
    (commands / "python3").symlink_to(sys.executable)
    if shutil.which("curl") is None:
        (commands / "curl").write_text(CURL)
        (commands / "curl").chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def environment(workplace: Path) -> dict[str, str]:
    """Return an environment with a home of its own and no settings from outside."""
    kept = {name: value for name, value in os.environ.items() if "DRIFTMEND" not in name}
    paths = {"PATH": f"{workplace / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    home = {"HOME": str(workplace), "XDG_DATA_HOME": str(workplace / "share"), "NO_PROXY": "*"}
    return {**kept, **paths, **home}


def _write_command(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def commands_of(script: str) -> list[tuple[str, int]]:
    """Return the commands of a block with the exit code that each is said to have."""
    lines = re.sub(r"\\\n\s*", " ", script).splitlines()
    found = [(line, re.search(r"#\s*exit (\d)", line)) for line in lines if line.strip()]
    return [(line, int(match[1]) if match else 0) for line, match in found]


def run_block(script: str, *, folder: Path, environment: dict[str, str]) -> str:
    """Run the commands of a block one after the other in one shell; return what they print."""
    check = '[ $code = {} ] || {{ echo "line {}: exit $code" >&2; exit 99; }}'
    steps = "\n".join(
        f"{line}\ncode=$?; {check.format(code, number)}"
        for number, (line, code) in enumerate(commands_of(script), start=1)
    )
    done = subprocess.run(
        ["bash", "-uc", steps],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    return done.stdout


def squeezed(text: str) -> str:
    """Return text with numbers and spaces evened out: they may differ between runs."""
    return " ".join(re.sub(r"\d+(\.\d+)?", "#", text).split())


def script_with(start: str) -> str:
    """Return the one block that starts so."""
    (script,) = [one for one in SCRIPTS if one.startswith(start)]
    return script


@pytest.fixture
def address(workplace: Path, environment: dict[str, str]) -> Iterator[str]:
    """Serve as the README does, but on a free port."""
    with subprocess.Popen(
        ["driftmend", "serve", "--port", "0"],
        cwd=workplace,
        env=environment,
        executable=str(workplace / "bin" / "driftmend"),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert found
        yield found.group()
        process.terminate()
        assert process.wait(30) == 0


def test_readme__of_commands__has_only_blocks_that_a_test_runs() -> None:
    """Every block of commands is one of the four that the tests below run."""
    assert [commands_of(script)[0][0] for script in SCRIPTS] == [
        "make demo",
        "case=fixtures/mastodon/instance-v1-to-v2",
        "driftmend serve",
        f"url={ADDRESS}/v1",
    ]


def test_make__as_shown__are_targets_that_run_the_demo_and_the_tests() -> None:
    """`make demo` runs `driftmend demo`, `make test` runs pytest, and both set up first."""
    makefile = (ROOT / "Makefile").read_text()
    for command, _ in commands_of(script_with("make demo")):
        target = command.removeprefix("make ")
        recipe = re.search(rf"^{target}: \.venv/ready.*\n\t(.*)$", makefile, re.MULTILINE)
        assert recipe, target
        assert {"demo": "driftmend demo", "test": "pytest"}[target] in recipe[1]


def test_demo__as_shown__prints_what_the_readme_shows(
    workplace: Path, environment: dict[str, str]
) -> None:
    """The demo ends with 0 in under 30 s and prints every line of the excerpt."""
    started = time.monotonic()
    out = run_block("driftmend demo", folder=workplace, environment=environment)
    seconds = time.monotonic() - started
    (excerpt,) = [body for kind, body in BLOCKS if kind == "text"]
    printed = squeezed(out)
    assert [line for line in excerpt.splitlines() if squeezed(line) not in printed] == []
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert seconds < 90, "30 s on a machine of its own; tests share theirs"


def test_tour__of_command_line_and_http__does_what_the_readme_says(
    workplace: Path, environment: dict[str, str], address: str
) -> None:
    """The commands of both tours run in order, with the exit codes that the README gives."""
    out = run_block(script_with("case="), folder=workplace, environment=environment)
    assert "directory: proved" in out
    assert '/email = "admin@tidepool.example"' in out
    script = script_with("url=").replace(ADDRESS, address)
    out = run_block(script, folder=workplace, environment=environment)
    assert '"uri":"tidepool.example"' in out.replace('": "', '":"')
    assert "approve by ada" in out
    assert "urn:driftmend:problem:" in out


def test_settings__in_the_table__are_all_there_are() -> None:
    """The table of settings has every variable, and no other."""
    told = re.findall(r"^\| `DRIFTMEND_(\w+)`", TEXT, flags=re.MULTILINE)
    assert [name.lower() for name in told] == list(Settings.model_fields)


def test_links__to_files__lead_somewhere() -> None:
    """Every relative link of the README and the docs names a file."""
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == [], page


def test_map__of_the_house__names_what_is_there() -> None:
    """Every folder and file of the map exists."""
    (plan,) = [body for kind, body in BLOCKS if kind == ""]
    names = re.findall(r"(?<![\w/])(?:agent/)?([a-z_]+(?:/|\.py))", plan)
    assert len(names) > 8
    for name in names:
        assert (ROOT / name).exists() or (ROOT / "agent" / name).exists(), name
