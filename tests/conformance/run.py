"""Runs wandb's own system tests against the local backend.

    python tests/conformance/run.py COPY --python PYTHON [--suite test_core] [-k EXPRESSION]

COPY is a copy of github.com/wandb/wandb that fits the wandb installed for PYTHON; its folder
`wandb` has to be moved aside, so that the installed package is what is tested. PYTHON is the
interpreter of an environment with that wandb and with what the tests need, which requirements.txt
here lists. Prints a table by file, and each test that did not pass.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

HERE = Path(__file__).parent
SUITES = ("test_sweep", "test_core", "test_api", "test_artifacts")


@dataclass(frozen=True)
class Result:
    """One test.

    Attributes:
        name: Its id, without `tests/system_tests/`.
        outcome: `passed`, `failed` or `skipped`.
        message: Why it did not pass.
    """

    name: str
    outcome: str
    message: str = ""

    @property
    def file(self) -> str:
        """Its file, such as `test_core/test_console.py`."""
        return self.name.partition("::")[0]


@dataclass(frozen=True)
class Copy:
    """A copy of wandb's repository, and the interpreter that runs its tests."""

    root: Path
    python: Path

    def environment(self) -> dict[str, str]:
        """The environment for its tests; they call `python` by name."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("WANDB_", "PYTEST_"))}
        kept.pop("VIRTUAL_ENV", None)
        # pytest finds the plugin `lifted` here.
        kept["PYTHONPATH"] = str(HERE)
        return kept | {"PATH": f"{self.python.parent}{os.pathsep}{kept['PATH']}"}

    def call(self, *command: str) -> int:
        """Run the environment's Python in the copy."""
        done = subprocess.run(
            [str(self.python), *command], cwd=self.root, env=self.environment(), check=False
        )
        return done.returncode


def exclusions() -> dict[str, str]:
    """What is out of scope: test ids or files, each with its reason."""
    kept: dict[str, str] = tomllib.loads((HERE / "exclusions.toml").read_text())["tests"]
    return kept


@contextlib.contextmanager
def adapter(data_dir: Path) -> Iterator[tuple[int, int]]:
    """The local backend for these tests, while the block runs; gives its two ports."""
    port, fixture_port = _free_port(), _free_port()
    log = (data_dir / "adapter.log").open("wb")
    command = [sys.executable, str(HERE / "adapter.py"), "--data-dir", str(data_dir / "data")]
    command += ["--port", str(port), "--fixture-port", str(fixture_port)]
    with log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait_for(f"http://localhost:{port}/ready", process)
            yield port, fixture_port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def run(copy: Copy, targets: list[str], *options: str, workers: int = 2) -> list[Result]:
    """Run the tests of these suites, files or ids, but for the exclusions."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as scratch:
        report = Path(scratch) / "report.xml"
        with adapter(Path(scratch)) as (port, fixture_port), _connected(copy, port, fixture_port):
            copy.call(
                *("-m", "pytest", *(f"tests/system_tests/{target}" for target in targets)),
                *(
                    "-o",
                    "addopts=",
                    "-o",
                    "junit_family=xunit1",
                    "-p",
                    "no:cacheprovider",
                    "-p",
                    "lifted",
                ),
                *("-q", "-n", str(workers), "--timeout", "60", f"--junitxml={report}"),
                *(f"--deselect=tests/system_tests/{name}" for name in exclusions()),
                *options,
            )
            if log := os.environ.get("CONFORMANCE_LOG"):
                Path(log).write_bytes((Path(scratch) / "adapter.log").read_bytes())
        return read_report(report)


def read_report(report: Path) -> list[Result]:
    """The results in a JUnit report."""
    results = []
    for case in ET.parse(report).getroot().iter("testcase"):
        file = case.get("file", "").removeprefix("tests/system_tests/")
        inner = case.get("classname", "").rpartition(Path(file).stem)[2].strip(".")
        name = "::".join(part for part in (file, *inner.split("."), case.get("name", "")) if part)
        bad = [part for part in case if part.tag in ("failure", "error", "skipped")]
        outcome = "passed"
        if bad:
            outcome = "skipped" if all(part.tag == "skipped" for part in bad) else "failed"
        message = (bad[0].get("message") or "").strip() if bad else ""
        results.append(Result(name, outcome, message))
    return results


def table(results: list[Result]) -> str:
    """A Markdown table: passes and total by file and by suite. A skipped test did not pass."""
    lines = ["| tests | passed | of | |", "| --- | ---: | ---: | ---: |"]
    passed = Counter(result.file for result in results if result.outcome == "passed")
    total = Counter(result.file for result in results)
    for suite in SUITES:
        files = sorted(file for file in total if file.startswith(f"{suite}/"))
        if not files:
            continue
        good, of = sum(passed[file] for file in files), sum(total[file] for file in files)
        lines.append(f"| **{suite}** | **{good}** | **{of}** | **{good / of:.1%}** |")
        lines += [f"| {file} | {passed[file]} | {total[file]} | |" for file in files]
    return "\n".join(lines)


@contextlib.contextmanager
def _connected(copy: Copy, port: int, fixture_port: int) -> Iterator[None]:
    tool = "tools/local_wandb_server.py"
    ports = ["--base-port", str(port), "--fixture-port", str(fixture_port)]
    if copy.call(tool, "start", "--hostname", "localhost", *ports):
        sys.exit(f"the copy knows another server: run `python {tool} stop` in it")
    try:
        yield
    finally:
        copy.call(tool, "stop")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(URLError), urlopen(address, timeout=5):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers at {address}")


def main() -> int:
    """Run what the command line asks for; 0 when every test passed."""
    # A shell that starts this in the background ignores Ctrl-C; every child would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("copy", type=Path)
    parser.add_argument("--python", type=Path, required=True)
    parser.add_argument("--suite", action="append", help="suite, file or test id; default: all")
    parser.add_argument("-k", dest="expression", help="pytest's -k")
    parser.add_argument("-n", dest="workers", type=int, default=2, help="pytest-xdist's -n")
    options = parser.parse_args()
    copy = Copy(options.copy.resolve(), options.python.absolute())
    extra = ["-k", options.expression] if options.expression else []
    results = run(copy, options.suite or list(SUITES), *extra, workers=options.workers)
    print(table(results))
    bad = [result for result in results if result.outcome != "passed"]
    for result in bad:
        print(f"{result.outcome}: {result.name}: {result.message.splitlines()[:1]}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
