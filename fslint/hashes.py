"""BLAKE2b. From ``hashlib`` it would come with OpenSSL, which takes 2 ms to load."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # a Python that was built without it
    from hashlib import blake2b

__all__ = ["blake2b"]
