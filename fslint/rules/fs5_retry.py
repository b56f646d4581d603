"""FS507: a request that nothing repeats on 429, or that is repeated where it may count twice."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic
from ..link.project import Project, Request
from ..link.retries import retries
from ..link.values import Obj, Val, options
from . import rule

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@rule("FS507")
def missing_retry(project: Project) -> Iterator[Diagnostic]:
    """A server request without a retry on 429, or an event that is sent again without an idempotency key."""
    for request in project.requests:
        if request.method not in _WRITES or request.client == "beacon":
            continue
        found = retries(project, request)
        if not found:
            yield _finding(
                project,
                request,
                "nothing sends the request again when FullStory answers 429: what exceeds the rate limit is lost",
                "repeat it with back-off after `Retry-After` seconds, or put events on a queue that does",
            )
        elif any(retry.repeats for retry in found) and _is_single_event(request) and _lacks_key(request):
            yield _finding(
                project,
                request,
                "the event is sent again after a timeout, a network error or 5xx without `Idempotency-Key`: "
                "it may count twice",
                "send one `Idempotency-Key` (a UUID) per event, the same on every attempt, or repeat on 429 alone",
            )


def _finding(project: Project, request: Request, message: str, help_text: str) -> Diagnostic:
    return Diagnostic(
        "FS507",
        message,
        request.frame.place,
        help=help_text,
        origins=(("request", request.frame.key),),
        subject=request.endpoint,
        function=project.function_name(request.frame),
    )


def _is_single_event(request: Request) -> bool:
    return request.method == "POST" and request.endpoint == "/v2/events"


def _lacks_key(request: Request) -> bool:
    """Whether no variant of the request has the key; unknown headers may have it."""
    return all(_absent(variant.headers) for variant in (request, *request.variants))


def _absent(headers: Val | None) -> bool:
    if headers is None:
        return True
    for option in options(headers):
        if not isinstance(option, Obj) or option.open:
            return False
        if any(entry.name.lower() in ("idempotency-key", "idempotencykey") for entry in option.entries):
            return False
    return True
