"""FS4 on small projects: forms of user IDs, numbers, personal and missing ones."""

from __future__ import annotations

import pytest
from ruletest import findings

IMPORT = "from telemetry import track_server_event\n"


def lines(files: dict[str, str], *codes: str) -> list[tuple[str, str, int]]:
    return findings(files, codes)


AGREE = {
    "template and literal of one prefix": ("FS.identify(`user_${u.id}`);", "'user_12'"),
    "an id attribute and any prefix": ("FS.identify(u.id);", "'user_12'"),
    "two names of one id": ("FS.identify(u.uid);", "order['user_id']"),
    "a hash and an id": ("FS.identify(sha256(u.email));", "order.pk"),
    "a name without digits": ("FS.identify('user_12');", "'system'"),
    "a choice of forms": ("FS.identify(c ? 'a_1' : 'b_2');", "'user_12'"),
}


@pytest.mark.parametrize("case", AGREE)
def test_ids_that_agree(case: str) -> None:
    client, server = AGREE[case]
    files = {
        "web/a.js": client + "\n",
        "api/a.py": f'{IMPORT}def f(order):\n    track_server_event("A", {server}, {{}})\n',
    }
    assert lines(files, "FS401") == []


DIFFER = {
    "prefix and bare number": ("FS.identify('user_12');", "'12'"),
    "two separators": ("FS.identify('user_12');", "'user-12'"),
    "two templates": ("FS.identify(`u:${u.id}`);", "f'user_{order.id}'"),
    "number and uuid": ("FS.identify('12');", "'4f9d2c1e-7a54-4a0c-9e0b-0f2a6d1b7c33'"),
    "sub and id": ("FS.identify(u.id);", "order.sub"),
}


@pytest.mark.parametrize("case", DIFFER)
def test_ids_that_differ_stand_at_the_server_at_a_tie(case: str) -> None:
    client, server = DIFFER[case]
    files = {
        "web/a.js": client + "\n",
        "api/a.py": f'{IMPORT}def f(order):\n    track_server_event("A", {server}, {{}})\n',
    }
    assert lines(files, "FS401") == [("FS401", "api/a.py", 3)]


def test_a_placeholder_has_no_form_for_others_to_contradict() -> None:
    files = {"web/a.js": "FS.identify('0');\nFS.identify('kiosk-17');\n"}
    assert lines(files, "FS401", "FS404") == [("FS404", "web/a.js", 1)]


def test_a_personal_form_is_never_the_usual_one() -> None:
    files = {
        "web/a.js": "FS.identify(u.email);\nFS.identify(v.email);\n",
        "api/a.py": IMPORT + 'def f(order):\n    track_server_event("A", order.id, {})\n',
    }
    assert lines(files, "FS401", "FS403") == [("FS401", "web/a.js", 1), ("FS401", "web/a.js", 2)]


def test_numbers_addresses_placeholders_and_missing_ones() -> None:
    files = {
        "web/a.ts": """
        interface U { id?: string; n: number; email: string; org: { id: number | null } }
        export function f(u: U, v: U | null) {
          FS.identify(`u_${u.id}`);
          FS.identify(u.n);
          FS.identify(u.org.id);
          FS.identify(u.email.toLowerCase());
          FS.identify(v ? v.id : 'anonymous');
          FS.identify(String(u.n));
          if (u.id) FS.identify(`u_${u.id}`);
          FS.identify('');
          FS.identify(false);
        }
        """
    }
    assert lines(files, "FS402", "FS403", "FS404", "FS406") == [
        ("FS406", "web/a.ts", 3),
        ("FS402", "web/a.ts", 4),
        ("FS402", "web/a.ts", 5),
        ("FS403", "web/a.ts", 6),
        ("FS404", "web/a.ts", 7),
        ("FS404", "web/a.ts", 10),
    ]


def test_what_a_guard_shows_is_not_missing() -> None:
    files = {
        "api/a.py": """
        from flask import session
        from telemetry import track_server_event
        def a():
            if not session.get("member"):
                return None
            track_server_event("A", str(session.get("member")), {})
        def b(payload):
            member = payload.get("owner")
            if member is None:
                return
            track_server_event("B", f"m_{member}", {})
        def c(export):
            uid = f"u_{export.get('id')}" if export.get("id") else "user_0"
            track_server_event("C", uid, {})
        def d(payload):
            track_server_event("D", f"m_{payload.get('owner')}", {})
        """
    }
    assert lines(files, "FS406") == [("FS406", "api/a.py", 16)]


def test_nobody_is_identified() -> None:
    server = IMPORT + 'def f(order):\n    track_server_event("A", order.id, {})\n'
    assert lines({"web/a.js": "FS.event('B', {});\n", "api/a.py": server}, "FS405") == [("FS405", "api/a.py", 3)]
    assert lines({"web/a.js": "FS.identify(false);\n", "api/a.py": server}, "FS405") == [("FS405", "api/a.py", 3)]
    assert lines({"web/a.js": "FS('setIdentity', options);\n", "api/a.py": server}, "FS405") == []
    assert lines({"web/a.js": "FS.setUserVars({ uid: u.id });\n", "api/a.py": server}, "FS405") == []
    assert lines({"api/a.py": server}, "FS405") == []


def test_a_guard_in_a_wrapper_rules_nothing_out_but_what_it_tests() -> None:
    wrapper = """
    export function identifyUser(id: string | null | undefined) {
      const fs = window.FS;
      if (!id) { fs?.anonymize(); return; }
      fs.identify(id);
    }
    export function identifyAnyone(id: string | null) { window.FS.identify(id); }
    export function identifyThe({ id }: { id: string | null }) { if (id !== null) window.FS.identify(id); }
    """
    caller = """
    import { identifyUser, identifyAnyone, identifyThe } from './wrapper';
    export function App({ user }) {
      identifyUser(user?.id ?? null);
      identifyUser(null);
      identifyUser('');
      identifyThe({ id: user?.id ?? null });
      identifyThe({ id: '' });
      identifyAnyone(user?.id ?? null);
    }
    """
    assert lines({"web/wrapper.ts": wrapper, "web/app.ts": caller}, "FS404") == [
        ("FS404", "web/app.ts", 7),
        ("FS404", "web/app.ts", 8),
    ]


def test_a_helper_that_leaves_without_an_id_gives_one() -> None:
    python = """
    from telemetry import track_server_event

    def current(request):
        user_id = request.session.get("id") if request.session else None
        if user_id is None:
            return {"ok": False}
        return {"ok": True, "user_id": user_id}

    def careless(request):
        return {"user_id": request.session.get("id") if request.session else None}

    def view(request):
        track_server_event("A", current(request)["user_id"], {})
        track_server_event("B", careless(request)["user_id"], {})
    """
    assert lines({"api/a.py": python}, "FS404") == [("FS404", "api/a.py", 10)]


def test_an_own_tracker_that_takes_nobody() -> None:
    files = {
        "lib/track.ts": """
        export async function trackServerEvent(name: string, userId: string | null, props = {}) { await db.insert({ name, userId, props }); }
        """,
        "lib/strict.ts": """
        export async function trackServerEvent(name: string, userId: string, props = {}) { await db.insert({ name, userId, props }); }
        """,
        "lib/object.ts": """
        export async function trackServerEvent(event: { name: string; userId?: string }) { await db.insert(event); }
        """,
        "api/a.ts": """
        import { trackServerEvent } from '../lib/track';
        export function f(user) { trackServerEvent('A', null); trackServerEvent('A', user ? user.id : null); }
        """,
        "api/b.ts": """
        import { trackServerEvent } from '../lib/strict';
        export function f(user) {
          trackServerEvent('B', user ? user.id : null);
        }
        """,
        "api/c.ts": """
        import { trackServerEvent } from '../lib/object';
        export function f(user) { trackServerEvent({ name: 'C', userId: user ? user.id : undefined }); }
        """,
        "api/d.py": """
        from .tracking import track_server_event
        def f(actor):
            track_server_event(name="D", user_id=actor.id if actor else None)
        """,
        "api/tracking.py": """
        def track_server_event(*, name: str, user_id: str | None = None) -> None:
            rows.append((name, user_id))
        """,
    }
    assert lines(files, "FS404") == [("FS404", "api/b.ts", 3)]


def test_conversions_of_declared_numbers_and_uuids_are_bare() -> None:
    files = {
        "web/a.ts": """
        interface User { id: number; name: string }
        export function a(u: User) { FS.identify(`user_${u.id}`); }
        export function b(u: User) { FS.identify(`user_${u.id}`); }
        export function c(u: User) { FS.identify(`user_${u.id}`); }
        export function d(u: User) { FS.identify(String(u.id)); }
        export function e(u: User) { FS.identify(`${u.id}`); }
        export function g(u: User) { FS.identify(String(u.name)); }
        """,
        "api/a.py": """
        from uuid import UUID
        from django.db import models
        from telemetry import track_server_event

        class Account(models.Model):
            id = models.UUIDField(primary_key=True)

        def f(user_id: UUID, other: UUID | None, text: str, account: Account):
            track_server_event("A", str(user_id), {})
            track_server_event("A", f"{other}", {})
            track_server_event("A", str(text), {})
            track_server_event("A", str(account.id), {})
        """,
    }
    assert lines(files, "FS401") == [
        ("FS401", "api/a.py", 9),
        ("FS401", "api/a.py", 10),
        ("FS401", "api/a.py", 12),
        ("FS401", "web/a.ts", 5),
        ("FS401", "web/a.ts", 6),
    ]


def test_a_global_that_may_be_missing() -> None:
    files = {
        "web/a.js": """
        FS.identify(`u_${currentUser?.id}`);
        FS.identify(`u_${window.session.user?.id}`);
        FS.identify(`u_${currentUser.id}`);
        FS.identify(`u_${currentUser?.id ?? 'x1'}`);
        if (currentUser) FS.identify(`u_${currentUser?.id}`);
        FS.identify(currentUser?.id);
        """
    }
    assert lines(files, "FS406") == [("FS406", "web/a.js", 1), ("FS406", "web/a.js", 2)]


def test_a_guard_in_a_wrapper_that_converts() -> None:
    files = {
        "web/fs.ts": """
        export const identified = (uid?: string) => { if (!uid) return; FS.identify(String(uid)); };
        export const typed = (p: { uid?: number }) => { if (typeof p.uid === 'undefined' || p.uid < 0) return; FS.identify(`u_${p.uid}`); };
        export const careless = (uid?: string) => { FS.identify(String(uid)); };
        export const other = (uid?: string, name?: string) => { if (name) FS.identify(String(uid)); };
        """,
        "web/a.tsx": """
        import { identified, typed, careless, other } from './fs';
        interface Q { readonly user?: string; uid?: number }
        export function A({ user, uid }: Q) {
          identified(user);
          typed({ uid });
          careless(user);
          other(user, user);
          FS.identify(user.toString());
        }
        """,
    }
    assert lines(files, "FS406") == [("FS406", "web/a.tsx", 6)]
