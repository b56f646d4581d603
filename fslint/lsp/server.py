"""The server: what the client says becomes work for the analysis, what that finds becomes diagnostics and answers.

One thread speaks with the client and answers from the last snapshot; the analysis has a thread of its own. Only what must
fit the text as it is now (edits, pulled diagnostics) waits for a run, as a coroutine that can be cancelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from lsprotocol import types
from pygls.io_ import run_async
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path

from .. import __version__
from ..frontends import SUFFIXES, language_of
from ..settings import CONFIG_NAMES, SettingsError, load, relative
from ..source import mask
from . import diagnostics, features
from .analysis import Analysis, Open, Outcome, Work, Worker, config_place
from .diagnostics import SOURCE, Shown
from .documents import Document, Documents, file_of
from .positions import UTF16, Text
from .protocol import Protocol, leave
from .snapshot import Snapshot
from .view import View

logger = logging.getLogger(__name__)

PARENT_SECONDS = 3
"""How often the server looks whether its client is still there."""
_WATCHED = ("**/*{" + ",".join(SUFFIXES) + "}", "**/.env", "**/.env.*", "**/*.toml", "**/.gitignore")


@dataclass(eq=False, slots=True)
class Folder:
    """A project: one or more workspace folders with one root. ``given``: the first one as the client spells it."""

    root: Path
    given: Path
    analysis: Analysis
    generation: int = 0
    snapshot: Snapshot | None = None
    done: int = -1
    done_whole: int = -1
    published: dict[str, tuple[int | None, list[types.Diagnostic]]] = field(default_factory=dict)
    complaint: str = ""
    waiting: list[tuple[int, bool, asyncio.Future[None]]] = field(default_factory=list)
    converted: dict[str, tuple[object, list[types.Diagnostic]]] = field(default_factory=dict)


@dataclass(slots=True)
class Options:
    """What the editor may set (``initializationOptions``, ``workspace/didChangeConfiguration``).

    ``show_references``: a command of the editor that takes a URI, a position and locations, for code lenses.
    """

    inlay_hints: bool = False
    show_references: str = ""

    def update(self, given: Any) -> None:
        """Take in what is understood of the client's settings."""
        if isinstance(given, dict):
            given = given.get("fslint", given)
        if not isinstance(given, dict):
            return
        if isinstance(given.get("inlayHints"), bool):
            self.inlay_hints = given["inlayHints"]
        if isinstance(given.get("showReferencesCommand"), str):
            self.show_references = given["showReferencesCommand"]


class Server(LanguageServer):
    """The language server."""

    def __init__(self) -> None:
        super().__init__(
            "fslint",
            __version__,
            protocol_cls=Protocol,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
        )
        self.documents = Documents()
        self.folders: list[Folder] = []
        self.options = Options()
        self.shown = Shown()
        self.pulls = False
        self.worker = Worker(self._delivered)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # ---------------------------------------------------------------------------------------------- start and end

    def initialize(self, params: types.InitializeParams) -> None:
        """Learn what the client can do, and begin with its folders."""
        self._loop = asyncio.get_running_loop()
        self.documents.encoding = str(getattr(self.workspace.position_encoding, "value", UTF16))
        self.options.update(params.initialization_options)
        text = params.capabilities.text_document
        published = text.publish_diagnostics if text is not None else None
        self.shown = Shown(
            related=bool(published is not None and published.related_information),
            tags=bool(published is not None and published.tag_support),
        )
        workspace = params.capabilities.workspace
        refreshes = (
            workspace is not None and workspace.diagnostics is not None and workspace.diagnostics.refresh_support
        )
        self.pulls = bool(text is not None and text.diagnostic is not None and refreshes)
        uris = [folder.uri for folder in params.workspace_folders or ()]
        if not uris:
            uris = [params.root_uri] if params.root_uri else []
        if not uris and params.root_path:
            uris = [from_fs_path(params.root_path) or ""]
        for uri in uris:
            self.add_folder(uri)
        # On Windows, signal 0 would be Ctrl-C; there the closed pipe must do.
        if params.process_id is not None and sys.platform != "win32" and _lives(params.process_id):
            self._task(self._watch(params.process_id))

    def initialized(self) -> None:
        """Ask to be told of files that change, and check everything."""
        workspace = self.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace is not None else None
        if watched is not None and watched.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
            registration = types.Registration("fslint-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            self.client_register_capability(types.RegistrationParams([registration]))
        for folder in self.folders:
            self.ask(folder, structure=True)

    def _task(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, process: int) -> None:
        while _lives(process):
            await asyncio.sleep(PARENT_SECONDS)
        leave(1)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Keep errors of the server's own in the log: nobody can do anything about them in an editor."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)

    # --------------------------------------------------------------------------------------------------- folders

    def add_folder(self, uri: str) -> None:
        """Take in a workspace folder; one whose root is known already is the same project."""
        path = file_of(uri)
        if path is None or not Path(path).is_dir():
            return
        given = Path(path)
        try:
            root = load(given).root
        except SettingsError:
            root = given.resolve()
        if all(folder.root != root for folder in self.folders):
            self.folders.append(Folder(root, given, Analysis(given)))

    def remove_folder(self, uri: str) -> None:
        """Forget a workspace folder and its diagnostics."""
        path = file_of(uri)
        for folder in [folder for folder in self.folders if path is not None and folder.given == Path(path)]:
            self.folders.remove(folder)
            for shown in folder.published:
                self._send(shown, None, [])

    def folder_of(self, file: str) -> Folder | None:
        """The project that a file belongs to: the innermost one."""
        holding = [folder for folder in self.folders if Path(file).is_relative_to(folder.root)]
        return max(holding, key=lambda folder: len(folder.root.parts), default=None)

    def ask(self, folder: Folder, changed: Iterable[str] = (), structure: bool = False) -> None:
        """Have a project checked. ``changed``: files; ``structure``: some may have come or gone, or settings changed."""
        folder.generation += 1
        documents = tuple(
            Open(d.path, d.text.data, d.version, d.saved) for d in self.documents if self.folder_of(d.path) is folder
        )
        work = Work(folder.generation, set(changed), structure, documents, self.documents.encoding)
        self.worker.ask(folder.analysis, work)

    def touched(self, files: Iterable[str], structure: bool = False) -> None:
        """Have the projects of some files checked."""
        by_folder: dict[int, tuple[Folder, set[str]]] = {}
        for file in files:
            folder = self.folder_of(file)
            if folder is not None:
                by_folder.setdefault(id(folder), (folder, set()))[1].add(file)
        for folder, changed in by_folder.values():
            self.ask(folder, changed, structure)

    # -------------------------------------------------------------------------------------------------- documents

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """A file is open: the editor's text counts from now on."""
        document = self.documents.open(params.text_document)
        if document is None:
            return
        if self.folder_of(document.path) is None and language_of(document.path) is not None and not self.folders:
            self.add_folder(from_fs_path(str(Path(document.path).parent)) or "")
        self.touched([document.path], structure=document.saved is None)

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """The editor's text has changed."""
        changes = params.content_changes
        document = self.documents.change(params.text_document.uri, params.text_document.version, changes)
        if document is not None:
            self.touched([document.path])

    def did_save(self, params: types.DidSaveTextDocumentParams) -> None:
        """The disk has what the editor has."""
        document = self.documents.get(params.text_document.uri)
        if document is not None:
            self.documents.refresh([document.path])
            self.touched([document.path], structure=_of_structure(document.path))

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """The disk counts again."""
        document = self.documents.close(params.text_document.uri)
        if document is not None:
            self.touched([document.path], structure=document.saved is None)

    def files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        """Files have changed on disk."""
        files = {path: change.type for change in params.changes if (path := file_of(change.uri)) is not None}
        self.documents.refresh(files)
        structure = any(kind != types.FileChangeType.Changed or _of_structure(file) for file, kind in files.items())
        self.touched(files, structure)

    # ---------------------------------------------------------------------------------------------------- results

    def _delivered(self, analysis: Analysis, outcome: Outcome) -> None:
        """Called by the analysis's thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._received, analysis, outcome)

    def _received(self, analysis: Analysis, outcome: Outcome) -> None:
        folder = next((folder for folder in self.folders if folder.analysis is analysis), None)
        if folder is None:
            return
        folder.done = outcome.generation
        if outcome.snapshot is None or outcome.snapshot.whole:
            folder.done_whole = outcome.generation
        before = folder.snapshot
        if outcome.snapshot is not None:
            folder.snapshot = outcome.snapshot
            if before is None or _sent(before) != _sent(outcome.snapshot):
                self.refresh_lenses()
                if self.options.inlay_hints:
                    self.refresh_hints()
        self._complain(folder, outcome)
        if outcome.snapshot is not None or outcome.settings_error is not None:
            self._publish(folder, outcome)
        for generation, whole, future in folder.waiting:
            if generation <= (folder.done_whole if whole else folder.done) and not future.done():
                future.set_result(None)
        folder.waiting = [waiting for waiting in folder.waiting if not waiting[2].done()]

    def _complain(self, folder: Folder, outcome: Outcome) -> None:
        """Say what stops the analysis, once."""
        said = ""
        if outcome.settings_error is not None:
            said = f"fslint: {outcome.settings_error}"
        elif outcome.crash:
            said = f"fslint: internal error: {outcome.crash}. This is a bug in fslint; please report it."
        if said and said != folder.complaint:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, mask(said)))
        folder.complaint = said

    def _publish(self, folder: Folder, outcome: Outcome) -> None:
        wanted = self.found(folder)
        if outcome.settings_error is not None:
            place = config_place(folder.given, outcome.settings_error)
            if place is not None:
                file, line = place
                path = relative(file, folder.root)
                shown = diagnostics.of_configuration(outcome.settings_error.message, line - 1)
                wanted = {**wanted, path: [*wanted.get(path, ()), shown]}
        new: dict[str, tuple[int | None, list[types.Diagnostic]]] = {}
        for path, found in wanted.items():
            new[self.uri(folder, path)] = (self._version(folder, path), found)
        if self.pulls:
            if new != folder.published:
                self.workspace_diagnostic_refresh(None)
        else:
            for uri, (version, found) in new.items():
                if folder.published.get(uri) != (version, found):
                    self._send(uri, version, found)
            for uri in folder.published.keys() - new.keys():
                document = self.documents.get(uri)
                self._send(uri, document.version if document else None, [])
        folder.published = new

    def _version(self, folder: Folder, path: str) -> int | None:
        return folder.snapshot.versions.get(path) if folder.snapshot is not None else None

    def _send(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def found(self, folder: Folder) -> dict[str, list[types.Diagnostic]]:
        """The last findings by path: of every file with findings, and of every open file."""
        snapshot = folder.snapshot
        if snapshot is None:
            return {}
        result: dict[str, list[types.Diagnostic]] = {path: [] for path in snapshot.versions}
        converted: dict[str, tuple[object, list[types.Diagnostic]]] = {}

        def locate(path: str) -> str:
            return self.uri(folder, path)

        for path, here in snapshot.diagnostics.items():
            files = {path, *(related.place.path for d in here for related in d.related)}
            texts = [snapshot.held.get(file) or snapshot.texts[file] for file in sorted(files - snapshot.linked)]
            key = (here, texts)
            known = folder.converted.get(path)
            if known is None or known[0] != key:
                made = (diagnostics.convert(snapshot, d, locate, self.shown) for d in here)
                known = (key, [diagnostic for diagnostic in made if diagnostic is not None])
            converted[path] = known
            result[path] = known[1]
        for path, here in snapshot.broken.items():
            result[path] = [*result.get(path, ()), *(diagnostics.in_held(snapshot, d) for d in here)]
        folder.converted = converted
        return result

    def uri(self, folder: Folder, path: str) -> str:
        """The URI of a file of a project, as the client spells it."""
        file = os.path.normpath(folder.root / path)
        document = self.documents.at(file)
        return document.uri if document is not None else from_fs_path(file) or ""

    def view(self, uri: str) -> View | None:
        """A file beside what the last run knew of it; None for one of no project, or before the first run."""
        file = file_of(uri)
        folder = self.folder_of(file) if file is not None else None
        return self.view_of(folder, file) if folder is not None and file is not None else None

    def view_of(self, folder: Folder, file: str) -> View | None:
        """See ``view``."""
        snapshot = folder.snapshot
        if snapshot is None:
            return None

        def document(path: str) -> Document | None:
            return self.documents.at(os.path.normpath(folder.root / path))

        def current(path: str) -> Text | None:
            found = document(path)
            return found.text if found is not None else None

        def version(path: str) -> int | None:
            found = document(path)
            return found.version if found is not None else None

        path = relative(Path(file), folder.root)
        text = current(path) or snapshot.texts[path]
        return View(snapshot, path, text, lambda path: self.uri(folder, path), current, version)

    async def settled_view(self, uri: str, whole: bool = False) -> View | None:
        """A view that fits the texts as they are now."""
        file = file_of(uri)
        folder = self.folder_of(file) if file is not None else None
        if folder is not None:
            await self.settled(folder, whole)
        return self.view(uri)

    def refresh_hints(self) -> None:
        """Have the client ask for inlay hints again, if it can."""
        workspace = self.client_capabilities.workspace
        if workspace is not None and workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)

    def refresh_lenses(self) -> None:
        """Have the client ask for code lenses again, if it can."""
        workspace = self.client_capabilities.workspace
        if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    async def settled(self, folder: Folder, whole: bool = False) -> None:
        """Wait for a run that has seen everything up to now. ``whole``: a quick one will not do."""
        if (folder.done_whole if whole else folder.done) >= folder.generation:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        folder.waiting.append((folder.generation, whole, future))
        await future


def _sent(snapshot: Snapshot) -> list[tuple[object, ...]]:
    """What code lenses and inlay hints are made of."""
    return [(use.place.path, use.names, use.side) for use in snapshot.uses]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _of_structure(file: str) -> bool:
    """Whether a file's content says what belongs to the project."""
    name = Path(file).name
    return name in (*CONFIG_NAMES, ".gitignore") or language_of(name) == "yaml"


def create() -> Server:
    """A server with all its features."""
    server = Server()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.initialize(params)
        if server.pulls:
            _pull(server)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        server.initialized()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        server.did_save(params)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        server.files_changed(params)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            server.remove_folder(folder.uri)
        for folder in params.event.added:
            server.add_folder(folder.uri)
        for project in server.folders:
            server.ask(project, structure=True)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configuration_changed(params: types.DidChangeConfigurationParams) -> None:
        before = server.options.inlay_hints
        server.options.update(params.settings)
        if server.options.inlay_hints != before:
            server.refresh_hints()

    features.register(server)
    return server


def _pull(server: Server) -> None:
    """Let the client ask for diagnostics; it is told when to."""
    options = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier=SOURCE)

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def document(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        file = file_of(params.text_document.uri)
        folder = server.folder_of(file) if file is not None else None
        if folder is None or file is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        await server.settled(folder)
        found = server.found(folder).get(relative(Path(file), folder.root), [])
        result = _identity(found)
        if params.previous_result_id == result:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result)
        return types.RelatedFullDocumentDiagnosticReport(items=found, result_id=result)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def workspace(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        known = {previous.uri: previous.value for previous in params.previous_result_ids}
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []
        shown: set[str] = set()
        for folder in list(server.folders):
            await server.settled(folder)
            for path, found in server.found(folder).items():
                uri, result = server.uri(folder, path), _identity(found)
                open_document = server.documents.get(uri)
                version = open_document.version if open_document is not None else None
                shown.add(uri)
                reports.append(
                    types.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, result_id=result, version=version)
                    if known.get(uri) == result
                    else types.WorkspaceFullDocumentDiagnosticReport(
                        uri=uri, items=found, version=version, result_id=result
                    )
                )
        reports += [
            types.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=[], result_id=_identity([]))
            for uri in known.keys() - shown
        ]
        return types.WorkspaceDiagnosticReport(items=reports)


def _identity(found: list[types.Diagnostic]) -> str:
    from hashlib import blake2b

    return blake2b(repr(found).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()


def serve(tcp: tuple[str, int] | None = None, verbose: bool = False) -> NoReturn:
    """Speak with one client over standard input and output, or over TCP, and end the process when it is gone."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO if verbose else logging.ERROR)
    if not verbose:
        # pygls logs whole messages, with the texts of files in them.
        logging.getLogger("pygls").setLevel(logging.CRITICAL)
    server = create()
    if tcp is not None:
        asyncio.run(_listen(server, *tcp))
    else:
        output = sys.stdout.buffer
        # Whatever prints must not disturb the protocol.
        sys.stdout = sys.stderr
        server.start_io(sys.stdin.buffer, output)
    leave(1)


async def _listen(server: Server, host: str, port: int) -> None:
    """Serve the first client that connects. Raises ``OSError`` where the port cannot be had."""
    gone = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listening.close()
        server.protocol.set_writer(writer)
        await run_async(threading.Event(), reader, server.protocol, logger, server.report_server_error)
        gone.set()

    listening = await asyncio.start_server(connected, host, port)
    sys.stderr.write(f"fslint: listening on {host}:{port}\n")
    sys.stderr.flush()
    await gone.wait()
