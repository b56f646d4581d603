"""Functions that are handed over instead of called: to a thread, a queue, a task runner, a timer.

``add_task(track, 'X', uid)`` is a call of ``track`` with those arguments, made later (``background``) or elsewhere
(``offload``: the result can be waited for). Which argument is the function and where its arguments stand is a row here.
"""

from __future__ import annotations

from typing import NamedTuple


class Handover(NamedTuple):
    """One callee that takes a function.

    ``name``: as ``values.dotted`` gives it; ``.x`` is a method of something unknown. ``method``: it is one.
    ``function``: position of the function (-1: the receiver, ``task.delay(…)``). ``keyword``: its keyword, if any.
    ``args``: where the function's arguments stand: ``rest`` (the positional ones after ``function`` and ``skip``, and
    all keywords that are no option), ``args`` (a tuple or list at position ``args_index`` or under the keyword
    ``args_keyword``, keyword arguments as a dict at ``kwargs_index`` or under ``kwargs_keyword``), ``none`` (the result
    is the function itself, or it is called without arguments).
    ``mode``: ``background``, ``offload``, or ``inline`` (run by the caller itself, before it goes on). ``packages``: where the name comes from ("" none: any).
    ``skip``: positional arguments between the function and its own (``setTimeout(f, 100, x)``: 1).
    ``options``: keywords that are the runner's, not the function's.
    """

    name: str
    method: bool
    function: int
    args: str
    mode: str
    packages: tuple[str, ...] = ()
    keyword: str = ""
    args_index: int = -1
    args_keyword: str = ""
    kwargs_index: int = -1
    kwargs_keyword: str = ""
    skip: int = 0
    options: tuple[str, ...] = ()


def _plain(
    name: str, function: int, args: str, mode: str, *packages: str, keyword: str = "", skip: int = 0
) -> Handover:
    return Handover(name, name.startswith("."), function, args, mode, packages, keyword=keyword, skip=skip)


_CELERY_OPTIONS = (
    "countdown", "eta", "expires", "retry", "retry_policy", "queue", "exchange", "routing_key", "priority", "link",
    "link_error", "task_id", "producer", "shadow", "headers", "ignore_result", "serializer", "compression",
)  # fmt: skip
_RQ_OPTIONS = (
    "job_timeout", "result_ttl", "failure_ttl", "ttl", "depends_on", "job_id", "at_front", "meta", "retry",
    "description", "on_success", "on_failure", "on_stopped", "timeout", "pipeline",
)  # fmt: skip


def _thread(name: str, package: str) -> Handover:
    return Handover(
        name, False, 1, "args", "background", (package,),
        keyword="target", args_index=3, args_keyword="args", kwargs_index=4, kwargs_keyword="kwargs",
    )  # fmt: skip


def _task_call(name: str) -> Handover:
    return Handover(
        name, True, -1, "args", "background",
        args_index=0, args_keyword="args", kwargs_index=1, kwargs_keyword="kwargs", options=_CELERY_OPTIONS,
    )  # fmt: skip


HANDOVERS: tuple[Handover, ...] = (
    # Python standard library: https://docs.python.org/3/library/{asyncio-task,asyncio-eventloop,threading,concurrent.futures}.html
    _plain("asyncio.to_thread", 0, "rest", "offload", "asyncio", keyword="func"),
    _plain(".run_in_executor", 1, "rest", "offload", keyword="func"),
    _plain(".submit", 0, "rest", "background", keyword="fn"),
    _plain(".call_soon", 0, "rest", "background"),
    _plain(".call_soon_threadsafe", 0, "rest", "background"),
    _plain(".call_later", 1, "rest", "background"),
    _plain(".call_at", 1, "rest", "background"),
    _thread("threading.Thread", "threading"),
    _thread("multiprocessing.Process", "multiprocessing"),
    Handover(
        "threading.Timer", False, 1, "args", "background", ("threading",),
        keyword="function", args_index=2, args_keyword="args", kwargs_index=3, kwargs_keyword="kwargs",
    ),
    _plain("_thread.start_new_thread", 0, "none", "background", "_thread"),
    _plain("atexit.register", 0, "rest", "background", "atexit"),
    # Thread pools of frameworks: https://www.starlette.io/threadpool/ · https://anyio.readthedocs.io/en/stable/threads.html
    _plain("starlette.concurrency.run_in_threadpool", 0, "rest", "offload", "starlette", "fastapi"),
    _plain("anyio.to_thread.run_sync", 0, "rest", "offload", "anyio"),
    _plain("trio.to_thread.run_sync", 0, "rest", "offload", "trio"),
    _plain(".start_soon", 0, "rest", "offload"),
    # The result is the function, wrapped: https://docs.djangoproject.com/en/5.2/topics/async/#sync-to-async
    _plain("asgiref.sync.sync_to_async", 0, "none", "offload", "asgiref", "channels"),
    _plain("channels.db.database_sync_to_async", 0, "none", "offload", "channels"),
    _plain("asyncer.asyncify", 0, "none", "offload", "asyncer"),
    _plain("gevent.spawn", 0, "rest", "background", "gevent"),
    _plain("gevent.spawn_later", 1, "rest", "background", "gevent"),
    _plain("eventlet.spawn", 0, "rest", "background", "eventlet"),
    _plain("eventlet.spawn_n", 0, "rest", "background", "eventlet"),
    # Background tasks: https://www.starlette.io/background/ · https://quart.palletsprojects.com/en/latest/how_to_guides/background_tasks/
    _plain(".add_task", 0, "rest", "background", keyword="func"),
    # https://docs.djangoproject.com/en/5.2/topics/db/transactions/#performing-actions-after-commit
    _plain(".on_commit", 0, "rest", "inline", keyword="func"),
    _plain(".add_background_task", 0, "rest", "background"),
    _plain("starlette.background.BackgroundTask", 0, "rest", "background", "starlette", "fastapi", keyword="func"),
    _plain("litestar.background_tasks.BackgroundTask", 0, "rest", "background", "litestar", keyword="fn"),
    # Celery: https://docs.celeryq.dev/en/stable/userguide/calling.html
    _plain(".delay", -1, "rest", "background"),
    _task_call(".apply_async"),
    # multiprocessing.pool.Pool.apply_async(func, args, kwds); the receiver is no function of the project there.
    Handover(
        ".apply_async", True, 0, "args", "background",
        keyword="func", args_index=1, args_keyword="args", kwargs_index=2, kwargs_keyword="kwds",
    ),
    # Dramatiq, Huey, Procrastinate: the actor or task is the receiver.
    _plain(".send", -1, "rest", "background"),
    Handover(".send_with_options", True, -1, "args", "background", args_keyword="args", kwargs_keyword="kwargs"),
    _task_call(".schedule"),
    _plain(".defer", -1, "rest", "background"),
    _plain(".defer_async", -1, "rest", "background"),
    _plain(".kiq", -1, "rest", "background"),  # taskiq
    # RQ, django-rq, Django-Q, APScheduler, arq
    Handover(".enqueue", True, 0, "rest", "background", keyword="f", options=_RQ_OPTIONS),
    Handover(".enqueue", True, -1, "rest", "background"),
    Handover("django_rq.enqueue", False, 0, "rest", "background", ("django_rq",), options=_RQ_OPTIONS),
    Handover(".enqueue_in", True, 1, "rest", "background", options=_RQ_OPTIONS),
    Handover(".enqueue_at", True, 1, "rest", "background", options=_RQ_OPTIONS),
    Handover(
        ".enqueue_call", True, 0, "args", "background",
        keyword="func", args_index=1, args_keyword="args", kwargs_index=2, kwargs_keyword="kwargs",
    ),
    _plain(".enqueue_job", 0, "rest", "background"),
    _plain("django_q.tasks.async_task", 0, "rest", "background", "django_q", keyword="func"),
    Handover(
        ".add_job", True, 0, "args", "background",
        keyword="func", args_index=2, args_keyword="args", kwargs_index=3, kwargs_keyword="kwargs",
    ),
    # JavaScript: https://nodejs.org/api/timers.html · https://nextjs.org/docs/app/api-reference/functions/after
    _plain("setTimeout", 0, "rest", "background", skip=1),
    _plain("setImmediate", 0, "rest", "background"),
    _plain("setInterval", 0, "rest", "background", skip=1),
    _plain("queueMicrotask", 0, "none", "background"),
    _plain("requestIdleCallback", 0, "none", "background"),
    _plain("process.nextTick", 0, "rest", "background"),
    _plain("timers.setTimeout", 0, "rest", "background", "timers", "node:timers", skip=1),
    _plain("timers.setImmediate", 0, "rest", "background", "timers", "node:timers"),
    _plain("next/server.after", 0, "none", "background", "next/server"),
    _plain("next/server.unstable_after", 0, "none", "background", "next/server"),
    _plain("@vercel/functions.waitUntil", 0, "none", "background", "@vercel/functions"),
    _plain(".waitUntil", 0, "none", "background"),
)  # fmt: skip

_ALIASES: dict[str, str] = {
    "fastapi.concurrency.run_in_threadpool": "starlette.concurrency.run_in_threadpool",
    "fastapi.background.BackgroundTask": "starlette.background.BackgroundTask",
    "fastapi.BackgroundTasks.add_task": ".add_task",
    "litestar.concurrency.sync_to_thread": "asyncio.to_thread",
    "sync_to_async": "asgiref.sync.sync_to_async",
    "node:timers.setTimeout": "timers.setTimeout",
    "node:timers.setImmediate": "timers.setImmediate",
    "process.process.nextTick": "process.nextTick",
    "node:process.nextTick": "process.nextTick",
    "node:process.default.nextTick": "process.nextTick",
}

_BY_NAME: dict[str, tuple[Handover, ...]] = {}
for _row in HANDOVERS:
    _BY_NAME[_row.name] = (*_BY_NAME.get(_row.name, ()), _row)


def handovers(dotted_name: str) -> tuple[Handover, ...]:
    """Every row for a callee as ``values.dotted`` names it; the first that finds a function is meant.

    A dotted name from outside the project (``anyio.to_thread.run_sync``, ``loop.run_in_executor`` of an imported
    ``loop``) is looked up whole, then, for methods, by its last part.
    """
    name = _ALIASES.get(dotted_name, dotted_name)
    rows = _BY_NAME.get(name, ())
    if rows or "." not in name:
        return rows
    return _BY_NAME.get("." + name.rsplit(".", 1)[1], ())


def handover(dotted_name: str) -> Handover | None:
    """The first row for a callee, or None."""
    rows = handovers(dotted_name)
    return rows[0] if rows else None
