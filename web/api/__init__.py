"""The JSON API, version 1: the same reads as the pages, for programs."""
