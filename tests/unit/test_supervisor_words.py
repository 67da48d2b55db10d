"""Where the web server listens, in words, without starting one."""

from __future__ import annotations

import errno

import pytest

from web.listening import _explain, address_of, check_address, local_host
from web.supervisor import _STOP_ORDER, ROLES, _stop_rank, role_command


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("lab.example", "http://lab.example:8000"),
    ],
)
def test_printed_address_can_be_opened_on_this_machine(host: str, address: str) -> None:
    assert address_of(host, 8000) == address
    assert local_host(host) in address


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EADDRINUSE, "port 80 on 127.0.0.1 is used by another program"),
        (errno.EACCES, "ports under 1024 belong to root"),
        (errno.EADDRNOTAVAIL, "127.0.0.1 is no address of this machine"),
        (errno.ENETDOWN, "cannot listen on 127.0.0.1 port 80"),
    ],
)
def test_refused_addresses_are_explained(number: int, said: str) -> None:
    message = _explain("127.0.0.1", 80, OSError(number, "whatever"))
    assert said in message
    assert "choose another" in message


def test_free_address_is_accepted() -> None:
    check_address("127.0.0.1", 0)


def test_every_role_has_its_place_in_the_order_of_stopping() -> None:
    assert sorted(_STOP_ORDER) == sorted(ROLES)
    assert sorted(ROLES, key=_stop_rank) == ["web", "scheduler", "worker"]
    assert _stop_rank("unknown") > max(map(_stop_rank, ROLES))


def test_roles_are_started_by_our_own_command_line() -> None:
    assert role_command("worker")[1:] == ["-m", "web.cli", "worker"]
