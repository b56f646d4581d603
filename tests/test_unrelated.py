"""Projects that have nothing to do with FullStory: no finding of any rule."""

from __future__ import annotations

from textwrap import dedent

import pytest
from ruletest import findings

from fslint.rules.catalogue import CATALOGUE

EVERYTHING = tuple(CATALOGUE)

EMSCRIPTEN = """
    addToLibrary({
      $MEMFS__deps: ['$FS', '$mmapAlloc'],
      $MEMFS: {
        mount(mount) { return MEMFS.createNode(null, '/', {{{ cDefs.S_IFDIR }}}, 0); },
        write(path) { FS.mkdir(path); const node = FS.lookupPath(path).node; FS.stat(node); FS.init(); return FS?.open(path); },
      },
    });
"""


def test_emscriptens_file_system() -> None:
    """`{{{ … }}}` is no JavaScript, but such a file is another tool's matter: it does not track."""
    files = {
        "src/lib/libmemfs.js": dedent(EMSCRIPTEN),
        "src/api.js": "FS.createDataFile('/', name, data, true, true);\n",
    }
    assert findings(files, EVERYTHING) == []


def test_a_file_system_beside_fullstory() -> None:
    files = {
        "src/fs.js": dedent(EMSCRIPTEN).replace("{{{ cDefs.S_IFDIR }}}", "0"),
        "src/page.js": "export const opened = () => FS.event('Opened');\n",
    }
    assert findings(files, EVERYTHING) == [("FS508", "src/page.js", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "print 'FS'\nFS = 1\n",
        "def f(:\n    return FS.stat(1)\n",
        "class FS:\n    pass\nFS.open(\n",
    ],
)
def test_broken_files_that_do_not_track(text: str) -> None:
    assert findings({"tools/a.py": text, "web/a.js": "FS.event('Opened');\n"}, ("FS001",)) == []


@pytest.mark.parametrize(
    "text",
    [
        "FS.event('A'\n",
        "FS('trackEvent', {name: 'A'\n",
        "window.FS\n  .setUserVars({\n",
        "window['FS'].identify('u_1'\n",
        "import {init} from '@fullstory/browser'; init({\n",
        "trackServerEvent('A'\n",
    ],
)
def test_broken_files_that_track(text: str) -> None:
    assert [code for code, _, _ in findings({"web/a.js": text}, ("FS001",))] == ["FS001"]


def test_a_broken_file_that_imports_a_wrapper() -> None:
    files = {
        "web/t.js": "export const track = (name) => window.FS?.event(name);\n",
        "web/a.js": "import { track } from './t';\ntrack('A');\nfunction (\n",
    }
    assert [code for code, _, _ in findings(files, ("FS001",))] == ["FS001"]


def test_fullstory_is_reached_by_the_namespace_alone() -> None:
    files = {
        "src/fs.js": "export const fs = (api) => window[window._fs_namespace][api];\n",
        "src/a.js": "import { fs } from './fs';\nfs('event')('Opened', { size: 3 });\n",
        "__tests__/a.js": "window._fs_namespace = 'FS';\nwindow.FS = () => 1;\n",
    }
    assert findings(files, EVERYTHING) == [("FS301", "src/a.js", 2)]
