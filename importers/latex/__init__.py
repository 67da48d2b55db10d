"""A reader of LaTeX that runs no TeX: from a source tree to a document whose every part knows its characters."""
