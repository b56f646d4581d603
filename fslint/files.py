"""Writing files: whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
import stat
from pathlib import Path


def write(target: Path, content: bytes) -> None:
    """Replace a file at once, or make a new one with its folders. Raises ``OSError``.

    The file's mode stays; what a link leads to is replaced, not the link. A device or a pipe is written to as it is.
    """
    target = target.resolve()
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        mode = None
        target.parent.mkdir(parents=True, exist_ok=True)
    if mode is not None and not stat.S_ISREG(mode):
        with target.open("wb") as file:
            file.write(content)
        return
    temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
