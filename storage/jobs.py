"""Durable jobs: one workflow a recording, one step a derivative. The only importer of DBOS.

Holds always: a job killed at any moment goes on at the step it was killed in, in whichever process
lives; of one recording at most one job is under way; losing the jobs' database loses nothing,
because what is to do is asked of the recordings. Steps must be safe to repeat: DBOS fences its own
rows, not what a step writes.

DBOS leaves a dead process's jobs PENDING for ever unless somebody asks. So each process has an
executor id of its own and a lease in the site's database, and each of them resumes what is PENDING
under an executor without a live lease (by absence: nothing is deleted first that could be lost), or
under one of this machine that is known to be dead.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from dbos import DBOS, DBOSConfig, SetEnqueueOptions
from dbos import error as dbos_error
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from evidence.entry import time_text
from evidence.errors import DatabaseUnavailable, LiuhenError
from storage import schema
from storage.database import claim_lease, release_lease, sqlite_url
from storage.site import Site

log = logging.getLogger(__name__)

Work = Callable[[str, str], str]
"""Does the step of (recording, step) and says in a word what came of it."""

_QUEUE = "derivatives"
_NAME = "liuhen"
_VERSION = "derivatives-1"  # ours: by default it is a digest of the code, and old jobs are left
_SCHEMA = "liuhen_jobs"
_LEASE = "executor/"
_LEASE_SECONDS = 10.0
_BEAT_SECONDS = 2.0
_POLL_SECONDS = 0.5
_FORGOTTEN_AT_ONCE = 1000


@dataclass(frozen=True)
class Workflow:
    """What a job consists of, and how many jobs this process does at once."""

    steps: Sequence[str]
    work: Work
    workers: int = 1


@dataclass(frozen=True)
class Executor:
    """The process that does jobs: a name no other has, and whether a process of a name lives."""

    name: str
    is_alive: Callable[[str], bool]


class Jobs:
    """The jobs of this process; made by `running`, of which there is one in a process."""

    def __init__(self, site: Site, executor: Executor, *, workflow: Workflow) -> None:
        self._site = site
        self.executor = executor
        self._stop = threading.Event()
        self._derive = DBOS.workflow(name="derive", max_recovery_attempts=20)(_job(workflow))

    def enqueue(self, recording: str) -> None:
        """Asks for a recording's job unless one is under way."""
        options = SetEnqueueOptions(
            deduplication_id=recording, duplication_policy="return-existing"
        )
        with _translated(), options:
            DBOS.enqueue_workflow(_QUEUE, self._derive, recording)

    def rescue(self) -> int:
        """Resumes the jobs of processes that live no more; how many."""
        alive = self._alive()
        with _translated():
            pending = DBOS.list_workflows(status="PENDING", name="derive", load_input=False)
            lost = [job for job in pending if not self._lives(job.executor_id or "", alive)]
            for job in lost:
                log.info("Resuming job %s of %s", job.workflow_id, job.executor_id)
                DBOS.resume_workflow(job.workflow_id, queue_name=_QUEUE)
        return len(lost)

    def under_way(self) -> set[str]:
        """Recordings whose jobs wait or run, in any process."""
        with _translated():
            jobs = DBOS.list_workflows(status=["ENQUEUED", "PENDING"], name="derive")
        return {str(job.input["args"][0]) for job in jobs if job.input}

    def forget_ended(self, before: datetime) -> int:
        """Deletes some of the jobs that ended before then, as nothing rests on them; how many."""
        with _translated():
            ended = DBOS.list_workflows(
                status=["SUCCESS", "ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
                name="derive",
                completed_before=time_text(before),
                limit=_FORGOTTEN_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            DBOS.delete_workflows([job.workflow_id for job in ended])
        return len(ended)

    def _lives(self, executor: str, leased: set[str]) -> bool:
        return executor in leased and self.executor.is_alive(executor)

    def _alive(self) -> set[str]:
        table = schema.leases
        now = time_text(self._site.clock())
        query = select(table.c.id).where(table.c.id.startswith(_LEASE), table.c.until > now)
        with self._site.database.read() as connection:
            names = connection.execute(query).scalars()
            return {str(name).removeprefix(_LEASE) for name in names}

    def _renew(self) -> None:
        now = self._site.clock()
        until = time_text(now + timedelta(seconds=_LEASE_SECONDS))
        name = _LEASE + self.executor.name
        with self._site.database.write() as connection:
            claim_lease(connection, name, owner=self.executor.name, now=time_text(now), until=until)

    def _keep_lease(self) -> None:
        while not self._stop.wait(_BEAT_SECONDS):
            try:
                self._renew()
            except LiuhenError as error:
                log.warning("The lease of the jobs could not be renewed: %s", error)

    @contextmanager
    def _leased(self) -> Iterator[None]:
        self._renew()
        thread = threading.Thread(target=self._keep_lease, name="jobs-lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            with self._site.database.write() as connection:
                release_lease(connection, _LEASE + self.executor.name, owner=self.executor.name)


def _job(workflow: Workflow) -> Callable[[str], list[str]]:
    def derive(recording: str) -> list[str]:
        """The steps in order, each recorded when it has ended."""
        return [
            DBOS.run_step({"name": step}, workflow.work, recording, step) for step in workflow.steps
        ]

    return derive


@contextmanager
def running(site: Site, executor: Executor, *, workflow: Workflow) -> Iterator[Jobs]:
    """Runs jobs in threads of this process until the block ends.

    The executor's name must be of this process alone. Raises `DatabaseUnavailable`.
    """
    config: DBOSConfig = {
        "name": _NAME,
        "system_database_url": database_url(site),
        "dbos_system_schema": _SCHEMA,
        "executor_id": executor.name,
        "application_version": _VERSION,
        "log_level": "CRITICAL",
    }
    with _translated():
        DBOS(config=config)
    jobs = Jobs(site, executor, workflow=workflow)
    with jobs._leased():  # noqa: SLF001 - before launch, which looks for jobs of dead executors
        try:
            with _translated():
                DBOS.launch()
                workers = workflow.workers
                DBOS.register_queue(
                    _QUEUE, worker_concurrency=workers, polling_interval_sec=_POLL_SECONDS
                )
            yield jobs
        finally:
            DBOS.destroy(destroy_registry=True)


def database_url(site: Site) -> str:
    """A file of its own beside the site's, or a schema of its own on a PostgreSQL server."""
    if site.database.is_sqlite:
        return sqlite_url(site.plan.data / "jobs.db")
    return site.database.engine.url.render_as_string(hide_password=False)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (dbos_error.DBOSException, SQLAlchemyError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise DatabaseUnavailable("The jobs' database does not answer", reason=reason) from error
