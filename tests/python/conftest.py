"""Fixtures: the binary under test, a scratch state folder, and `sandbox serve`."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def binary() -> str:
    """Path of the spotscript binary: `SPOTSCRIPT_BIN`, or the debug build."""
    path = os.environ.get("SPOTSCRIPT_BIN", str(ROOT / "target/debug/spotscript"))
    assert os.access(path, os.X_OK), f"no binary at {path}: run `cargo build` first, or set SPOTSCRIPT_BIN"
    return path


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """The process environment without AWS settings, with a state folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SPOTSCRIPT_", "KUBE"))}
    return {**kept, "SPOTSCRIPT_STATE_DIR": str(tmp_path / "state"), "NO_COLOR": "1"}


class Served:
    """A running `sandbox serve`."""

    def __init__(self, process: subprocess.Popen, aws: str, kubernetes: str, kubeconfig: str):
        self.process, self.aws, self.kubernetes, self.kubeconfig = process, aws, kubernetes, kubeconfig


@pytest.fixture
def serve(binary, environment, tmp_path):
    """Starts `sandbox serve` on free ports and waits for its addresses."""
    running: list[subprocess.Popen] = []

    def start(*arguments: str) -> Served:
        log = open(tmp_path / "serve.log", "w+")
        process = subprocess.Popen(
            [binary, "sandbox", "serve", "--aws-port", "0", "--kube-port", "0", *arguments],
            env=environment,
            cwd=tmp_path,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        running.append(process)
        for _ in range(200):
            text = pathlib.Path(log.name).read_text()
            aws = re.search(r"AWS_ENDPOINT_URL=(http://\S+)", text)
            kubeconfig = re.search(r"KUBECONFIG=(\S+)", text)
            if aws and kubeconfig:
                config = pathlib.Path(kubeconfig[1]).read_text()
                kubernetes = re.search(r"server: \"?(http://[^\s\"]+)", config)[1]
                return Served(process, aws[1], kubernetes, kubeconfig[1])
            assert process.poll() is None, text
            time.sleep(0.05)
        raise AssertionError(f"sandbox serve gave no addresses:\n{text}")

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=10)
