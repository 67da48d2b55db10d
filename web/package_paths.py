"""Package names in addresses: one path converter for both arXiv grammars, and how a package's address is written.

Old identifiers keep their slash (``/packages/arxiv/hep-th/9901001``); ``%2F`` has become a slash before routing.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.convertors import Convertor, register_url_convertor

from registry.errors import InvalidIdentifier
from registry.identifiers import ARXIV_NAMESPACE, ArxivId, PackageId, parse_arxiv_id, parse_package_id

CONVERTER = "package_name"


class PackageNameConvertor(Convertor[str]):
    """A name as it stands in a path: an old identifier with its one slash, or one segment.

    What follows (``/v2``, later ``/versions/2/files/…``) is left to the route.
    """

    regex = r"(?:(?:[aA][rR][xX][iI][vV]:)?[A-Za-z-]+(?:\.[A-Za-z-]+)?/[0-9]{7}(?:v[0-9]+)?|[^/]{1,200})"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def register_converter() -> None:
    """Make ``{name:package_name}`` known to routes. Done once more changes nothing."""
    register_url_convertor(CONVERTER, PackageNameConvertor())


def read_package_id(namespace: str, name: str) -> tuple[PackageId, ArxivId | None]:
    """The package two path parts name, and for arXiv the identifier as written (it may carry a version).

    Raises InvalidIdentifier.
    """
    if namespace.lower() == ARXIV_NAMESPACE:
        arxiv_id = parse_arxiv_id(name)
        return PackageId(ARXIV_NAMESPACE, arxiv_id.id), arxiv_id
    if ":" in namespace:
        raise InvalidIdentifier(f"{namespace[:80]!r} is not a namespace; write the package as namespace/name")
    return parse_package_id(f"{namespace}:{name}"), None


def package_path(namespace: str, name: str, number: int | None = None) -> str:
    """The canonical address of a package's page, or of one of its versions."""
    path = f"/packages/{quote(namespace)}/{quote(name, safe='/')}"
    return path if number is None else f"{path}/v{number}"


def package_api_path(namespace: str, name: str) -> str:
    """The canonical address of a package in the API."""
    return f"/api/v1/packages/{quote(namespace)}/{quote(name, safe='/')}"
