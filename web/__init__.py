"""The composition root: HTTP, pages, the command line, and the processes that `up` supervises."""
