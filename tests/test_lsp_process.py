"""The language server as a process: how it begins and ends, and the pull model."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsptest import CONFIG, Editor, capabilities
from projects import write_project

FILES = {"fslint.toml": "", "a.ts": "FS.event('Opened', { size: 3 });\n"}
COMMAND = [sys.executable, "-m", "fslint", "lsp"]


def message(method: str, params: Any = None, id: int | None = None) -> bytes:
    body: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
    body |= {} if id is None else {"id": id}
    data = json.dumps(body).encode()
    return b"Content-Length: %d\r\n\r\n" % len(data) + data


def initialize(root: Path, process: int | None = None) -> bytes:
    params = {"processId": process, "rootUri": root.as_uri(), "capabilities": {}}
    return message("initialize", params, 1) + message("initialized", {})


def answers(output: bytes) -> dict[Any, Any]:
    """The answers in what a server has written, by id."""
    found = {}
    while output:
        head, _, rest = output.partition(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        body = json.loads(rest[:length])
        output = rest[length:]
        if "method" not in body:
            found[body["id"]] = body
    return found


def run(*messages: bytes) -> tuple[int, dict[Any, Any], bytes]:
    """Send messages, close the pipe, and wait for the end: exit code, answers, standard error."""
    done = subprocess.run(COMMAND, input=b"".join(messages), capture_output=True, timeout=60)
    return done.returncode, answers(done.stdout), done.stderr


def test_shutdown_and_exit_end_it_with_0(tmp_path: Path) -> None:
    code, said, errors = run(initialize(tmp_path), message("shutdown", None, 2), message("exit"))
    assert code == 0
    assert said[2]["result"] is None
    assert errors == b""


def test_exit_without_shutdown_ends_it_with_1(tmp_path: Path) -> None:
    assert run(initialize(tmp_path), message("exit"))[0] == 1


def test_requests_at_the_wrong_time_are_answered(tmp_path: Path) -> None:
    hover = {"textDocument": {"uri": "file:///a.ts"}, "position": {"line": 0, "character": 0}}
    code, said, _ = run(
        message("textDocument/hover", hover, 7),
        initialize(tmp_path),
        message("initialize", {"capabilities": {}}, 8),
        message("textDocument/hover", {"textDocument": 7}, 6),
        message("fslint/nothing", {}, 5),
        message("shutdown", None, 2),
        message("textDocument/hover", hover, 9),
        message("exit"),
    )
    assert code == 0
    codes = {id: said[id]["error"]["code"] for id in (5, 6, 7, 8, 9)}
    assert codes == {5: -32601, 6: -32602, 7: -32002, 8: -32600, 9: -32600}


def test_it_ends_when_the_client_closes_the_pipe(tmp_path: Path) -> None:
    write_project(tmp_path, FILES)
    server = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert server.stdin is not None and server.stdout is not None
    server.stdin.write(initialize(tmp_path))
    server.stdin.flush()
    assert server.stdout.read(1) == b"C"
    server.stdout.close()
    server.stdin.close()
    assert server.wait(30) == 1


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    write_project(tmp_path, FILES)
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    server = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert server.stdin is not None and server.stdout is not None
    server.stdin.write(initialize(tmp_path, parent.pid))
    server.stdin.flush()
    assert server.stdout.read(1) == b"C"
    parent.communicate(b"\n")
    server.stdout.close()
    assert server.wait(30) == 1
    server.stdin.close()


def test_over_tcp(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = subprocess.Popen([*COMMAND, "--tcp", str(port)], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert server.stderr is not None
    assert b"listening" in server.stderr.readline()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(initialize(tmp_path) + message("shutdown", None, 2))
        received = b""
        while b'"id": 2' not in received:
            received += connection.recv(4096)
        connection.sendall(message("exit"))
    assert server.wait(30) == 0
    server.stderr.close()


def test_what_cannot_be_is_refused() -> None:
    for arguments in (["--tcp", "x"], ["--stdio", "--tcp", "2087"]):
        done = subprocess.run([*COMMAND, *arguments], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
        assert done.returncode == 2


def test_what_it_needs_is_named_where_it_is_missing(tmp_path: Path) -> None:
    write_project(tmp_path, {"pygls/__init__.py": "raise ImportError('no pygls', name='pygls')\n"})
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        COMMAND, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60
    )
    assert done.returncode == 2
    assert "pip install 'fslint[lsp]'" in done.stderr


@pytest.mark.asyncio
async def test_diagnostics_are_pulled_where_the_client_can(tmp_path: Path) -> None:
    write_project(tmp_path, FILES)
    client = await CONFIG.start()
    able = capabilities(diagnostic=types.DiagnosticClientCapabilities())
    assert able.workspace is not None
    able.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    folders = [types.WorkspaceFolder(tmp_path.as_uri(), "shop")]
    result = await client.initialize_session(types.InitializeParams(capabilities=able, workspace_folders=folders))
    assert result.capabilities.diagnostic_provider is not None
    editor = Editor(client, tmp_path)
    editor.open("a.ts")
    params = types.DocumentDiagnosticParams(editor.document("a.ts"))
    report = await client.text_document_diagnostic_async(params)
    assert [d.code for d in report.items] == ["FS301"]
    again = await client.text_document_diagnostic_async(
        types.DocumentDiagnosticParams(editor.document("a.ts"), previous_result_id=report.result_id)
    )
    assert again.kind == "unchanged"
    editor.replace("a.ts", "size:", "size_int:")
    assert (await client.text_document_diagnostic_async(params)).items == ()
    whole = await client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))
    assert [(item.uri, list(item.items)) for item in whole.items] == [(editor.uri("a.ts"), [])]
    assert client.diagnostic_refresh_count > 0
    assert client.diagnostics == {}
    editor.replace("a.ts", "size_int", "size")
    waiting = client.protocol.send_request("textDocument/diagnostic", params, msg_id=77)
    client.cancel_request(types.CancelParams(77))
    done = await asyncio.wait([asyncio.wrap_future(waiting)], timeout=30)
    assert done[0], "a cancelled request must be answered"
    await client.shutdown_session()
    await client.stop()
