"""FS5 and FS204 on small projects: who waits, who fails, what is frozen, what is lost. Silent cases first."""

from __future__ import annotations

import pytest
from ruletest import findings

SEND = """
    import requests
    def send(name):
        try:
            requests.post("https://api.fullstory.com/v2/events", json={"name": name, "user": {"uid": "user_1"}}, timeout=3)
        except requests.RequestException:
            pass
    """


def lines(files: dict[str, str], *codes: str) -> list[tuple[str, str, int]]:
    return findings(files, codes)


SILENT = {
    "twice-in-exclusive-branches": (
        {
            "web/a.ts": """
            export function b(c: boolean) { if (c) FS.event('Y', {}); if (!c) FS.event('Y', {}); }
            export function c(x: boolean) { if (x) { FS.event('Z', {}); return; } FS.event('Z', {}); }
            export function e() { try { FS.event('T', {}); } catch { FS.event('T', {}); } }
            export function f(xs: any[]) { FS.event('L', {}); xs.forEach(() => FS.event('L', {})); }
            export function g() { FS.event('H', {}); document.onclick = () => FS.event('H', {}); }
            export const h = (ok: boolean) => ok ? FS.event('U', {}) : FS.event('U', {});
            export function i(k: string) {
              switch (k) { case 'a': FS.event('V', {}); break; default: FS.event('V', {}); }
            }
            """
        },
        ("FS204",),
    ),
    "listener-once-and-throttled": (
        {
            "web/a.ts": """
            window.addEventListener('scroll', throttle(() => FS.event('T', {}), 100));
            window.addEventListener('resize', () => FS.event('R', {}), { once: true });
            """
        },
        ("FS504",),
    ),
    "hook-after-the-response": (
        {
            "server/a.ts": """
            import Fastify from 'fastify';
            import { trackServerEvent } from '@acme/fs';
            const app = Fastify();
            app.addHook('onResponse', async () => { await trackServerEvent('Sent', 'user_1', { n: 1 }); });
            """
        },
        ("FS501",),
    ),
    "a-signal-is-no-handler": (
        {
            "a/signals.py": """
            from django.db.models.signals import post_save
            from django.dispatch import receiver
            from a.http import send
            @receiver(post_save)
            def on_save(sender, **kw):
                send("Signal")
            """,
            "a/http.py": SEND,
        },
        ("FS501", "FS505"),
    ),
    "critical-words-apart": (
        {
            "web/a.ts": "FS.event('Payment Method Changed', {}); FS.event('Order Review Completed', {});",
            "api/a.py": 'from t import track_server_event\ntrack_server_event("Job Done", "user_1", {})\n',
        },
        ("FS506", "FS512"),
    ),
    "awaited-async-operations": (
        {
            "web/a.ts": """
            export async function f() {
              await FS('trackEventAsync', { name: 'C', properties: {} });
              return await FS('getSession');
            }
            """
        },
        ("FS509",),
    ),
}


@pytest.mark.parametrize("case", SILENT)
def test_silent(case: str) -> None:
    files, codes = SILENT[case]
    assert lines(files, *codes) == []


def test_sent_twice() -> None:
    files = {
        "web/a.ts": """
        export function a() { FS.event('X', {}); FS('trackEvent', { name: 'X', properties: {} }); }
        const track = (n: string) => FS.event(n, {});
        export function d() { track('W'); FS.event('W', {}); }
        export const both = (n: string) => {
          FS.event(n, {});
          FS('trackEvent', { name: n, properties: {} });
        };
        both('P');
        both('Q');
        """
    }
    assert lines(files, "FS204") == [("FS204", "web/a.ts", line) for line in (1, 3, 6)]


def test_express_waits_through_variables_and_functions() -> None:
    files = {
        "server/a.js": """
        const express = require('express');
        const { trackServerEvent } = require('./fs');
        const router = express.Router();
        const note = async (u) => { await trackServerEvent('Seen', u.id, { n: 1 }); };
        router.get('/x', async (req, res) => {
          const p = note(req.user);
          const data = await load();
          await p;
          res.json(data);
        });
        router.get('/y', async (req, res) => {
          await Promise.all([save(), trackServerEvent('Saved', req.user.id, { n: 1 })]);
          res.json({});
        });
        router.use(async (req, res, next) => { await trackServerEvent('Hit', req.user.id, { n: 1 }); next(); });
        module.exports = router;
        """
    }
    assert lines(files, "FS501", "FS502", "FS510") == [("FS501", "server/a.js", line) for line in (4, 12, 15)]


FRAMEWORKS = {
    "trpc": """
        import { initTRPC } from '@trpc/server';
        import { trackServerEvent } from '@acme/fs';
        const t = initTRPC.create();
        export const add = t.procedure.mutation(async () => {
          await trackServerEvent('T', 'user_1', { n: 1 });
        });
        """,
    "hono": """
        import { Hono } from 'hono';
        import { trackServerEvent } from '@acme/fs';
        const app = new Hono();
        app.post('/x', async (c) => {
          await trackServerEvent('H', 'user_1', { n: 1 });
          return c.json({});
        });
        """,
    "fastify-returns": """
        import Fastify from 'fastify';
        import { trackServerEvent } from '@acme/fs';
        const app = Fastify();
        app.get('/x', async () =>
          trackServerEvent('F', 'user_1', { n: 1 }));
        """,
    "graphql": """
        import { ApolloServer } from '@apollo/server';
        import { trackServerEvent } from '@acme/fs';
        const resolvers = {
          Mutation: { pay: async () => {
            await trackServerEvent('G', 'user_1', { n: 1 }); return true; } } };
        new ApolloServer({ typeDefs, resolvers });
        """,
}


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_javascript_frameworks_wait(name: str) -> None:
    assert lines({"server/a.ts": FRAMEWORKS[name]}, "FS501") == [("FS501", "server/a.ts", 5)]


def test_file_conventions_wait() -> None:
    files = {
        "src/routes/+server.ts": """
        import { trackServerEvent } from '$lib/server/fs';
        export async function POST() { await trackServerEvent('Posted', 'user_1', { n: 1 }); return new Response(); }
        """,
        "src/routes/+page.server.ts": """
        import { trackServerEvent } from '$lib/server/fs';
        export const load = async () => { await trackServerEvent('Load', 'user_1', { n: 1 }); return {}; };
        """,
        "server/api/d.ts": """
        import { trackServerEvent } from '@acme/fs';
        export default defineEventHandler(async () => { await trackServerEvent('N', 'user_1', { n: 1 }); return {}; });
        """,
    }
    assert [(path, line) for _, path, line in lines(files, "FS501")] == [
        ("server/api/d.ts", 2),
        ("src/routes/+page.server.ts", 2),
        ("src/routes/+server.ts", 2),
    ]


def test_django_waits_in_views_and_on_commit() -> None:
    files = {
        "a/views.py": """
        from functools import partial
        from django.db import transaction
        from a.http import send
        def view(request):
            transaction.on_commit(lambda: send("Commit"))
            transaction.on_commit(partial(send, "Part"))
            def later():
                send("Named")
            transaction.on_commit(later)
        """,
        "a/urls.py": """
        from django.urls import path
        from a.views import view
        urlpatterns = [path("x", view)]
        """,
        "a/http.py": SEND,
    }
    assert lines(files, "FS501") == [("FS501", "a/views.py", line) for line in (5, 6, 8)]


def test_python_frameworks_wait() -> None:
    files = {
        "a/aio.py": """
        from aiohttp import web
        from t import track_server_event_async
        async def g(request):
            await track_server_event_async("B", "user_1", {"n": 1})
            return web.Response()
        app = web.Application()
        app.router.add_post("/x", g)
        """,
        "a/lit.py": """
        from litestar import get
        from t import track_server_event_async
        @get("/")
        async def h() -> dict:
            await track_server_event_async("L", "user_1", {"n": 1})
            return {}
        """,
        "a/fast.py": """
        from fastapi import Depends, FastAPI
        from t import track_server_event_async
        app = FastAPI()
        async def audit(user=Depends(me)):
            await track_server_event_async("Audited", user.id, {"n": 1})
            yield
            await track_server_event_async("After", user.id, {"n": 1})
        @app.get("/x")
        async def x(_=Depends(audit)):
            return {}
        """,
    }
    assert lines(files, "FS501") == [("FS501", "a/aio.py", 4), ("FS501", "a/fast.py", 5), ("FS501", "a/lit.py", 5)]


def test_serverless_freezes_what_floats() -> None:
    files = {
        "fn/handler.ts": """
        import { trackServerEvent } from '@acme/fs';
        export const handler = async (event: any) => {
          trackServerEvent('Ran', event.uid, { n: 1 });
          await trackServerEvent('Ran Well', event.uid, { n: 1 });
          return { statusCode: 200 };
        };
        """,
        "src/index.ts": """
        import { trackServerEvent } from '@acme/fs';
        export default {
          async fetch(req: Request, env: any, ctx: ExecutionContext) {
            ctx.waitUntil(trackServerEvent('A', 'user_1', { n: 1 }));
            trackServerEvent('B', 'user_1', { n: 1 });
            await trackServerEvent('C', 'user_1', { n: 1 });
            return new Response('ok');
          },
        };
        """,
    }
    assert lines(files, "FS501", "FS502", "FS510") == [
        ("FS510", "fn/handler.ts", 3),
        ("FS502", "fn/handler.ts", 4),
        ("FS510", "src/index.ts", 5),
        ("FS501", "src/index.ts", 6),
    ]


def test_a_blocking_request_in_a_coroutine_stands_there_once() -> None:
    files = {
        "api/a.py": """
        import requests
        async def f(u):
            requests.post("https://api.fullstory.com/v2/events", json={"name": "X", "user": {"uid": u}}, timeout=3)
        async def g(u):
            send("Y", u)
        def send(n, u):
            requests.post("https://api.fullstory.com/v2/events", json={"name": n, "user": {"uid": u}}, timeout=3)
        """
    }
    assert lines(files, "FS501", "FS502", "FS505") == [("FS505", "api/a.py", 3), ("FS505", "api/a.py", 5)]


def test_sides_that_should_change() -> None:
    files = {
        "web/a.ts": "FS.event('orderPlaced', {});\nFS.event('invoice_paid', {});\n",
        "api/a.py": 'from t import track_server_event\ntrack_server_event("Button Clicked", "user_1", {})\n',
    }
    assert lines(files, "FS506", "FS512") == [
        ("FS512", "api/a.py", 2),
        ("FS506", "web/a.ts", 1),
        ("FS506", "web/a.ts", 2),
    ]


def test_client_calls() -> None:
    files = {
        "web/a.tsx": """
        export const L = () => <div onScroll={() => FS.event('Scrolled', {})} onChange={() => FS.event('Changed', {})} />;
        window.addEventListener('mousemove', () => FS.event('Moved', {}));
        export async function f() {
          await FS('trackEvent', { name: 'A', properties: {} });
          await Promise.all([FS('trackEvent', { name: 'D', properties: {} }), other()]);
        }
        """,
        "web/b.ts": """
        import { FullStory, init } from '@fullstory/browser';
        FullStory.event('Early', {});
        init({ orgId: 'o-1-na1' });
        FullStory.event('Late', {});
        """,
    }
    assert lines(files, "FS504", "FS509", "FS514") == [
        ("FS504", "web/a.tsx", 1),
        ("FS504", "web/a.tsx", 2),
        ("FS509", "web/a.tsx", 4),
        ("FS509", "web/a.tsx", 5),
        ("FS514", "web/b.ts", 2),
    ]


HELPER = """
import logging
from app.db import session
def track_server_event(name, user_id, properties):
    with session.begin_nested():
        session.add(properties)
    requests.post("https://example.com/track", json=properties, timeout=3)
def record_paid(order):
    track_server_event("Order Paid", order.user_id, {})
"""
CAUGHT = """
from app.tracking import record_paid
def finish(order):
    try:
        record_paid(order)
    except Exception:
        logging.exception("tracking")
"""


def test_a_helper_whose_callers_all_catch_cannot_fail_the_app() -> None:
    helper = "import requests\n" + HELPER.lstrip()
    again = CAUGHT.replace("finish", "settle")
    assert findings({"app/tracking.py": helper}, ["FS502"]) == [("FS502", "app/tracking.py", 9)]
    assert findings({"app/tracking.py": helper, "app/a.py": CAUGHT, "app/b.py": again}, ["FS502"]) == []
    bare = "from app.tracking import record_paid\ndef finish(order):\n    record_paid(order)\n"
    assert findings({"app/tracking.py": helper, "app/a.py": CAUGHT, "app/b.py": bare}, ["FS502"]) == [
        ("FS502", "app/tracking.py", 9)
    ]


def test_a_look_up_is_no_request() -> None:
    helper = HELPER.replace('requests.post("https://example.com/track", json=properties, timeout=3)', "kept(name)")
    helper += "NAMES = {}\ndef kept(name):\n    return NAMES.get(name)\n"
    assert findings({"app/tracking.py": helper}, ["FS502"]) == []
    script = """
    const KNOWN = new Map();
    const known = (name) => KNOWN.get(name);
    export async function trackServerEvent(name, userId) {
      if (!known(name)) return;
      try { await fetch('https://example.com/track', { method: 'POST', body: name }); } catch (error) { console.error(error); }
    }
    export async function paid(user) { await trackServerEvent('Paid', user.id); }
    """
    assert findings({"srv/track.js": script}, ["FS502"]) == []


def test_a_context_manager_is_no_request() -> None:
    helper = HELPER.replace('    requests.post("https://example.com/track", json=properties, timeout=3)\n', "")
    assert findings({"app/tracking.py": helper}, ["FS502"]) == []


STUB = """
  (function(m,n,e,t,l,o,g,y){
    g=m[e]=function(a,b){g.q?g.q.push([a,b]):g._api(a,b);};g.q=[];
    g.identify=function(i,v){g(l,{uid:i});if(v)g(l,v)};g.setUserVars=function(v){FS(l,v)};
    g.setSessionVars=function(v){FS('session',v)};g.setPageVars=function(v){FS('page',v)};
    self.load();
  })(window,document,'FS','script','user');
"""


def test_the_stub_of_an_old_snippet_is_the_snippet() -> None:
    source = f"FullStory.prototype.initialize = function() {{\n  window._fs_host = 'www.fullstory.com'; // /s/fs.js{STUB}}};\n"
    assert findings({"web/analytics.js": source}) == []


def test_the_snippet_itself_makes_the_function() -> None:
    script = f"window['_fs_namespace'] = 'FS';{STUB}FS.identify('rwallace');\n"
    assert findings({"web/a.js": script}, ["FS508"]) == []
    assert findings({"web/a.js": f"FS.identify('rwallace');\n{script}"}, ["FS508"]) == [("FS508", "web/a.js", 1)]


@pytest.mark.parametrize("body, found", [("row(db, name, uid)", 0), ("httpx.post(URL, json={'name': name})", 1)])
def test_a_tracker_in_view_that_only_writes_its_own_table_makes_no_request(body: str, found: int) -> None:
    files = {
        "api/trusted.py": f"""
        import httpx
        from api.claims import row
        URL = "https://collector.example/track"
        def track_server_event(db, *, event_name, user_id, name="", uid=""):
            {body}
        """,
        "api/claims.py": """
        def row(db, name, uid):
            with db.begin_nested():
                db.add(Row(name=name, uid=uid))
            return CACHE.get(name)
        """,
        "api/views.py": """
        from api.trusted import track_server_event
        def sold(db, sales):
            for sale in sales:
                track_server_event(db, event_name="Sale Made", user_id=sale.user_id)
        """,
    }
    assert len(lines(files, "FS504")) == found
