"""Seeded synthetic monorepos: TSX, JavaScript, Python and Vue files of realistic size, a share of them with tracking.

Wrappers are three deep, constants and barrels stand in files of their own, so that linking has work to do.
"""

from __future__ import annotations

import random
from pathlib import Path

_FILLER_TS = """export function {name}(items: readonly Item[], limit = {n}): Item[] {{
  const seen = new Map<string, Item>();
  for (const item of items) {{
    if (item.size > limit && !seen.has(item.key)) seen.set(item.key, {{ ...item, size: item.size - limit }});
  }}
  return [...seen.values()].sort((a, b) => a.size - b.size);
}}

"""
_FILLER_PY = '''def {name}(items, limit={n}):
    """Keep what is larger than the limit."""
    seen = {{}}
    for item in items:
        if item.size > limit and item.key not in seen:
            seen[item.key] = item.with_size(item.size - limit)
    return sorted(seen.values(), key=lambda item: item.size)


'''


def generate(root: Path, files: int, share: float, seed: int = 7) -> int:
    """Write a tree of ``files`` files, ``share`` of them with tracking calls; gives the number of named events."""
    rng = random.Random(seed)
    events = 0
    base = {
        "web/src/analytics/fullstory.ts": "import { FullStory } from '@fullstory/browser';\n"
        "export function send(name: string, props: Record<string, unknown> = {}) {\n  FullStory.event(name, props);\n}\n",
        "web/src/analytics/track.ts": "import { send } from './fullstory';\n"
        "export const track = (name: string, props: Record<string, unknown> = {}) => send(name, { ...props, app_str: 'web' });\n",
        "web/src/analytics/index.ts": "export { track } from './track';\nexport { EVENTS } from './events';\n",
        "server/telemetry/client.py": "from vendor import track_server_event\n\n\ndef emit(name, uid, **props):\n"
        "    try:\n        track_server_event(name, uid, props)\n    except Exception:\n        pass\n",
        "server/telemetry/service.py": "from telemetry.client import emit\n\n\ndef record(name, user, **props):\n"
        "    emit(name, f'user_{user.id}', **props)\n",
        "server/telemetry/__init__.py": "from telemetry.service import record\n",
    }
    constants = []
    for number in range(files - len(base) - 1):
        kind = ("tsx", "tsx", "tsx", "ts", "js", "py", "py", "py", "py", "vue")[number % 10]
        python = kind == "py"
        tracks = rng.random() < share
        text = ""
        filler = _FILLER_PY if python else _FILLER_TS
        for part in range(rng.randint(4, 22)):
            text += filler.format(name=f"select_{number}_{part}", n=part)
        if tracks and python:
            events += 1
            text = f"from telemetry import record\n\n\n{text}def done(user, rows):\n    record('Job {number} Done', user, rows_int=len(rows))\n"
        elif tracks:
            events += 1
            constants.append(f"  E{number}: 'Thing {number} Used',")
            text = "import { EVENTS, track } from '../analytics';\n" + text
            text += f"export const used{number} = () => track(EVENTS.E{number}, {{ n_int: {number} }});\n"
        if kind == "vue":
            text = f'<template><p>{number}</p></template>\n<script lang="ts">\n{text}</script>\n'
        folder = "server/jobs" if python else "web/src/features"
        base_path = root / folder / f"d{number % 97}" / f"file_{number}.{kind}"
        if not python:
            text = text.replace("'../analytics'", "'../../analytics'")
        base_path.parent.mkdir(parents=True, exist_ok=True)
        base_path.write_text(text)
    base["web/src/analytics/events.ts"] = "export const EVENTS = {\n" + "\n".join(constants) + "\n} as const;\n"
    for name, text in base.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return events
