"""The language server: a skin over ``engine``, as the command line is. Its libraries come with ``fslint[lsp]``."""
