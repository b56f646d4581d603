"""``python -m tests.benchmarks.lsp [FILES] [SHARE]``: the language server on a generated monorepo.

First diagnostics of an opened file, the time from ``didChange`` to ``publishDiagnostics``, hover meanwhile, and memory.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from .generate import Tree, generate
from .report import load, machine

EDITS = 200
MORE = 1000
"""Edits after which memory is compared."""


def resident(process: int) -> float:
    """Megabytes of memory that a process holds; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def processor(process: int) -> float:
    """Seconds of processor time that a process has used; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Session:
    """One server, with one file open."""

    def __init__(self, root: Path, file: Path) -> None:
        self.root, self.uri = root, file.as_uri()
        self.text = file.read_text()
        self.version = 1
        self.client = LanguageClient()
        self.shown: dict[int, float] = {}

    async def start(self) -> float:
        """Start the server and open the file; seconds from the opening to its diagnostics."""
        config = ClientServerConfig(server_command=[sys.executable, "-m", "fslint", "lsp"], server_env=dict(os.environ))
        self.client = await config.start()  # type: ignore[assignment]
        folders = [types.WorkspaceFolder(self.root.as_uri(), "tree")]
        await self.client.initialize_session(
            types.InitializeParams(capabilities=types.ClientCapabilities(), workspace_folders=folders)
        )
        started = time.perf_counter()
        item = types.TextDocumentItem(self.uri, "typescript", 1, self.text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        await self.published(1)
        return time.perf_counter() - started

    async def published(self, version: int) -> None:
        """Wait for the diagnostics of a version."""
        while True:
            params = await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
            if params.uri == self.uri and params.version is not None and params.version >= version:
                return

    def change(self, text: str) -> None:
        """Type a whole new text's difference as an editor would: one range."""
        start = next((i for i, (a, b) in enumerate(zip(self.text, text, strict=False)) if a != b), 0)
        tail = 0
        while tail < min(len(self.text), len(text)) - start and self.text[-1 - tail] == text[-1 - tail]:
            tail += 1

        def at(index: int) -> types.Position:
            before = self.text[:index]
            return types.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)

        span = types.Range(at(start), at(len(self.text) - tail))
        change = types.TextDocumentContentChangePartial(span, text[start : len(text) - tail])
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(self.version, self.uri)
        self.text = text
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def edits(self, count: int, base: str, call: str) -> list[float]:
        """Type in the name of an event and in the code around it; seconds until the diagnostics, for each edit."""
        times = []
        for number in range(count):
            name = f"'Thing {number} Used'" if number % 2 else call
            text = base.replace(call, name, 1)
            if number % 3 == 0:
                text += f"// {number}\n"
            started = time.perf_counter()
            self.change(text)
            await self.published(self.version)
            times.append(time.perf_counter() - started)
        return times

    async def hovers(self, count: int, base: str) -> list[float]:
        """Hover while a run is under way; seconds for each answer."""
        times = []
        for number in range(count):
            self.change(base + f"// {number}\n")
            shown = asyncio.ensure_future(self.published(self.version))
            params = types.HoverParams(types.TextDocumentIdentifier(self.uri), types.Position(0, 0))
            started = time.perf_counter()
            await self.client.text_document_hover_async(params)
            times.append(time.perf_counter() - started)
            await shown
        return times

    @property
    def process(self) -> int:
        """The server's process."""
        server = self.client._server
        assert server is not None
        return server.pid


def percentile(times: list[float], share: float) -> float:
    """The value that this share of the times does not exceed, in milliseconds."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


async def measure(root: Path, opened: Path, call: str) -> None:
    """Print the table."""
    session = Session(root, opened)
    cold = await session.start()
    await session.client.shutdown_session()
    session = Session(root, opened)
    warm = await session.start()
    print("| what | value |\n|---|---|")
    print(f"| first diagnostics of an opened file, no cache | {cold:.2f} s |")
    print(f"| the same with a cache | {warm:.2f} s |")
    base = session.text
    await session.edits(10, base, call)
    used = processor(session.process)
    times = await session.edits(EDITS, base, call)
    used = processor(session.process) - used
    print(f"| didChange to publishDiagnostics, {EDITS} edits: p50 | {percentile(times, 0.5):.0f} ms |")
    print(f"| p95 | {percentile(times, 0.95):.0f} ms |")
    print(f"| worst | {max(times) * 1000:.0f} ms |")
    print(f"| processor time of the server for each of them | {used / EDITS * 1000:.0f} ms |")
    hovers = await session.hovers(30, base)
    middle = statistics.median(hovers) * 1000
    print(f"| hover while a run is under way: p50, p95 | {middle:.0f} ms, {percentile(hovers, 0.95):.0f} ms |")
    before = resident(session.process)
    await session.edits(MORE, base, call)
    after = resident(session.process)
    print(f"| memory after {EDITS + 40} edits, and {MORE} edits later | {before:.0f} MB, {after:.0f} MB |")
    await session.client.shutdown_session()


def main() -> None:
    """Generate a tree, and measure."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 0.01
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve() / "tree"
        sites = generate(root, Tree(files, share))
        for command in (["git", "init", "-q"], ["git", "add", "-A"]):
            subprocess.run(command, cwd=root, check=True, capture_output=True)
        opened, call = next(
            (root / site.path, f"'{name}'")
            for site in sites
            for name in site.names
            if site.path.endswith((".tsx", ".ts")) and f"'{name}'" in (root / site.path).read_text()
        )
        print(f"{files} files, {len(sites)} event calls; {'; '.join(machine())}; load {load()}")
        print(f"edited: {opened.relative_to(root)}, {opened.stat().st_size} bytes\n")
        asyncio.run(measure(root, opened, call))
        print(f"\nload at the end {load()}")


if __name__ == "__main__":
    main()
