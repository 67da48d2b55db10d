"""The command line, one module a command; `web.cli` puts them together."""
