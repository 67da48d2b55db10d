"""`discoveries import source ID…`: bring the full text of named papers in, now or through the queue."""

from __future__ import annotations

from threading import Event
from typing import Annotated

import typer

from registry.settings import load_settings
from web.commands.options import DataDir


def import_source(
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="arXiv ids of papers that are in the registry.")],
    queue: Annotated[bool, typer.Option("--queue", help="Leave it to a worker instead of doing it here.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Fetch and compile the full text of papers, whatever the policy says; what of it is served, their licences decide.

    Exit status 1 if any could not be brought in.
    """
    from registry.database import transaction
    from registry.errors import RegistryError
    from registry.fulltext import AttemptState
    from registry.identifiers import parse_arxiv_id
    from registry.jobs import enqueue, job_app
    from web.fulltext import compile_fulltext, fulltext_work
    from web.opening import opened

    settings = load_settings({"data_dir": data_dir}).settings
    named = list(dict.fromkeys(parse_arxiv_id(one).id for one in ids))
    failed = False
    with opened(settings, command="discoveries import source") as registry:
        for name in named:
            if queue:
                with transaction(registry.engine) as session:
                    job_id, _ = enqueue(session, job_app(registry.url), fulltext_work(name, asked_by_person=True))
                typer.echo(f"arxiv:{name}: job {job_id}")
                continue
            try:
                outcome = compile_fulltext(registry, name, Event(), again=True)
            except RegistryError as error:
                typer.echo(str(error), err=True)
                failed = True
            else:
                typer.echo(outcome.sentence, err=outcome.state is not AttemptState.DONE)
                failed |= outcome.state is not AttemptState.DONE
    if failed:
        raise typer.Exit(1)
