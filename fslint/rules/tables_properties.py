"""What rules know of property names and values, as data: suffixes, reserved names, sensitive and personal words."""

from __future__ import annotations

from typing import NamedTuple


def _list(text: str) -> list[str]:
    """The words of a text, so that a long table reads like one."""
    return text.split()


RESERVED_USER = frozenset({"displayName", "email", "uid", "acctId", "website"})
"""User properties without suffix (fullstory-api.md §1.4)."""

RESERVED_PAGE = frozenset({"pageName"})
"""Page properties without suffix (fullstory-api.md §1.4)."""

NEVER_UNKNOWN = RESERVED_USER | RESERVED_PAGE
"""Names that FS105 never reports (RULES.md, FS1)."""

NEUTRAL_SUFFIXES = ("_obj", "_objs")
"""Not among the ten, and not wrong (fullstory-api.md §1.3)."""

FITS: dict[str, frozenset[str]] = {
    kind: frozenset(listed.split())
    for kind, listed in {
        "str": "str isodate",
        "int": "int num",
        "real": "real int num",
        "bool": "bool",
        "date": "date isodate str",
        "strs": "strs array",
        "ints": "ints nums array",
        "reals": "reals ints nums array",
        "bools": "bools array",
        "dates": "dates strs array",
        "object": "object",
        "objects": "objects array",
    }.items()
}
"""Registered or suffix type → value types (``link.types``) that do not contradict it. Texts for ``date`` are looked at."""

SUFFIX_FITS: dict[str, frozenset[str]] = {
    kind: frozenset(listed.split())
    for kind, listed in {
        "str": "str",
        "int": "int",
        "real": "real int",
        "bool": "bool",
        "date": "date",
        "strs": "strs",
        "ints": "ints",
        "reals": "reals ints",
        "bools": "bools",
        "dates": "dates",
    }.items()
}
"""Registered type → suffixes that say the same."""

SUFFIX_OF: dict[str, str] = {
    "str": "str",
    "isodate": "date",
    "int": "int",
    "real": "real",
    "num": "real",
    "bool": "bool",
    "date": "date",
    "strs": "strs",
    "ints": "ints",
    "reals": "reals",
    "nums": "reals",
    "bools": "bools",
    "dates": "dates",
}
"""Value type → the suffix to write."""

TYPE_WORDS: dict[str, str] = {
    "str": "a string",
    "isodate": "a string",
    "int": "a whole number",
    "real": "a number with decimals",
    "num": "a number",
    "bool": "a boolean",
    "date": "a date",
    "strs": "an array of strings",
    "ints": "an array of whole numbers",
    "reals": "an array of numbers",
    "nums": "an array of numbers",
    "bools": "an array of booleans",
    "dates": "an array of dates",
    "array": "an array",
    "object": "an object",
    "objects": "an array of objects",
    "null": "null",
    "function": "a function",
}
"""A type in words, for messages."""


class NearMiss(NamedTuple):
    """``fits``: value types that agree; ``unknown``: whether an unknown value agrees; ``right``: what to write then."""

    fits: frozenset[str]
    unknown: bool
    right: str


_NUMBERS = frozenset({"int", "real", "num"})
_ARRAYS = frozenset({"strs", "ints", "reals", "nums", "bools", "dates", "array"})

NEAR_MISSES: dict[str, NearMiss] = {
    "string": NearMiss(frozenset({"str", "isodate"}), False, "str"),
    "number": NearMiss(_NUMBERS, False, "real"),
    "float": NearMiss(_NUMBERS, True, "real"),
    "boolean": NearMiss(frozenset({"bool"}), True, "bool"),
    "integer": NearMiss(frozenset({"int", "num"}), True, "int"),
    "datetime": NearMiss(frozenset({"date", "isodate", "str"}), False, "date"),
    "array": NearMiss(_ARRAYS, False, "strs"),
    "json": NearMiss(frozenset({"str", "isodate"}), False, "str"),
}
"""Suffixes that people write for one of the ten (RULES.md, FS302)."""

NOUNS = frozenset(
    _list(
        "order_number page_number phone_number invoice_number account_number serial_number version_number query_string "
        "start_datetime end_datetime card_number room_number ticket_number line_number row_number build_number "
        "house_number part_number model_number tracking_number case_number flight_number seat_number step_number "
        "contract_number customer_number policy_number registration_number reference_number confirmation_number "
        "item_number batch_number lot_number issue_number employee_number vat_number tax_number id_number "
        "routing_number mobile_number telephone_number fax_number episode_number season_number chapter_number "
        "port_number sequence_number revision_number release_number purchase_order_number po_number "
        "connection_string format_string search_string user_agent_string template_string error_string "
        "created_datetime updated_datetime event_datetime local_datetime byte_array"
    )
)
"""Whole names that end like a near miss and are ordinary nouns."""

FIRST_WORDS: dict[str, str] = dict.fromkeys(
    ["is", "has", "had", "can", "could", "should", "was", "were", "will", "did", "needs", "allow", "allows"], "bool"
)
LAST_WORDS: dict[str, str] = {
    **dict.fromkeys(["count", "quantity", "qty", "index", "seats", "attempts"], "int"),
    **dict.fromkeys(
        ["price", "amount", "total", "cost", "revenue", "rate", "discount", "tax", "latitude", "longitude"], "real"
    ),
    **dict.fromkeys(["date", "at", "expiration", "expiry"], "date"),
    **dict.fromkeys(["enabled", "disabled"], "bool"),
}
"""The type suffix that the first or last word of a property's name suggests, for examples in help only."""

SCHEMA_TYPES = frozenset({"str", "strs", "int", "ints", "real", "reals", "bool", "bools", "date", "dates"})
"""What a v2 schema may say (fullstory-api.md §2.2)."""

SCHEMA_RIGHT: dict[str, str] = {
    "string": "str",
    "text": "str",
    "integer": "int",
    "number": "real",
    "float": "real",
    "double": "real",
    "decimal": "real",
    "boolean": "bool",
    "datetime": "date",
    "timestamp": "date",
    "array": "strs",
    "string[]": "strs",
    "strings": "strs",
    "number[]": "reals",
    "numbers": "reals",
    "integers": "ints",
    "booleans": "bools",
}
"""Types of other vocabularies → the one that is meant."""

REQUEST_NAMES = frozenset({"req", "request"})
REQUEST_BODIES = frozenset({"body"})
REQUEST_BODIES_PYTHON = frozenset({"body", "data", "POST", "form", "json"})
"""Attributes of a web framework's request that are its whole body (Express, Koa, Nest; Django, DRF, Flask)."""

DOM_LOOKUPS = frozenset(
    {
        "document.getElementById",
        "document.querySelector",
        "document.querySelectorAll",
        "document.getElementsByClassName",
        "document.getElementsByTagName",
        "document.createElement",
    }
)
DOM_METHODS = frozenset({"querySelector", "querySelectorAll", "closest", "getElementsByClassName"})
DOM_GLOBALS = frozenset({"document", "document.body", "document.activeElement", "document.documentElement", "event"})
EVENT_TARGETS = frozenset({"target", "currentTarget", "relatedTarget"})

WHOLE_TYPES: dict[str, str] = {
    **dict.fromkeys(
        _list(
            "Event UIEvent MouseEvent KeyboardEvent PointerEvent TouchEvent FocusEvent InputEvent SubmitEvent "
            "DragEvent ClipboardEvent WheelEvent CustomEvent ChangeEvent FormEvent SyntheticEvent PopStateEvent "
            "MessageEvent ErrorEvent"
        ),
        "a whole event object",
    ),
    **dict.fromkeys(
        _list(
            "HTMLElement Element Node EventTarget HTMLInputElement HTMLButtonElement HTMLFormElement "
            "HTMLAnchorElement HTMLDivElement HTMLSelectElement HTMLTextAreaElement HTMLVideoElement SVGElement"
        ),
        "a DOM node",
    ),
    "FormData": "a FormData object",
}
"""Declared types of things that are no property value."""

# ------------------------------------------------------------------------------------------------ names of private data

SENSITIVE: tuple[tuple[str, ...], ...] = tuple(
    tuple(term.split("_"))
    for term in _list(
        # credentials
        "password passwords passwd pwd passphrase passcode pin pin_code secret secrets token tokens access_token "
        "refresh_token api_key api_keys apikey private_key secret_key signing_key encryption_key credential "
        "credentials otp otp_code totp jwt accesstoken refreshtoken authtoken security_answer recovery_code "
        # cards
        "card_number cardnumber cc_number ccnumber pan cvv cvv2 cvc cvc2 csc card_code security_code "
        # bank
        "iban account_number accountnumber routing_number routingnumber sort_code bank_account "
        # government
        "ssn social_security social_security_number sin_number passport passport_number passport_no tax_id taxid "
        "tax_number taxpayer_id national_id national_insurance_number national_insurance nin "
        "drivers_license driver_license driving_licence driving_license drivers_licence "
        "drivers_license_number driver_license_number driving_licence_number identity_number id_card_number "
        "aadhaar aadhaar_number medicare_number"
    )
)
"""Credentials, card, bank and government numbers: the last words of a name, or all of it (RULES.md, FS604)."""

NUMBERS_TOO: frozenset[tuple[str, ...]] = frozenset(
    {
        ("card", "number"),
        ("cardnumber",),
        ("cc", "number"),
        ("pan",),
        ("cvv",),
        ("cvv2",),
        ("cvc",),
        ("cvc2",),
        ("ssn",),
    }
)
"""Sensitive also as a number."""

PERSONAL: tuple[tuple[str, ...], ...] = tuple(
    tuple(term.split("_"))
    for term in _list(
        "email emails e_mail email_address emailaddress mail_address phone phones phone_number phonenumber phone_no "
        "telephone telephone_number mobile mobile_number mobile_phone cell_phone cellphone msisdn "
        "dob date_of_birth dateofbirth birth_date birthdate birthday "
        "street street_address street_name first_name firstname last_name lastname full_name fullname surname "
        "given_name family_name middle_name maiden_name ip_address ipaddress client_ip user_ip remote_ip remote_addr"
    )
)
"""Personal data: the last words of a name, or all of it (RULES.md, FS606)."""

ADDRESS_WORDS = frozenset({"street", "home", "shipping", "billing", "mailing", "postal"})
"""What makes an ``address`` a person's; alone it is one too, with any other word not (``wallet_address``)."""

SILENCING_FIRST = frozenset(
    _list(
        "has is needs need uses use used with without requires require required can could did does do was were had have "
        "should shows show supports support allows allow enables enable enabled disabled wants want forgot forgotten "
        "are include includes including no"
    )
)
"""A first word that makes a name a yes or no about the data, not the data."""

TOKEN_WORDS = frozenset({"max", "min", "used", "total", "input", "output", "prompt", "count", "completion"})
"""Beside these words a token is a unit of text."""
