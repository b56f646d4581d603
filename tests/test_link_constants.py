"""Event names that stand elsewhere: constants, enums, look-ups, data files, types, in both languages."""

from __future__ import annotations

import pytest
from linktest import verify

NOTHING = {
    "memfs": """
        === src/a.ts
        import { fs as FS } from 'memfs';
        import { EVENTS } from './names';
        FS.event(EVENTS.A);
        === src/names.ts
        export const EVENTS = { A: 'A' }; // FullStory
        """,
    "emscripten": """
        === src/a.js
        // FullStory
        export function setup(FS, Module) { FS.event('Parameter'); FS('trackEvent', { name: 'Parameter 2' }); }
        const FS = Module.FS;
        FS.event('Own');
        === src/b.ts
        import { FS } from './emscripten';
        FS.event('Imported');
        === src/emscripten.ts
        export const FS = { event(name: string) { return name; } };
        """,
    "other-vendors": """
        === src/a.ts
        import mixpanel from 'mixpanel-browser';
        import { track } from '@vercel/analytics';
        import * as amplitude from '@amplitude/analytics-browser';
        // FullStory was here
        mixpanel.track('Mixpanel'); track('Vercel'); amplitude.track('Amplitude');
        analytics.track('Segment'); gtag('event', 'GA'); posthog.capture('Posthog');
        === app/b.py
        import posthog
        from segment import analytics  # not fullstory
        posthog.capture('user', 'Posthog'); analytics.track('user', 'Segment')
        """,
    "same-named-method-of-another-class": """
        === src/a.ts
        import { Mixpanel } from './mixpanel';
        import { FullStoryTracker } from './fs';
        new Mixpanel().track('Mixpanel');
        const both: { m: Mixpanel; f: FullStoryTracker } = { m: new Mixpanel(), f: new FullStoryTracker() };
        both.m.track('Mixpanel 2');
        === src/mixpanel.ts
        export class Mixpanel { track(name: string) { console.log(name); } }
        === src/fs.ts
        export class FullStoryTracker { track(name: string) { window.FS.event(name); } } //= client: ?
        """,
    "test-double": """
        === src/a.test.ts
        import { track } from './a';
        const FS = { event: jest.fn() };
        FS.event('Double'); track('Tested');
        === src/a.ts
        export const track = (name: string) => window.FS?.event(name); //= client: ?
        === tests/test_b.py
        from app.b import track_server_event
        track_server_event('Tested', 'u')
        === app/b.py
        import requests
        def track_server_event(name, uid):
            requests.post('https://api.fullstory.com/v2/events', json={'name': name, 'user': {'uid': uid}}) #= server: ?
        """,
}

JAVASCRIPT = {
    "const-objects": """
        === src/a.ts
        import { EVENTS, CART, Frozen, NESTED as N } from './names';
        import * as names from './names';
        FS.event(EVENTS.A); //= client: A
        FS.event(EVENTS['B C']); //= client: B C
        FS.event(EVENTS?.A); //= client: A
        FS.event(CART); //= client: Cart
        FS.event(Frozen.X); //= client: Frozen X
        FS.event(N.cart.item.added); //= client: Item Added
        FS.event(names.NESTED.cart['removed']); //= client: Removed
        const { A: first, ...others } = EVENTS;
        FS.event(first); //= client: A
        FS.event(others['B C']); //= client: B C
        === src/names.ts
        export const EVENTS = { A: 'A', 'B C': 'B C' } as const;
        export const CART: string = `Cart`;
        export const Frozen = Object.freeze({ X: 'Frozen X' });
        export const NESTED = { cart: { item: { added: 'Item Added' }, removed: 'Removed' } } satisfies object;
        """,
    "spread-objects": """
        === src/a.ts
        import { ALL } from './names';
        FS.event(ALL.A); //= client: A
        FS.event(ALL.B); //= client: B
        FS.event(ALL.C); //= client: C
        === src/names.ts
        import { B } from './b';
        const A = { A: 'A' };
        export const ALL = { ...A, ...B, C: 'C' };
        === src/b.ts
        export const B = { B: 'B' };
        """,
    "enums": """
        === src/a.ts
        import { Str, Num, Mixed, default as D } from './names';
        FS.event(Str.One); //= client: The One
        FS.event(Num[Num.B]); //= client: B
        FS.event(Mixed.Flat); //= client: flat
        FS.event(D.X); //= client: Default X
        FS.event(Str['Two']); //= client: two
        FS.event(`${Str.One}!`); //= client: The One!
        === src/names.ts
        export enum Str { One = 'The One', Two = 'two' }
        export enum Num { A, B }
        export const enum Mixed { Flat = `flat` }
        enum D { X = 'Default X' }
        export default D;
        """,
    "enum-parameter": """
        === src/a.ts
        import { Str } from './names';
        export function one(name: Str) { FS.event(name); } //= client: The One | two
        export function two(name: `${Str}`) { return name; }
        === src/names.ts
        export enum Str { One = 'The One', Two = 'two' }
        """,
    "computed-members": """
        === src/a.ts
        import { KEY, NAMES, pick } from './names';
        FS.event(NAMES[KEY]); //= client: Computed
        FS.event(NAMES[pick()]); //= client: Computed | Second
        const which = Math.random() ? 'computed' : 'second';
        FS.event(NAMES[which]); //= client: Computed | Second
        function any(key: keyof typeof NAMES) { FS.event(NAMES[key]); } //= client: Computed | Second
        === src/names.ts
        export const KEY = 'computed';
        export const NAMES = { [KEY]: 'Computed', second: 'Second' };
        export const pick = () => (Date.now() ? KEY : 'second');
        """,
    "getters": """
        === src/a.ts
        import { names, Names, nameOf, byKind } from './names';
        FS.event(names.first); //= client: First
        FS.event(names.choice); //= client: Left | Right
        FS.event(Names.fixed); //= client: Fixed
        FS.event(new Names().own); //= client: Own
        FS.event(nameOf()); //= client: Of Function
        FS.event(byKind('a')); //= client: Kind A | Kind B
        === src/names.ts
        export const names = { get first() { return 'First'; }, get choice() { return flag() ? 'Left' : 'Right'; } };
        export class Names { static get fixed() { return 'Fixed'; } get own() { return 'Own'; } }
        export function nameOf() { return 'Of Function'; }
        export function byKind(kind) { switch (kind) { case 'a': return 'Kind A'; default: return 'Kind B'; } }
        """,
    "templates": """
        === src/a.ts
        import { PREFIX, join } from './names';
        FS.event(`${PREFIX}: Opened`); //= client: Cart: Opened
        FS.event(PREFIX + ' ' + 'Closed'); //= client: Cart Closed
        FS.event(`Plain`); //= client: Plain
        FS.event(join(PREFIX, 'Joined')); //= client: Cart - Joined
        FS.event(`${PREFIX} ${location.pathname}`); //= client: Cart {}
        FS.event([PREFIX, 'Array'].join(' ')); //= client: Cart Array
        FS.event(PREFIX.concat(' ', 'Concat')); //= client: Cart Concat
        === src/names.ts
        export const PREFIX = 'Cart';
        export const join = (a: string, b: string) => `${a} - ${b}`;
        """,
    "classes-of-constants": """
        === src/a.ts
        import { Events } from './names';
        import Sub from './sub';
        FS.event(Events.SIGNED_UP); //= client: Signed Up
        FS.event(Sub.SIGNED_UP); //= client: Signed Up
        FS.event(Sub.OWN); //= client: Own
        FS.event(new Sub().field); //= client: Field
        === src/names.ts
        export class Events { static readonly SIGNED_UP = 'Signed Up'; }
        === src/sub.ts
        import { Events } from './names';
        export default class Sub extends Events { static OWN = 'Own'; field = 'Field'; }
        """,
    "namespaces-and-assignments": """
        === src/a.js
        const names = require('./names');
        const { SECOND } = require('./names');
        FS.event(names.FIRST); //= client: First
        FS.event(SECOND); //= client: Second
        FS.event(require('./names').LATER); //= client: Later
        const whole = require('./whole');
        FS.event(whole.a.b); //= client: AB
        === src/names.js
        exports.FIRST = 'First';
        module.exports.SECOND = 'Second';
        const EVENTS = {};
        EVENTS.LATER = 'Later';
        exports.LATER = EVENTS.LATER;
        === src/whole.js
        module.exports = { a: { b: 'AB' } };
        """,
    "barrels-and-aliases": """
        === tsconfig.json
        { "compilerOptions": { "baseUrl": ".", "paths": { "~/*": ["src/*"] } } }
        === src/a.ts
        import { A, Renamed, ns, D } from '~/names';
        FS.event(A); //= client: A
        FS.event(Renamed); //= client: B
        FS.event(ns.A); //= client: A
        FS.event(D.default); //= client: Default
        === src/names/index.ts
        export * from './plain';
        export { B as Renamed } from './plain';
        export * as ns from './plain';
        import * as D from './plain';
        export { D };
        === src/names/plain.ts
        export const A = 'A', B = 'B';
        export default 'Default';
        """,
    "json-and-yaml": """
        === src/a.ts
        import names from '../shared/events.json';
        import { cart } from '../shared/events.json';
        import * as all from '../shared/events.json';
        import plan from '../shared/events.yaml';
        FS.event(names.cart.added); //= client: Item Added
        FS.event(cart.removed); //= client: Item Removed
        FS.event(all.cart.added); //= client: Item Added
        FS.event(plan.signup); //= client: Signed Up
        === src/b.js
        const names = require('../shared/events.json');
        FS.event(names.cart.added); //= client: Item Added
        === shared/events.json
        { "cart": { "added": "Item Added", "removed": "Item Removed" } }
        === shared/events.yaml
        signup: Signed Up
        """,
    "types": """
        === src/a.ts
        import type { EventName, Props } from './names';
        export const track = (name: EventName) => FS.event(name); //= client: A | B
        export function one({ name }: Props) { FS.event(name); } //= client: C | D
        export function two(props: Props) { FS.event(props.name); } //= client: C | D
        export function three(name: 'E' | 'F') { FS.event(`Page ${name}`); } //= client: Page E | Page F
        export function four(name: typeof NAMES[number]) { FS.event(name); } //= client: G | H
        const NAMES = ['G', 'H'] as const;
        === src/names.ts
        export type EventName = 'A' | 'B';
        export interface Props { name: 'C' | 'D'; other?: string }
        """,
    "loops": """
        === src/a.ts
        import { NAMES, PAIRS } from './names';
        for (const name of NAMES) FS.event(name); //= client: A | B
        NAMES.forEach((name) => FS.event(name)); //= client: A | B
        for (const { name } of PAIRS) FS.event(name); //= client: C | D
        PAIRS.map((p) => FS.event(p.name)); //= client: C | D
        for (const [key, name] of Object.entries({ k: 'E' })) FS.event(name); //= client: E
        Object.values({ k: 'F', l: 'G' }).forEach(name => FS.event(name)); //= client: F | G
        FS.event(NAMES[0]); //= client: A
        === src/names.ts
        export const NAMES = ['A', 'B'];
        export const PAIRS = [{ name: 'C' }, { name: 'D' }];
        """,
    "choices-and-defaults": """
        === src/a.ts
        export function f(kind: string, name = 'Default') {
          FS.event(name); //= client: Default | ?
          const chosen = kind === 'a' ? 'A' : 'B';
          FS.event(chosen); //= client: A | B
          let later;
          if (kind) { later = 'C'; } else { later = 'D'; }
          FS.event(later); //= client: C | D
          FS.event(kind || 'Fallback'); //= client: Fallback | ?
          let name2 = 'E';
          switch (kind) { case 'x': name2 = 'F'; break; case 'y': name2 = 'G'; }
          FS.event(name2); //= client: E | F | G
        }
        """,
    "maps": """
        === src/a.ts
        const LABELS: Record<string, string> = { a: 'A', b: 'B' };
        const TABLE = new Map([['a', 'Map A'], ['b', 'Map B']]);
        export function f(kind: string) {
          FS.event(LABELS[kind]); //= client: A | B
          FS.event(TABLE.get('a')!); //= client: Map A
          FS.event(TABLE.get(kind)!); //= client: Map A | Map B
          FS.event(LABELS[kind] ?? 'Other'); //= client: A | B | Other
        }
        """,
}

PYTHON = {
    "module-constants": """
        === app/a.py
        from app import names
        from app.names import FIRST, SECOND as S
        import app.names as n
        import app.names
        from .names import *
        from telemetry import track_server_event
        track_server_event(names.FIRST, 'u') #= server: First
        track_server_event(S, 'u') #= server: Second
        track_server_event(n.THIRD, 'u') #= server: First: third
        track_server_event(app.names.FOURTH, 'u') #= server: First fourth
        track_server_event(STARRED, 'u') #= server: Starred
        def f():
            from app.names import SECOND
            track_server_event(SECOND, 'u') #= server: Second
        === app/__init__.py
        === app/names.py
        from typing import Final
        FIRST = 'First'
        SECOND: Final = 'Second'
        THIRD = f'{FIRST}: third'
        FOURTH = '%s fourth' % FIRST
        STARRED: Final[str] = 'Starred'
        """,
    "classes": """
        === app/a.py
        from .names import Events, Sub, Nested
        from telemetry import track_server_event
        track_server_event(Events.SIGNED_UP, 'u') #= server: Signed Up
        track_server_event(Sub.SIGNED_UP, 'u') #= server: Signed Up
        track_server_event(Sub.OWN, 'u') #= server: Own
        track_server_event(Nested.Cart.ADDED, 'u') #= server: Added
        track_server_event(Events().SIGNED_UP, 'u') #= server: Signed Up
        track_server_event(getattr(Events, 'SIGNED_UP'), 'u') #= server: Signed Up
        === app/names.py
        class Events:
            SIGNED_UP = 'Signed Up'
        class Sub(Events):
            OWN = 'Own'
        class Nested:
            class Cart:
                ADDED = 'Added'
        """,
    "enums": """
        === app/a.py
        from .names import E, S, C, Named
        from telemetry import track_server_event
        track_server_event(E.ONE.value, 'u') #= server: One
        track_server_event(S.TWO, 'u') #= server: Two
        track_server_event(S.TWO.value, 'u') #= server: Two
        track_server_event(str(S.TWO), 'u') #= server: Two
        track_server_event(C.THREE, 'u') #= server: Three

        track_server_event(E['ONE'].value, 'u') #= server: One
        track_server_event(f'{S.TWO.value}!', 'u') #= server: Two!
        track_server_event(Named.FIVE.name, 'u') #= server: FIVE
        track_server_event(S.AUTO, 'u') #= server: auto
        def f(event: S):
            track_server_event(event, 'u') #= server: Two | auto
        for e in E:
            track_server_event(e.value, 'u') #= server: One
        === app/names.py
        from enum import Enum, StrEnum, auto
        from django.db.models import TextChoices
        class E(Enum):
            ONE = 'One'
        class S(StrEnum):
            TWO = 'Two'
            AUTO = auto()
        class C(str, Enum):
            THREE = 'Three'
        class T(TextChoices):
            FOUR = 'four', 'The Four'
        class Named(Enum):
            FIVE = 5
        """,
    "dataclasses": """
        === app/a.py
        from .names import Events, EVENTS, Conf
        from telemetry import track_server_event
        track_server_event(EVENTS.first, 'u') #= server: First
        track_server_event(Events().second, 'u') #= server: Second
        track_server_event(Events(first='Given').first, 'u') #= server: Given
        track_server_event(Conf.name, 'u') #= server: Named
        === app/names.py
        from dataclasses import dataclass
        from typing import NamedTuple
        @dataclass(frozen=True)
        class Events:
            first: str = 'First'
            second: str = 'Second'
        EVENTS = Events()
        class Names(NamedTuple):
            name: str
        Conf = Names(name='Named')
        """,
    "dicts": """
        === app/a.py
        from .names import NAMES, NESTED
        from telemetry import track_server_event
        def f(kind):
            track_server_event(NAMES['a'], 'u') #= server: A
            track_server_event(NAMES.get('b'), 'u') #= server: B
            track_server_event(NAMES.get(kind, 'Other'), 'u') #= server: A | B | Other
            track_server_event(NAMES[kind], 'u') #= server: A | B
            track_server_event(NESTED['x']['y'], 'u') #= server: XY
            for name in NAMES.values():
                track_server_event(name, 'u') #= server: A | B
            for key, name in NAMES.items():
                track_server_event(name, 'u') #= server: A | B
            track_server_event(NAMES['a'] if kind else 'C', 'u') #= server: A | C
        === app/names.py
        NAMES = {'a': 'A', 'b': 'B'}
        NESTED = {'x': dict(y='XY')}
        """,
    "functions": """
        === app/a.py
        from .names import name_of, constant, Names
        from telemetry import track_server_event
        track_server_event(constant(), 'u') #= server: Constant
        track_server_event(name_of('a'), 'u') #= server: A | B
        track_server_event(Names().prop, 'u') #= server: Prop
        track_server_event(Names.static(), 'u') #= server: Static
        track_server_event(Names().cached, 'u') #= server: Left | Right
        === app/names.py
        from functools import cached_property
        def constant(): return 'Constant'
        def name_of(kind):
            if kind == 'a':
                return 'A'
            return 'B'
        class Names:
            @property
            def prop(self): return 'Prop'
            @staticmethod
            def static(): return 'Static'
            @cached_property
            def cached(self): return 'Left' if self.x else 'Right'
        """,
    "texts": """
        === app/a.py
        from .names import PREFIX
        from telemetry import track_server_event
        def f(x):
            track_server_event(f'{PREFIX}: a', 'u') #= server: Cart: a
            track_server_event(PREFIX + ' b', 'u') #= server: Cart b
            track_server_event('{} c'.format(PREFIX), 'u') #= server: Cart c
            track_server_event('%s d' % PREFIX, 'u') #= server: Cart d
            track_server_event('{p} e'.format(p=PREFIX), 'u') #= server: Cart e
            track_server_event(' '.join([PREFIX, 'f']), 'u') #= server: Cart f
            track_server_event(f'{PREFIX}: {x}', 'u') #= server: Cart: {}
            track_server_event('Adjacent ' #= server: Adjacent texts
                               'texts', 'u')
        === app/names.py
        PREFIX = 'Cart'
        """,
    "data-files": """
        === app/a.py
        import json
        import yaml
        from pathlib import Path
        from telemetry import track_server_event
        NAMES = json.loads((Path(__file__).parent.parent / 'shared' / 'events.json').read_text())
        with open('shared/events.yaml') as file:
            PLAN = yaml.safe_load(file)
        track_server_event(NAMES['cart']['added'], 'u') #= server: Item Added
        track_server_event(PLAN['signup'], 'u') #= server: Signed Up
        AGAIN = json.loads((Path(__file__).resolve().parents[1] / 'shared/events.json').read_text())
        track_server_event(AGAIN['cart']['added'], 'u') #= server: Item Added
        === shared/events.json
        { "cart": { "added": "Item Added" } }
        === shared/events.yaml
        signup: Signed Up
        """,
    "literal-types": """
        === app/a.py
        from typing import Literal, Optional
        from .names import Name
        from telemetry import track_server_event
        def f(name: Literal['A', 'B']):
            track_server_event(name, 'u') #= server: A | B
        def g(name: Name):
            track_server_event(name, 'u') #= server: C | D
        def h(name: Optional[Literal['E']] = None):
            track_server_event(name or 'F', 'u') #= server: E | F
        === app/names.py
        from typing import Literal
        Name = Literal['C', 'D']
        """,
    "loops": """
        === app/a.py
        from .names import NAMES, PAIRS
        from telemetry import track_server_event
        for name in NAMES:
            track_server_event(name, 'u') #= server: A | B
        for name, uid in PAIRS:
            track_server_event(name, uid) #= server: C | D
        [track_server_event(n, 'u') for n in NAMES] #= server: A | B
        === app/names.py
        NAMES = ('A', 'B')
        PAIRS = [('C', 1), ('D', 2)]
        """,
}


@pytest.mark.parametrize("name", NOTHING)
def test_not_fullstory(name: str) -> None:
    verify(NOTHING[name])


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_javascript(name: str) -> None:
    verify(JAVASCRIPT[name])


@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str) -> None:
    verify(PYTHON[name])
