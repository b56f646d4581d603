"""What a user ID looks like: the forms that FS401 compares and the attributes that FS403 knows (RULES.md, FS4)."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..link.evaluate import Evaluator
from ..link.types import is_uuid, type_of
from ..link.values import (
    CallV,
    Choice,
    External,
    GlobalV,
    Lit,
    MemberV,
    Param,
    SecretV,
    Tmpl,
    Val,
    dotted,
)

EMAIL_WORDS = frozenset({"email", "mail", "e_mail", "email_address", "emailaddress"})
PHONE_WORDS = frozenset({"phone", "phone_number", "phonenumber", "mobile", "msisdn"})
_ID_NAMES = frozenset({"id", "pk", "uid", "user_id", "userid"})

_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_PREFIXED = re.compile(rf"([A-Za-z](?:[A-Za-z_\-:.|]*?[_\-:.|]))(?={_UUID}|\d)")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+\d[\d\s()./-]{6,}")

_KEEPING = frozenset(
    [
        "toLowerCase",
        "toUpperCase",
        "lower",
        "upper",
        "casefold",
        "trim",
        "strip",
        "trimStart",
        "trimEnd",
        "lstrip",
        "rstrip",
        "normalize",
        "toString",
        "toLocaleLowerCase",
        "valueOf",
        "encode",
        "decode",
    ]
)
"""Methods that keep a personal ID personal: case, trim (RULES.md, FS403)."""
_ENCODING = frozenset(
    ["encodeURIComponent", "encodeURI", "escape", "urllib.parse.quote", "urllib.parse.quote_plus", "String", "str"]
)
NUMBERING = frozenset(["Number", "parseInt", "parseFloat", "BigInt", "int", "float"])


class Form(NamedTuple):
    """``kind``: ``prefix`` ``digits`` ``uuid`` ``other`` (of known text) · ``id`` ``sub`` ``attribute`` (of an attribute
    or parameter) · ``email`` ``phone`` (personal) · ``call`` (agrees with everything). ``text``: the prefix."""

    kind: str
    text: str = ""

    @property
    def personal(self) -> bool:
        return self.kind in ("email", "phone")

    def describe(self) -> str:
        """The form in a few words."""
        return {
            "prefix": f"'{self.text}…'",
            "digits": "a bare number",
            "uuid": "a bare UUID",
            "other": "text without prefix",
            "id": "the plain id",
            "sub": "the token's `sub`",
            "email": "the e-mail address",
            "phone": "the phone number",
        }.get(self.kind, "an ID")


UNKNOWN = Form("call")


def words(name: str) -> list[str]:
    """The words of a name in lower case, whatever its case style."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word.lower() for word in re.split(r"[\W_]+", spaced) if word]


def snake(name: str) -> str:
    """A name in snake case: ``userEmail`` → ``user_email``."""
    return "_".join(words(name))


def personal_name(name: str) -> str:
    """``email`` or ``phone`` where the last word of a name says so, else ""."""
    folded = snake(name)
    if folded.startswith(("has_", "is_")):
        return ""
    for words, kind in ((EMAIL_WORDS, "email"), (PHONE_WORDS, "phone")):
        if any(folded == word or folded.endswith("_" + word) for word in words):
            return kind
    return ""


def attribute_name(value: Val) -> str:
    """The name by which an unknown value is read: an attribute, a key, a ``.get`` argument, a parameter."""
    if isinstance(value, MemberV):
        if value.key is not None and value.key.isdigit():
            return ""
        return value.key or ""
    if isinstance(value, CallV) and _method(value) in ("get", "getItem", "pop"):
        key = value.args[0] if value.args else None
        return key.value if isinstance(key, Lit) and isinstance(key.value, str) else ""
    if isinstance(value, CallV) and dotted(value.callee) == "getattr" and len(value.args) > 1:
        key = value.args[1]
        return key.value if isinstance(key, Lit) and isinstance(key.value, str) else ""
    if isinstance(value, Param):
        return value.name
    if isinstance(value, (GlobalV, External)) and value.path:
        return value.path[-1]
    return ""


def _method(value: CallV) -> str:
    """The method that is called on something unknown, or on a member of something imported."""
    callee = value.callee
    if isinstance(callee, MemberV):
        return callee.key or ""
    return callee.path[-1] if isinstance(callee, External) and len(callee.path) > 1 else ""


def unwrap(value: Val) -> tuple[Val, bool]:
    """A value without case, trim, URL-encoding and conversions to text or number; whether one was to a number."""
    numbered = False
    for _ in range(12):
        if isinstance(value, Tmpl) and len(value.parts) == 1 and isinstance(value.parts[0], Val):
            value = value.parts[0]
        elif isinstance(value, CallV):
            name = dotted(value.callee)
            if isinstance(value.callee, MemberV) and value.callee.key in _KEEPING:
                value = value.callee.base
            elif name in _ENCODING and value.args:
                value = value.args[0]
            elif name in NUMBERING and value.args:
                value, numbered = value.args[0], True
            else:
                break
        elif isinstance(value, Choice):
            break
        else:
            break
    return value, numbered


def personal(value: Val) -> str:
    """``email`` or ``phone`` where a value is one, by its text or by the attribute it is read from; else ""."""
    inner, _ = unwrap(value)
    if isinstance(inner, Lit):
        if not isinstance(inner.value, str) or inner.kind:
            return ""
        text = inner.value.strip()
        if _EMAIL.fullmatch(text):
            return "email"
        return "phone" if _PHONE.fullmatch(text) else ""
    return personal_name(attribute_name(inner))


def form_of(value: Val, evaluator: Evaluator) -> Form:
    """The form of one alternative of a user ID."""
    inner, numbered = unwrap(value)
    if isinstance(inner, Choice):
        forms = {form_of(option, evaluator) for option in inner.options}
        return forms.pop() if len(forms) == 1 else UNKNOWN
    if numbered:
        return UNKNOWN if personal(inner) else Form("attribute")
    kind = personal(inner)
    if kind:
        return Form(kind)
    if isinstance(inner, Lit):
        return _literal(inner)
    if isinstance(inner, Tmpl):
        return Form("prefix", inner.prefix) if inner.prefix.strip() else Form("attribute")
    if isinstance(inner, SecretV):
        return UNKNOWN
    bare = _bare(inner, evaluator) if value is not inner else ""
    if bare:
        return Form(bare)
    name = snake(attribute_name(inner))
    if not name:
        return UNKNOWN if isinstance(inner, CallV) or not isinstance(inner, (MemberV, Param)) else Form("attribute")
    if name in _ID_NAMES or name.endswith("_id"):
        return Form("id")
    if name == "sub":
        return Form("sub")
    if isinstance(inner, CallV) and _method(inner) not in ("get", "pop"):
        return UNKNOWN
    return Form("attribute")


def _bare(inner: Val, evaluator: Evaluator) -> str:
    """``String(x)``, ``str(x)``, ``${x}`` of a declared number or UUID: the form that its text has, else ""."""
    if type_of(inner, evaluator) in ("int", "num"):
        return "digits"
    return "uuid" if is_uuid(inner, evaluator) else ""


def _literal(value: Lit) -> Form:
    if not isinstance(value.value, str) or value.kind:
        return UNKNOWN
    text = value.value.strip()
    if re.fullmatch(r"\d+", text):
        return Form("digits")
    if re.fullmatch(_UUID, text):
        return Form("uuid")
    found = _PREFIXED.match(text)
    if found:
        return Form("prefix", found.group(1))
    return Form("other") if re.search(r"\d", text) else UNKNOWN


def agree(left: Form, right: Form) -> bool:
    """Whether IDs of two forms can be the same ID."""
    if left == right or "call" in (left.kind, right.kind):
        return True
    if left.personal or right.personal:
        return False
    if "sub" in (left.kind, right.kind):
        return "attribute" in (left.kind, right.kind)
    return left.kind in ("id", "attribute") or right.kind in ("id", "attribute")
