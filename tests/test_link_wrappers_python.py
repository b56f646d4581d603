"""Wrappers in Python: functions, classes, partials, decorators, injection and hand-over."""

from __future__ import annotations

import pytest
from linktest import verify

SEND = """
        === app/fs.py
        import requests
        def send(name, uid, properties=None):
            requests.post('https://api.fullstory.com/v2/events', json={
                'name': name, 'user': {'uid': uid}, 'properties': properties or {}})
"""

NOTHING = {
    "other-track": """
        === app/a.py
        from app.tracker import track
        from app.client import Client
        track('Not ours'); Client().send('Not ours 2')
        === app/tracker.py
        import requests
        def track(name): requests.post('https://api.mixpanel.com/track', json={'event': name})
        === app/client.py
        class Client:
            def send(self, name): self.queue.append(name)
        """
    + SEND.replace("json={", "json={ #= server: ?"),
    "double-in-tests": """
        === tests/test_a.py
        from app.fs import send
        send('Tested', 'u')
        === tests/conftest.py
        from app.fs import send
        send('Fixture', 'u')
        === app/a.py
        from app.fs import send
        send('Real', 'u') #= server: Real
        """
    + SEND,
    "recursion-ends": """
        === app/a.py
        from app.fs import send
        def retry(name, uid, left=3):
            send(name, uid)
            if left: retry(name, uid, left - 1)
        retry('Retried', 'u') #= server: Retried
        """
    + SEND,
    "fixed-name": """
        === app/a.py
        from app.fs import send
        def paid(user): send('Paid', user.id) #= server: Paid
        def one(u): paid(u)
        def two(u): paid(u)
        """
    + SEND,
}

PYTHON = {
    "functions": """
        === app/a.py
        from app.b import track, prefixed, keyword, starred, event
        import app.b as b
        from app import b as c
        track('Positional', 'u') #= server: Positional
        track(name='Keyword', uid='u') #= server: Keyword
        b.track('Module', 'u') #= server: Module
        c.track('Package', 'u') #= server: Package
        prefixed('Opened', 'u') #= server: Cart: Opened
        keyword(uid='u', event='Kw only') #= server: Kw only
        starred('Starred', 'u', properties={}) #= server: Starred
        event({'name': 'Dict', 'uid': 'u'}) #= server: Dict
        async def f():
            from app.b import track as late
            await late('Late', 'u') #= server: Late
        === app/b.py
        from app.fs import send
        def track(name: str, uid, props=None): send(name, uid, props)
        def prefixed(name, uid): send(f'Cart: {name}', uid)
        def keyword(*, uid, event): send(name=event, uid=uid)
        def starred(*args, **kwargs): return send(*args, **kwargs)
        def event(item): send(item['name'], item['uid'])
        """,
    "guards": """
        === app/a.py
        from app.b import track
        track('Guarded', 'u') #= server: Guarded
        === app/b.py
        import logging
        from django.conf import settings
        from app.fs import send
        def track(name, uid, **props):
            if not settings.FULLSTORY_ENABLED:
                return
            try:
                send(name, uid, {**props, 'source': 'api'})
            except Exception:
                logging.exception('no')
        """,
    "classes": """
        === app/a.py
        from app.b import Analytics, analytics, get_analytics, Sub
        Analytics('k').track('New', 'u') #= server: New
        analytics.track('Instance', 'u') #= server: Instance
        get_analytics().track('Got', 'u') #= server: Got
        Analytics.static('Static', 'u') #= server: Static
        Analytics.klass('Class', 'u') #= server: Class
        Sub().track('Inherited', 'u') #= server: Inherited
        Sub().own('u')
        Analytics.get().track('Singleton', 'u') #= server: Singleton
        analytics('Called', 'u') #= server: Called
        class Holder:
            def __init__(self): self.analytics = Analytics('k')
            def f(self): self.analytics.track('Held', 'u') #= server: Held
            @property
            def client(self): return self.analytics
            def g(self): self.client.track('Property', 'u') #= server: Property
        class Given:
            def __init__(self, analytics: Analytics): self._analytics = analytics
            def f(self): self._analytics.track('Injected', 'u') #= server: Injected
        === app/b.py
        from functools import lru_cache
        from app.fs import send
        class Analytics:
            _instance = None
            def __init__(self, key): self.key = key
            def track(self, name, uid): self._send(name, uid)
            def _send(self, name, uid): send(name, uid)
            def __call__(self, name, uid): self._send(name, uid)
            @staticmethod
            def static(name, uid): send(name, uid)
            @classmethod
            def klass(cls, name, uid): cls.static(name, uid)
            @classmethod
            def get(cls):
                if cls._instance is None:
                    cls._instance = cls('k')
                return cls._instance
        analytics = Analytics('k')
        @lru_cache
        def get_analytics(): return Analytics('k')
        class Sub(Analytics):
            def __init__(self): super().__init__('k')
            def own(self, uid): super().track('Super', uid) #= server: Super
        """,
    "partials": """
        === app/a.py
        from functools import partial
        from app.fs import send
        from app.b import sender, made
        paid = partial(send, 'Paid') #= server: Paid
        paid('u'); paid('v')
        to_user = partial(send, uid='u')
        to_user('To user') #= server: To user
        sender('Lambda', 'u') #= server: Lambda
        made('Cart')('Opened', 'u') #= server: Cart Opened
        === app/b.py
        from app.fs import send
        sender = lambda name, uid: send(name, uid)
        def made(area):
            def inner(name, uid): send(f'{area} {name}', uid)
            return inner
        """,
    "decorators": """
        === app/a.py
        from app.b import logged, retried, task
        logged('Logged', 'u') #= server: Logged
        retried('Retried', 'u') #= server: Retried
        task('Task', 'u') #= server: Task
        task.delay('Delayed', 'u') #= server: Delayed
        task.apply_async(args=['Applied', 'u']) #= server: Applied
        task.apply_async(('Tuple', 'u')) #= server: Tuple
        task.apply_async(kwargs={'name': 'Kwargs', 'uid': 'u'}) #= server: Kwargs
        task.s('Signature', 'u').delay() #= server: Signature
        === app/b.py
        from functools import wraps
        from celery import shared_task
        from tenacity import retry
        from app.fs import send
        def log(f):
            @wraps(f)
            def wrapper(*args, **kwargs): return f(*args, **kwargs)
            return wrapper
        @log
        def logged(name, uid): send(name, uid)
        @retry(stop=3)
        def retried(name, uid): send(name, uid)
        @shared_task(bind=False)
        def task(name, uid): send(name, uid)
        """,
    "handed-over": """
        === app/a.py
        import asyncio
        from concurrent.futures import ThreadPoolExecutor
        from functools import partial
        from threading import Thread
        from app.fs import send
        executor = ThreadPoolExecutor()
        async def f(tasks, loop):
            tasks.add_task(send, 'Added', 'u') #= server: Added
            executor.submit(send, 'Submitted', 'u') #= server: Submitted
            await asyncio.to_thread(send, 'Threaded', 'u') #= server: Threaded
            await asyncio.to_thread(send, name='Threaded kw', uid='u') #= server: Threaded kw
            await loop.run_in_executor(None, send, 'Executor', 'u') #= server: Executor
            await loop.run_in_executor(None, partial(send, 'Partial', 'u')) #= server: Partial
            await loop.run_in_executor(None, lambda: send('Lambda', 'u')) #= server: Lambda
            Thread(target=send, args=('Thread', 'u')).start() #= server: Thread
            Thread(target=send, kwargs={'name': 'Thread kw', 'uid': 'u'}).start() #= server: Thread kw
            loop.call_soon(partial(send, 'Soon', 'u')) #= server: Soon
            asyncio.create_task(asyncio.to_thread(send, 'Task', 'u')) #= server: Task
        """,
    "providers": """
        === app/a.py
        from app.manager import analytics, Manager
        analytics.track('Looped', 'u') #= server: Looped
        analytics.comprehended('Comprehended', 'u') #= server: Comprehended
        === app/manager.py
        from app.base import Provider
        from app.fullstory import FullStory
        from app.mixpanel import Mixpanel
        class Manager:
            def __init__(self, providers): self.providers = providers
            def track(self, name, uid):
                for provider in self.providers:
                    provider.track(name, uid)
            def comprehended(self, name, uid): [p.track(name, uid) for p in self.providers]
        analytics = Manager([FullStory(), Mixpanel()])
        === app/base.py
        from abc import ABC, abstractmethod
        class Provider(ABC):
            @abstractmethod
            def track(self, name, uid): ...
        === app/fullstory.py
        from app.base import Provider
        from app.fs import send
        class FullStory(Provider):
            def track(self, name, uid): send(name, uid)
        === app/mixpanel.py
        from app.base import Provider
        class Mixpanel(Provider):
            def track(self, name, uid): print(name)
        """,
    "abstract": """
        === app/a.py
        from app.base import Provider
        class Shop:
            def __init__(self, provider: Provider): self.provider = provider
            def buy(self): self.provider.track('Bought', 'u') #= server: Bought
        def by_type(provider: Provider): provider.track('By type', 'u') #= server: By type
        === app/base.py
        from abc import ABC, abstractmethod
        class Provider(ABC):
            @abstractmethod
            def track(self, name, uid):
                '''Track.'''
        === app/fullstory.py
        from app.base import Provider
        from app.fs import send
        class FullStory(Provider):
            def track(self, name, uid): send(name, uid)
        """,
    "fastapi": """
        === app/a.py
        from typing import Annotated
        from fastapi import Depends, FastAPI, BackgroundTasks
        from app.deps import Analytics, AnalyticsDep, get_analytics, get_yielded
        app = FastAPI()
        @app.post('/a')
        async def a(analytics: Analytics = Depends(get_analytics)):
            analytics.track('Default', 'u') #= server: Default
        @app.post('/b')
        async def b(analytics: Annotated[Analytics, Depends(get_analytics)]):
            analytics.track('Annotated', 'u') #= server: Annotated
        @app.post('/c')
        async def c(analytics: AnalyticsDep, tasks: BackgroundTasks):
            analytics.track('Alias', 'u') #= server: Alias
            tasks.add_task(analytics.track, 'Background', 'u') #= server: Background
        @app.post('/d')
        async def d(analytics: Analytics = Depends()):
            analytics.track('Class', 'u') #= server: Class
        @app.post('/e')
        async def e(analytics=Depends(get_yielded)):
            analytics.track('Yielded', 'u') #= server: Yielded
        @app.post('/f')
        async def f(track=Depends(lambda: get_analytics().track)):
            track('Function', 'u') #= server: Function
        === app/deps.py
        from typing import Annotated
        from fastapi import Depends
        from app.fs import send
        class Analytics:
            def track(self, name, uid): send(name, uid)
        def get_analytics() -> Analytics: return Analytics()
        def get_yielded():
            analytics = Analytics()
            yield analytics
        AnalyticsDep = Annotated[Analytics, Depends(get_analytics)]
        """,
    "modules": """
        === backend/src/acme/__init__.py
        from .tracking import track
        from acme.tracking.core import track as renamed
        === backend/src/acme/tracking/__init__.py
        from .core import *
        === backend/src/acme/tracking/core.py
        from ..fs import send
        def track(name, uid): send(name, uid)
        === backend/src/acme/fs.py
        import requests
        def send(name, uid):
            requests.post('https://api.fullstory.com/v2/events', json={'name': name, 'user': {'uid': uid}})
        === backend/src/acme/views.py
        import acme
        import acme.tracking
        import acme.tracking.core as core
        from . import tracking
        from acme import renamed
        from typing import TYPE_CHECKING
        try:
            from acme.tracking import track
        except ImportError:
            track = None
        acme.track('Package', 'u') #= server: Package
        acme.tracking.track('Dotted', 'u') #= server: Dotted
        core.track('As', 'u') #= server: As
        tracking.track('Relative', 'u') #= server: Relative
        renamed('Renamed', 'u') #= server: Renamed
        track('Try', 'u') #= server: Try
        """,
    "attributes": """
        === app/a.py
        from app.b import services, registry
        from flask import current_app
        services.analytics.track('Namespace', 'u') #= server: Namespace
        registry['fs'].track('Registry', 'u') #= server: Registry
        send_it = services.analytics.track
        send_it('Bound', 'u') #= server: Bound
        (send_it or print)('Or', 'u') #= server: Or
        getattr(services.analytics, 'track')('Getattr', 'u') #= server: Getattr
        with services.analytics as a:
            a.track('With', 'u') #= server: With
        === app/b.py
        from types import SimpleNamespace
        from app.fs import send
        class Analytics:
            def track(self, name, uid): send(name, uid)
            def __enter__(self): return self
        services = SimpleNamespace(analytics=Analytics())
        registry = {'fs': Analytics()}
        """,
    "signals": """
        === app/a.py
        from django.db import transaction
        from app.fs import send
        def f(user):
            transaction.on_commit(lambda: send('Committed', 'u')) #= server: Committed
            transaction.on_commit(partial(send, 'Partial', 'u')) #= server: Partial
            for name in ('A', 'B'):
                send(name, user.id) #= server: A | B
            list(map(send, ['C', 'D'], ['u', 'v'])) #= server: C | D
        from functools import partial
        """,
    "dataclass-events": """
        === app/a.py
        from app.b import Event, track_event
        track_event(Event(name='Dataclass', uid='u')) #= server: Dataclass
        track_event(Event('Positional', 'u')) #= server: Positional
        === app/b.py
        from dataclasses import dataclass
        from app.fs import send
        @dataclass
        class Event:
            name: str
            uid: str
        def track_event(event: Event): send(event.name, event.uid)
        """,
}


def project(name: str) -> str:
    """A project with the module that sends."""
    text = PYTHON[name]
    return text if "=== app/fs.py" in text or "acme" in text else text.rstrip() + "\n" + SEND.strip("\n")


@pytest.mark.parametrize("name", NOTHING)
def test_not_fullstory(name: str) -> None:
    verify(NOTHING[name])


@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str) -> None:
    verify(project(name))
