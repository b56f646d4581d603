"""HTTP clients as FS5 sees them: default timeout, whether a call blocks, what its failures are, who retries.

Rows by ``calls.CLIENTS``' names, plus the ones that ``link.requests`` reads itself.
"""

from __future__ import annotations

from typing import NamedTuple

from .flow import words


class ClientTraits(NamedTuple):
    """``default``: seconds that a request waits at most when nothing is set (None: for ever). ``blocking``: a call blocks
    the thread (None: it depends on the client object). ``raises``: on 4xx. ``bases``: errors that cover every failure.
    ``constructors``: calls whose arguments are timeouts, with which of them count."""

    default: float | None
    blocking: bool | None
    raises: bool
    bases: frozenset[str] = frozenset()


TRAITS: dict[str, ClientTraits] = {
    # requests.readthedocs.io/en/latest/user/advanced/#timeouts: none unless given
    "requests": ClientTraits(None, True, False, words("RequestException IOError OSError EnvironmentError")),
    # www.python-httpx.org/advanced/timeouts: 5 s of inactivity
    "httpx": ClientTraits(5.0, None, False, words("HTTPError RequestError TransportError")),
    # docs.aiohttp.org/en/stable/client_quickstart.html#timeouts: 5 minutes in all
    "aiohttp": ClientTraits(300.0, False, False, words("ClientError")),
    # docs.python.org/3/library/urllib.request.html: the global default, which is none
    "urllib": ClientTraits(None, True, True, words("URLError OSError IOError")),
    "urllib3": ClientTraits(None, True, False, words("HTTPError")),
    "http.client": ClientTraits(None, True, False, words("HTTPException OSError IOError")),
    # developer.mozilla.org/en-US/docs/Web/API/fetch: the browser's or undici's 300 s
    "fetch": ClientTraits(None, False, False),
    "node-fetch": ClientTraits(None, False, False),
    "undici": ClientTraits(None, False, False),
    # axios-http.com/docs/req_config: 0, none
    "axios": ClientTraits(None, False, True),
    "nest": ClientTraits(None, False, True),
    "angular": ClientTraits(None, False, True),
    # github.com/sindresorhus/got/blob/main/documentation/6-timeout.md: none
    "got": ClientTraits(None, False, True),
    # github.com/sindresorhus/ky#timeout: 10 s
    "ky": ClientTraits(10.0, False, True),
    "jquery": ClientTraits(None, False, True),
    "sdk": ClientTraits(10.0, False, True),
}
UNKNOWN_TRAITS = ClientTraits(10.0, None, True)

LIMIT = 10.0
"""Seconds above which a timeout is too long (RULES.md, FS503)."""

TIMEOUT_CONSTRUCTORS: dict[str, tuple[str, ...]] = {
    # Which keywords of a timeout object count; its first positional argument always does.
    "httpx.Timeout": ("timeout", "connect", "read", "write", "pool"),
    "aiohttp.ClientTimeout": ("total",),
    "urllib3.Timeout": ("total", "connect", "read"),
    "urllib3.util.Timeout": ("total", "connect", "read"),
    "urllib3.util.timeout.Timeout": ("total", "connect", "read"),
    "AbortSignal.timeout": (),
    "datetime.timedelta": ("seconds",),
}
TIMEOUT_KEYS = ("request", "response", "timeout", "connect", "socket", "headersTimeout", "bodyTimeout")
"""Entries of a timeout object (got's ``timeout: {request: 5000}``)."""

WAIT_LIMITS = words("asyncio.wait_for wait_for p-timeout p-timeout.default pTimeout async_timeout.timeout")
WITH_LIMITS = words(
    "asyncio.timeout asyncio.timeout_at async_timeout.timeout anyio.fail_after anyio.move_on_after trio.fail_after "
    "trio.move_on_after asyncio.timeouts.timeout gevent.Timeout"
)

RETRY_DECORATORS = words(
    "tenacity.retry tenacity.AsyncRetrying tenacity.Retrying backoff.on_exception backoff.on_predicate retry retry.retry "
    "retrying.retry stamina.retry tenacity.asyncio.retry retry_async opnieuw.retry"
)
RETRY_WORDS = ("retry", "backoff", "retries", "retrying")
"""A function, decorator or package with one of these words in its name retries what it is given."""

RETRY_PACKAGES = words(
    "axios-retry retry-axios p-retry async-retry promise-retry fetch-retry exponential-backoff cockatiel"
)
CLIENTS_THAT_RETRY = words("got sdk-batch")
IDEMPOTENT_RETRY = words("axios-retry retry-axios got")
"""Do not repeat a POST unless told to (their own defaults)."""

SET_UP_APART = {
    "axios": ("axios.defaults.timeout", "axios.interceptors.response", "axios-retry", "retry-axios"),
    "@nestjs/axios": ("HttpModule.register",),
}
"""Package → what files hold that set its timeouts or retries for all of the project, and need hold nothing else (FS503, FS507)."""

CHECKED = words(
    "ok status status_code is_success is_error is_client_error is_server_error raise_for_status statusCode statusText "
    "reason reason_phrase"
)
UNCHECKED_CLIENTS = words("fetch node-fetch undici requests httpx aiohttp")
"""Clients that answer 400 and 401 like any other response (FS511)."""
