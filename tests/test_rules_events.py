"""FS1, FS2, FS7 and the interplay of names, sides and the registry, on small projects."""

from __future__ import annotations

import pytest
from ruletest import findings

IMPORT = "from telemetry import track_server_event\n"


def lines(files: dict[str, str], *codes: str) -> list[tuple[str, str, int]]:
    return findings(files, codes)


def test_an_empty_alternative_of_a_name_is_not_unregistered() -> None:
    files = {"events.yaml": "events:\n  Opened: {side: client}\n", "web/a.js": "FS.event(ok ? 'Opened' : '');\n"}
    assert lines(files, "FS101") == []


def test_unregistered_silent_for_aliases_templates_and_unknown_names() -> None:
    files = {
        "events.yaml": "version: 1\nevents:\n  Cart Viewed: {side: client, aliases: [Cart Seen]}\n",
        "web/a.ts": "FS.event('Cart Seen', {});\nexport const go = (n: string) => FS.event(n, {});\n",
    }
    assert lines(files, "FS101") == []


def test_unregistered_stands_at_each_bad_alternative() -> None:
    files = {
        "events.yaml": "version: 1\nevents:\n  Cart Viewed: {side: client}\n",
        "web/a.ts": "export const f = (c: boolean) =>\n  FS.event(c\n    ? 'Cart Viewed'\n    : 'Cart Vewed', {});\n",
    }
    assert lines(files, "FS101") == [("FS101", "web/a.ts", 4)]


def test_unused_is_silent_while_a_dynamic_name_could_be_it() -> None:
    files = {
        "events.yaml": "version: 1\nevents:\n  Step 1 Done: {side: client}\n  Step Lost: {side: client}\n  Gone: {side: client}\n",
        "web/a.ts": "export const f = (i: { n: number }) => FS.event(`Step ${i.n} Done`, {});\n",
    }
    assert lines(files, "FS102") == [("FS102", "events.yaml", 4), ("FS102", "events.yaml", 5)]


def test_unused_of_both_sides_fires_only_if_both_have_calls() -> None:
    registry = "version: 1\nevents:\n  Never: {side: both}\n  A: {side: client}\n"
    client = {"events.yaml": registry, "web/a.js": "FS.event('A', {});\n"}
    assert lines(client, "FS102") == []
    both = client | {"api/a.py": IMPORT + 'track_server_event("B", "u_1", {})\n'}
    assert lines(both, "FS102") == [("FS102", "events.yaml", 3)]


def test_a_duplicate_stands_on_the_side_that_the_registry_forbids() -> None:
    files = {
        "events.yaml": "version: 1\nevents:\n  Opened: {side: client, aliases: [Panel Opened]}\n",
        "web/a.js": "FS.event('Opened', {});\n",
        "api/a.py": IMPORT + 'track_server_event("Panel Opened", "u_1", {})\n',
    }
    assert lines(files, "FS201", "FS103") == [("FS201", "api/a.py", 2)]


def test_both_that_nobody_reviewed_still_fires() -> None:
    files = {
        "events.yaml": "version: 1\nevents:\n  Opened: {side: both, reviewed: false}\n",
        "web/a.js": "FS.event('Opened', {});\n",
        "api/a.py": IMPORT + 'track_server_event("Opened", "u_1", {})\n',
    }
    assert lines(files, "FS201") == [("FS201", "web/a.js", 1)]


def test_near_duplicates_are_counted_by_call_sites() -> None:
    files = {
        "web/names.ts": "export const A = 'plan_chosen';\nexport const B = 'Plan Chosen';\n",
        "web/a.ts": "import { A, B } from './names';\nFS.event(B, {});\nexport const f = () => FS.event(A, {});\n"
        "export const g = () => FS.event(A, {});\n",
    }
    assert lines(files, "FS202") == [("FS202", "web/names.ts", 2)]


def test_apps_are_compared_on_their_own() -> None:
    files = {
        "fslint.toml": '[[apps]]\nname = "a"\npaths = ["a/**"]\n[[apps]]\nname = "b"\npaths = ["b/**"]\n',
        "a/x.js": "FS.event('Same', {});\nFS.event('Other', {});\n",
        "b/y.js": "trackServerEvent('Same', 'user_1', { n: 1 }).catch(() => {});\n",
        "a/z.py": IMPORT + 'track_server_event("Other", "user_1", {})\n',
    }
    assert lines(files, "FS201") == [("FS201", "a/x.js", 2)]


def test_several_orgs_are_not_compared() -> None:
    def app(org: str) -> str:
        return f"import {{ FullStory, init }} from '@fullstory/browser';\ninit({{ orgId: '{org}' }});\nFullStory.identify('{org[2]}_1');\n"

    files = {
        "one/package.json": "{}",
        "one/a.ts": app("o-AAAA-na1"),
        "two/package.json": "{}",
        "two/a.ts": app("o-BBBB-na1"),
    }
    assert lines(files, "FS401") == []


def test_dynamic_names() -> None:
    files = {
        "web/a.ts": """
        type Kind = 'A' | 'B';
        export function t(kind: Kind, id: string) {
          FS.event(`Opened ${kind}`, {});
          FS.event(`Opened ${id}`, {});
          FS.event('Step ' + 3, {});
          for (const x of ['a', 'b']) FS.event(`Loop ${x}`, {});
          for (const x of window.items) FS.event(`Loop ${x}`, {});
        }
        export const w = (n: string) => FS.event(`Cart: ${n}`, {});
        w('Viewed');
        w(item.title);
        """
    }
    assert lines(files, "FS701") == [("FS701", "web/a.ts", line) for line in (4, 7, 11)]


def test_names_that_are_none() -> None:
    files = {
        "web/a.ts": f"FS.event('', {{}});\nFS.event('  ', {{}});\nFS.event(x || '', {{}});\nFS.event('{'a' * 251}', {{}});\n"
    }
    assert lines(files, "FS703") == [("FS703", "web/a.ts", line) for line in (1, 2, 4)]


def test_broken_typescript_is_told_at_the_error() -> None:
    files = {
        "web/a.ts": "export function go(n: number) {\n  FS.event('Opened', { size_int: n,\n}\n"
        "export const ok = () => FS.event('Closed', { n: 1 });\n"
    }
    assert lines(files, "FS001", "FS301") == [("FS001", "web/a.ts", 2), ("FS301", "web/a.ts", 4)]


def test_a_missing_parenthesis_breaks_the_tracking_call_that_it_ends() -> None:
    files = {
        "web/a.ts": "export function go(n: number) {\n  FS.event('Opened', { size_int: n };\n}\n",
        "web/service.ts": "export class Tracking {\n  event(name: string) { FS.event(name); }\n}\n",
        "web/b.ts": "import { Tracking } from './service';\n"
        "export class Page {\n  constructor(private tracking: Tracking) {}\n"
        "  open() { this.tracking.event('Opened'; }\n}\n",
        "web/c.ts": "FS.event('Fine');\nexport function far(n: number) { return (n + 1; }\n",
    }
    assert lines(files, "FS001") == [("FS001", "web/a.ts", 2), ("FS001", "web/b.ts", 4)]


def test_a_name_of_two_parts_stands_at_the_call_that_completes_it() -> None:
    files = {
        "events.yaml": "version: 1\nevents:\n  List Made: {side: client}\n",
        "web/w.js": "export const of = (area) => (action) => FS.event(`${area} ${action}`);\n"
        "export const plus = (area) => ({ send: (action) => FS.event(area + ' ' + action) });\n",
        "web/a.js": "import { of, plus } from './w';\nconst list = of('List');\nlist('Made');\nlist('Mad');\n"
        "const { send } = plus('List');\nsend('Maed');\n",
    }
    assert lines(files, "FS101") == [("FS101", "web/a.js", 4), ("FS101", "web/a.js", 6)]


LOOKED_UP = {
    "index": "export const send = (key) => FS.event(NAMES[key], {});\n",
    "field": "export const send = (key) => FS.event(NAMES2[key].name, {});\n",
    "template": "export const send = (key) => FS.event(`${NAMES[key]}`, {});\n",
}


@pytest.mark.parametrize("how", LOOKED_UP)
def test_a_caller_who_gives_the_key_gives_the_name(how: str) -> None:
    """Only the names whose keys are given are sent, at the calls that give them."""
    files = {
        "events.yaml": "version: 1\nevents:\n  A: {side: server}\n  B: {side: client}\n  C: {side: client}\n",
        "web/w.js": "const NAMES = { a: 'A', b: 'B', c: 'C' };\nconst NAMES2 = { a: { name: 'A' }, b: { name: 'B' }, c: { name: 'C' } };\n"
        + LOOKED_UP[how],
        "web/a.js": "import { send } from './w';\nsend('b');\nsend('a');\n",
    }
    assert lines(files, "FS102", "FS103") == [("FS102", "events.yaml", 5), ("FS103", "web/a.js", 3)]


def test_a_key_given_in_python_and_a_key_that_nobody_gives() -> None:
    files = {
        "api/a.py": IMPORT
        + 'NAMES = {"a": "A", "b": "B"}\n\n\ndef send(key, uid):\n    track_server_event(NAMES.get(key, "B"), uid, {})\n'
        '\n\ndef one(u):\n    send("b", u.id)\n',
        "web/a.js": "FS.event('A');\nFS.event('B');\n",
        "web/b.js": "const N = { p: 'P', q: 'Q' };\nexport const open = (key) => FS.event(N[key]);\n",
        "api/b.py": IMPORT + 'track_server_event("Q", "u_1", {})\n',
    }
    assert lines(files, "FS201") == [("FS201", "web/a.js", 2), ("FS201", "web/b.js", 2)]


def test_an_enum_member_is_given_by_the_caller() -> None:
    files = {
        "events.yaml": "version: 1\nevents:\n  A: {side: client}\n  B: {side: server}\n  C: {side: server}\n",
        "api/ev.py": IMPORT + "from enum import Enum\n\n\nclass Ev(Enum):\n    A = 'A'\n    B = 'B'\n    C = 'C'\n\n\n"
        "def emit(event: Ev, uid):\n    track_server_event(event.value, uid, {})\n",
        "api/use.py": "from api.ev import Ev, emit\n\n\ndef go(u):\n    emit(Ev.A, u.id)\n    emit(Ev.B, u.id)\n",
        "web/a.js": "FS.event('D');\n",
    }
    assert lines(files, "FS102", "FS103") == [("FS103", "api/use.py", 5), ("FS102", "events.yaml", 5)]
