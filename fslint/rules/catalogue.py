"""Every rule's code, name, severity and one-line summary (RULES.md). Code and name never change once released."""

from __future__ import annotations

from typing import NamedTuple


class Meta(NamedTuple):
    """``severity``: ``error`` ``warning`` ``info``; ``default``: whether it runs without being selected."""

    code: str
    name: str
    severity: str
    summary: str
    default: bool = True


CATALOGUE: dict[str, Meta] = {
    meta.code: meta
    for meta in (
        Meta("FS001", "syntax-error", "error", "a file with tracking calls cannot be parsed"),
        Meta("FS002", "invalid-registry", "error", "the event registry is not valid"),
        Meta("FS003", "unused-suppression", "warning", "a suppression comment suppresses nothing"),
        Meta("FS004", "unreadable-file", "warning", "a file that should be checked cannot be read"),
        Meta("FS101", "unregistered-event", "error", "an event that the registry does not list"),
        Meta("FS102", "unused-event", "warning", "a registered event that nothing sends"),
        Meta("FS103", "wrong-side", "error", "an event is sent from a side that its registration does not allow"),
        Meta("FS104", "missing-property", "error", "a required property is not sent"),
        Meta("FS105", "unknown-property", "warning", "a property that the registration does not list"),
        Meta("FS106", "property-type-mismatch", "error", "a value whose type contradicts the registration"),
        Meta("FS107", "property-value-not-allowed", "error", "a value outside the registered enum, pattern or range"),
        Meta("FS108", "deprecated-event", "warning", "a deprecated event is still sent"),
        Meta("FS201", "duplicate-event", "error", "one event is sent from the client and from the server"),
        Meta("FS202", "near-duplicate-event", "warning", "two spellings of what looks like one event name"),
        Meta("FS203", "conflicting-properties", "warning", "one property of one event is sent with different types"),
        Meta("FS204", "sent-twice", "warning", "one run through one function sends the same event twice"),
        Meta("FS301", "untyped-property", "error", "a v1 property without type suffix, which FullStory drops"),
        Meta("FS302", "suffix-mismatch", "error", "a type suffix that contradicts the value"),
        Meta("FS303", "empty-property-value", "warning", "null, undefined or NaN as a property value"),
        Meta("FS304", "invalid-property-name", "error", "a property name that FullStory does not accept"),
        Meta("FS305", "unsupported-property-value", "warning", "a property value that FullStory cannot index"),
        Meta("FS306", "suffix-in-v2", "warning", "a type suffix on a v2 property"),
        Meta("FS307", "misplaced-reserved-name", "warning", "a user property named like, but not as, a reserved one"),
        Meta("FS308", "invalid-schema", "warning", "a v2 schema in a form that FullStory does not document"),
        Meta("FS309", "untyped-server-property", "warning", "a server property whose type nothing tells"),
        Meta("FS401", "inconsistent-user-id", "error", "user IDs of different forms in one app, which do not link"),
        Meta("FS402", "non-string-user-id", "error", "a number as user ID"),
        Meta("FS403", "personal-user-id", "warning", "an e-mail address or phone number as user ID"),
        Meta("FS404", "invalid-user-id", "error", "an empty or placeholder user ID"),
        Meta(
            "FS405", "unlinked-server-event", "warning", "server events with a user ID that no client code identifies"
        ),
        Meta(
            "FS406", "maybe-missing-user-id", "warning", 'a missing ID would be sent as the word "undefined" or "None"'
        ),
        Meta("FS501", "blocking-await", "error", "a response waits for a tracking request"),
        Meta("FS502", "unhandled-tracking-failure", "warning", "a failing tracking request can break the app"),
        Meta("FS503", "missing-timeout", "warning", "a tracking request without a sensible timeout"),
        Meta(
            "FS504", "tracking-in-loop", "warning", "one tracking request per iteration, or per scroll and mouse event"
        ),
        Meta("FS505", "blocking-call-in-async", "error", "a synchronous tracking request blocks the event loop"),
        Meta(
            "FS506", "client-only-critical-event", "warning", "a business-critical event is sent from the browser only"
        ),
        Meta("FS507", "missing-retry", "info", "a tracking request that nothing retries on 429"),
        Meta(
            "FS508",
            "unguarded-client-call",
            "warning",
            "a call on the bare FullStory global without a guard",
            default=False,
        ),
        Meta("FS509", "pointless-await", "warning", "an await on a call that returns no promise"),
        Meta(
            "FS510", "lost-when-frozen", "warning", "a request that the serverless platform freezes before it is sent"
        ),
        Meta("FS511", "unchecked-response", "info", "nobody looks at the response of a tracking request"),
        Meta("FS512", "interface-event-on-server", "info", "an interface event is sent from the server only"),
        Meta("FS513", "early-session-getter", "warning", "a session getter is called before FullStory has loaded"),
        Meta("FS514", "call-before-init", "error", "the SDK is called before init"),
        Meta("FS601", "exposed-api-key", "error", "a FullStory API key in the code"),
        Meta("FS602", "public-env-api-key", "error", "a server key in a variable that the bundler publishes"),
        Meta("FS603", "server-api-in-client", "error", "client code calls the server API"),
        Meta("FS604", "sensitive-property", "error", "a credential, card or government number as a property"),
        Meta("FS605", "malformed-authorization", "error", "an Authorization header that FullStory does not accept"),
        Meta("FS606", "personal-data-property", "info", "personal data in event or page properties"),
        Meta("FS701", "dynamic-event-name", "warning", "an event name built from data"),
        Meta("FS702", "event-name-style", "warning", "a registered name that breaks the registry's naming"),
        Meta("FS703", "invalid-event-name", "error", "an empty or overlong event name"),
        Meta("FS801", "unknown-operation", "error", "an operation that FullStory does not know"),
        Meta("FS802", "invalid-arguments", "error", "arguments that FullStory does not accept"),
        Meta("FS803", "missing-payload-field", "error", "a server payload lacks its name or its user"),
        Meta("FS804", "invalid-timestamp", "error", "a timestamp that is not ISO 8601 with zone"),
        Meta("FS805", "unexecuted-batch", "error", "a batch job that is never executed"),
        Meta("FS806", "namespace-import", "error", "a namespace import of the browser SDK 2, which has no methods"),
        Meta("FS807", "wrong-body-encoding", "error", "a request body that cannot arrive as JSON"),
        Meta("FS808", "missing-timestamp", "warning", "a server event without timestamp"),
        Meta("FS809", "undocumented-payload", "info", "a payload in an undocumented form"),
        Meta("FS810", "conflicting-identification", "error", "a payload that identifies the user twice"),
    )
}
