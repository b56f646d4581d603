"""Awaits, guards, order, duplicates and sides of browser calls, in small projects.

A project is {path: source} with the codes that run; a line that a finding stands on ends in a comment with `!FSnnn`.
"""

from __future__ import annotations

import pytest
from markers import Projects, found_and_marked

PROJECTS: Projects = {}
PROJECTS["509"] = (
    {
        "w/a.ts": """
import { FullStory } from '@fullstory/browser';
export async function a() {
  await FS('trackEvent', { name: 'A', properties: {} }); // !FS509
  await FS.event('B', {}); // !FS509
  await FullStory('setIdentity', { uid: '1' }); // !FS509
  await FullStory('setIdentityAsync', { uid: '1' });
  await FullStory('getSession');
  const x = await FS.identify('user_1', {}); // !FS509
  await Promise.all([FS('trackEvent', { name: 'C', properties: {} }), other()]); // !FS509
  await track('D');
  FS('shutdown');
  await FS('shutdown'); // !FS509
  await window.FS?.event('E', {}); // !FS509
  return await FS('observeAsync', { type: 'start', callback() {} });
}
const track = async (n: string) => { FS.event(n, {}); };
""",
        "m/a.tsx": """
import FullStory from '@fullstory/react-native';
export async function a() { const u = await FullStory.getCurrentSessionURL(); await FullStory.event('A', {}); }
""",
    },
    ("FS509",),
)
PROJECTS["513"] = (
    {
        "w/a.ts": """
export function a() { return FS.getCurrentSessionURL(true); } // !FS513
export function b() { try { return FS.getCurrentSessionURL(true); } catch { return null; } }
export function c() { return FS.getCurrentSessionURL?.(true); }
export function d() { if (window.FS) { return window.FS.getCurrentSessionURL(); } } // !FS513
export function e() { if (window.FS && window.FS.getCurrentSessionURL) { return window.FS.getCurrentSessionURL(); } }
export function f() { return typeof FS.getCurrentSession === 'function' ? FS.getCurrentSession() : null; }
window._fs_ready = () => { send(FS.getCurrentSessionURL()); };
FS('observe', { type: 'start', callback: () => { send(FS.getCurrentSessionURL()); } });
window['_fs_ready'] = function () { send(window.FS.getCurrentSessionURL()); };
function onReady() { send(FS.getCurrentSessionURL()); }
window._fs_ready = onReady;
export function g() { if (!FS.getCurrentSessionURL) return; el.onclick = () => send(FS.getCurrentSessionURL()); }
export function h() { if (typeof FS !== 'undefined' && typeof FS.getCurrentSessionURL !== 'undefined') send(FS.getCurrentSessionURL()); }
const url = FS.getCurrentSessionURL(); // !FS513
""",
        "w/b.ts": """
import { FullStory } from '@fullstory/browser';
import * as FS1 from '@fullstory/browser';
export const a = () => FullStory.getCurrentSessionURL();
""",
        "m/c.ts": """
import FullStory from '@fullstory/react-native';
export const a = () => FullStory.getCurrentSessionURL();
""",
    },
    ("FS513",),
)
PROJECTS["514"] = (
    {
        "w/a.ts": """
import { FullStory, init } from '@fullstory/browser';
FullStory('trackEvent', { name: 'A', properties: {} }); // !FS514
FullStory.event('A2', {}); // !FS514
function f() { FullStory('trackEvent', { name: 'B', properties: {} }); }
f();
document.addEventListener('click', () => FullStory('trackEvent', { name: 'C', properties: {} }));
init({ orgId: 'X' });
FullStory('trackEvent', { name: 'D', properties: {} });
""",
        "w/b.ts": """
import { FullStory } from '@fullstory/browser';
FullStory('trackEvent', { name: 'E', properties: {} });
""",
        "w/c.ts": """
import { FullStory, init } from '@fullstory/browser';
if (import.meta.env.PROD) { init({ orgId: 'X' }); }
FullStory('trackEvent', { name: 'F', properties: {} });
""",
        "w/d.js": """
import * as FullStory from '@fullstory/browser';
FullStory.identify('user_1', {}); // !FS514
FullStory.init({ orgId: 'X' });
""",
    },
    ("FS514",),
)
PROJECTS["508"] = (
    {
        "w/a.ts": """
FS.event('A', {}); // !FS508
FS('trackEvent', { name: 'B', properties: {} }); // !FS508
window.FS.event('C', {}); // !FS508
window.FS?.event('D', {});
window.FS && window.FS.event('E', {});
if (window.FS) { FS.event('F', {}); }
if (typeof FS !== 'undefined') FS.event('G', {});
try { FS.event('H', {}); } catch {}
function a() { if (typeof window.FS === 'undefined') return; FS.event('I', {}); }
function b() { if (!window.FS) return; el.onclick = () => { FS.event('J', {}); }; }
function c() { FS?.('trackEvent', { name: 'K', properties: {} }); }
function d() { if ('FS' in window) window.FS.event('L', {}); }
function e(x: any) { if (x) window.FS.event('M', {}); } // !FS508
""",
        "w/b.ts": """
import { FullStory } from '@fullstory/browser';
FullStory('trackEvent', { name: 'Z', properties: {} });
""",
    },
    ("FS508",),
)
PROJECTS["204"] = (
    {
        "w/a.ts": """
import { trackServerEvent } from '@acme/t';
export async function a(u: string) {
  await trackServerEvent('A', u, {n: 1});
  if (x) await trackServerEvent('A', u, {n: 2}); // !FS204
}
function helper(u: string) { trackServerEvent('B', u, {n: 1}); }
export function b(u: string) { helper(u); trackServerEvent('B', u, {n: 1}); } // !FS204
export function c(u: string, k: string) {
  if (k === 'a') trackServerEvent('C', u, {n: 1});
  else if (k === 'b') trackServerEvent('C', u, {n: 1});
  else trackServerEvent('C', u, {n: 1});
}
export function d(u: string) {
  if (a) trackServerEvent('D', u, {n: 1});
  if (b) trackServerEvent('D', u, {n: 1});
}
export function e(u: string) {
  setTimeout(() => trackServerEvent('E', u, {n: 1}), 1);
  trackServerEvent('E', u, {n: 1});
}
export function f(u: string, xs: any[]) {
  for (const x of xs) trackServerEvent('F', u, {n: 1});
  trackServerEvent('F', u, {n: 1});
}
export function g(u: string) {
  try { work(); trackServerEvent('G', u, {n: 1}); } catch { trackServerEvent('G', u, {n: 2}); }
}
function dispatch(k: string) {
  switch (k) { case 'x': trackServerEvent('H', 'user_1', {n: 1}); break; case 'y': trackServerEvent('I', 'user_1', {n: 1}); break; }
}
export function h() { dispatch('x'); dispatch('y'); }
export function i(u: string) { return ok ? trackServerEvent('J', u, {n: 1}) : trackServerEvent('J', u, {n: 1}); }
export function j(u: string) {
  trackServerEvent('K', u, {n: 1}); trackServerEvent('K', u, {n: 1}); trackServerEvent('K', u, {n: 1}); // !FS204
}
export function k(u: string) {
  if (!u) { trackServerEvent('L', u, {n: 1}); throw new Error(); }
  trackServerEvent('L', u, {n: 1});
}
"""
    },
    ("FS204",),
)
PROJECTS["506"] = (
    {
        "w/a.ts": """
FS.event('Order Completed', {}); // !FS506
FS.event('subscription_renewed', {}); // !FS506
FS.event('paymentFailed', {}); // !FS506
FS.event('Order Viewed', {});
FS.event('Reorder Completed', {});
""",
        "s/b.py": 'from t import track_server_event\ntrack_server_event("Job Done", "user_1", {"n": 1})\ntrack_server_event("Button Clicked", "user_1", {"n": 1})  # !FS512\n',
    },
    ("FS506", "FS512"),
)
PROJECTS["506unres"] = (
    {
        "w/a.ts": """
FS.event('Order Completed', {});
""",
        "s/b.py": 'from t import track_server_event\ndef f(n, u): track_server_event(n, u.uid, {"n": 1})\n',
    },
    ("FS506", "FS512"),
)
PROJECTS["506noserver"] = (
    {
        "w/a.ts": """
FS.event('Order Completed', {});
"""
    },
    ("FS506",),
)


@pytest.mark.parametrize("name", PROJECTS)
def test_project(name: str) -> None:
    found, expected = found_and_marked(*PROJECTS[name])
    assert found == expected
