"""The language server in a real editor: Neovim, without a window, driven by a script as a person would by keys."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from projects import write_project

NEOVIM = shutil.which("nvim")
SCRIPT = """
local out = {}
local function finish(problem)
  out.problem = problem
  vim.fn.writefile({ vim.fn.json_encode(out) }, vim.env.REPORT)
  vim.cmd('qall!')
end
local function attempt()
  local config = { name = 'fslint', cmd = vim.fn.json_decode(vim.env.SERVER), root_dir = vim.fn.getcwd() }
  if vim.lsp.start then
    vim.lsp.start(config)
  else
    vim.lsp.buf_attach_client(0, vim.lsp.start_client(config))
  end
  local function shown()
    return vim.tbl_map(function(d) return { code = d.code, line = d.lnum, column = d.col } end, vim.diagnostic.get(0))
  end
  local function until_count(count)
    return vim.wait(30000, function() return #vim.diagnostic.get(0) == count end, 20)
  end
  if not until_count(1) then return finish('no diagnostics') end
  out.before = shown()
  vim.ui.select = function(items, options, choose)
    for _, item in ipairs(items) do
      local title = item.title or (item.action or item[2] or {}).title
      if title == "Rename to 'total_real'" then return choose(item) end
    end
    finish('the action is not offered')
  end
  vim.api.nvim_win_set_cursor(0, { out.before[1].line + 1, out.before[1].column })
  vim.lsp.buf.code_action()
  if not until_count(0) then return finish('the finding stays') end
  vim.cmd('write')
  finish(nil)
end
local fine, problem = pcall(attempt)
if not fine then finish(tostring(problem)) end
"""


@pytest.mark.skipif(NEOVIM is None, reason="Neovim is not installed")
def test_neovim_shows_a_finding_mends_it_and_saves(tmp_path: Path) -> None:
    cart = "import { track } from './analytics';\n\n// 😀\ntrack('Cart Viewed', { total: 1.5 });\n"
    analytics = "import { FullStory } from '@fullstory/browser';\nexport const track = (n: string, p = {}) => FullStory.event(n, p);\n"
    registry = "version: 1\nevents:\n  Cart Viewed:\n    side: client\n    properties:\n      total: {type: real}\n"
    shop = tmp_path / "shop"
    write_project(shop, {"fslint.toml": "", "events.yaml": registry, "cart.ts": cart, "analytics.ts": analytics})
    (tmp_path / "script.lua").write_text(SCRIPT)
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
        "REPORT": str(tmp_path / "report.json"),
        "SERVER": json.dumps([sys.executable, "-m", "fslint", "lsp"]),
    }
    assert NEOVIM is not None
    command = [NEOVIM, "--headless", "--clean", "-n", "cart.ts", "-c", f"luafile {tmp_path / 'script.lua'}"]
    done = subprocess.run(command, cwd=shop, env=environment, capture_output=True, text=True, timeout=120)
    report = json.loads((tmp_path / "report.json").read_text())
    assert "problem" not in report, (report, done.stderr)
    assert report["before"] == [{"code": "FS301", "line": 3, "column": 23}]
    assert (shop / "cart.ts").read_text() == cart.replace("total:", "total_real:")
