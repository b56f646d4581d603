"""``fslint lsp``."""

from __future__ import annotations

import click


@click.command(
    short_help="Run the language server, for editors.",
    epilog="""\b
Examples:
  fslint lsp                  speak over standard input and output, as editors start it
  fslint lsp --tcp 2087       wait for one client on a port, for debugging
""",
)
@click.option("--stdio", is_flag=True, help="Speak over standard input and output (the default).")
@click.option("--tcp", metavar="[HOST:]PORT", help="Wait for one client on a TCP port [127.0.0.1].")
@click.option("-v", "--verbose", is_flag=True, help="Log what is said to standard error, keys and all.")
def command(stdio: bool, tcp: str | None, verbose: bool) -> None:
    """Run the language server (LSP 3.17): findings while you type, fixes, hover, completion, renaming.

    Editors start it themselves; editors/README.md says how to set up yours.
    """
    if stdio and tcp:
        raise click.UsageError("--stdio and --tcp cannot go together.")
    address = _address(tcp) if tcp else None
    try:
        from ..lsp.server import serve
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol", "cattrs", "attrs"):
            raise
        raise click.ClickException("the language server needs more: pip install 'fslint[lsp]'") from None
    try:
        serve(address, verbose)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {tcp}: {error.strerror}") from None


def _address(given: str) -> tuple[str, int]:
    host, _, port = given.rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise click.UsageError(f"'{given}' is no port; write 2087 or 127.0.0.1:2087.")
    return host.strip("[]") or "127.0.0.1", int(port)
