"""Runs git, pointed at one repository and at nobody's settings.

Every call names its repository, ignores the user's and the system's configuration and every GIT_* variable, and runs no
hook and no monitor. GitPython launches git and reads objects; its index and commit functions are not used, because
their cost grows with the archive. What the repository's own configuration may say is checked elsewhere, before this.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from archiver.errors import StoreError
from archiver.store.disk import hint_for
from archiver.store.layout import BARE, GIT

_INSTALL = "install git 2.36 or newer"

try:
    import git
except ImportError as error:  # GitPython looks for the program when it is imported
    raise StoreError("git was not found", hint=_INSTALL) from error

IDENTITY = ("archiver", "archiver@localhost")
"""Author and committer of every commit we make: nothing that a page says."""

_CHECK = "run 'archiver check'"
_OLDEST = (2, 36)
"""The first git that syncs references to disk (core.fsync)."""

_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.fsync": "all",
    "core.autocrlf": "false",
    "core.quotePath": "false",
    "core.logAllRefUpdates": "always",
    "fastimport.unpackLimit": "1",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "transfer.fsckObjects": "true",
    "receive.denyNonFastForwards": "true",
}
"""Written into a new archive for those who use git there, and given to every call because a clone lacks them."""

_FOR_A_CALL = {
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "diff.ignoreSubmodules": "all",
    "advice.graftFileDeprecated": "false",
    "pack.threads": "1",
    "pack.windowMemory": "64m",
    "pack.deltaCacheSize": "64m",
    "repack.writeBitmaps": "false",
}
"""Given to every call besides. No call looks into a submodule: what lies there has a configuration of its own. Packing
holds one window of objects at once, however long the articles and however many the processors."""

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": IDENTITY[0],
    "GIT_AUTHOR_EMAIL": IDENTITY[1],
    "GIT_COMMITTER_NAME": IDENTITY[0],
    "GIT_COMMITTER_EMAIL": IDENTITY[1],
}


class Repository:
    """git in the folder `path`, whose repository is `path/.git`, or `path/archive.git` without a working tree.

    Safe for several threads.
    """

    def __init__(self, path: Path, *, bare: bool = False) -> None:
        """Raise StoreError when git is missing or too old."""
        _require_version()
        self.path = path
        self.is_bare = bare
        self.git_dir = path / (BARE if bare else GIT)
        self.inherited: tuple[int, ...] = ()
        """File descriptors that every launched git holds on to: the lock of the run."""
        self._git = git.Git(path)
        # Named explicitly, git does not ask who owns the folder (safe.directory); it has been looked through by now.
        self._git.update_environment(**_ENVIRONMENT, GIT_DIR=str(self.git_dir))
        if not bare:
            self._git.update_environment(GIT_WORK_TREE=str(path))
        self._reading = threading.Lock()

    @classmethod
    def initialise(cls, path: Path, *, bare: bool = False) -> Repository:
        """Make an empty repository without anybody's template, whose configuration is ours."""
        repository = cls(path, bare=bare)
        options = ("--quiet", "--template=", "--initial-branch=main", "--object-format=sha1")
        repository.call("init", *options, *(["--bare"] if bare else []))
        with (repository.git_dir / "config").open("a") as config:
            config.write(_settings_text())
        return repository

    def configure(self) -> None:
        """Write the configuration of an archive that has lost it."""
        core = f"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = {str(self.is_bare).lower()}\n"
        (self.git_dir / "config").write_text(core + _settings_text())

    def call(self, *arguments: str) -> str:
        """Standard output of a git command. Raises StoreError when it fails."""
        status, out, errors = self.attempt(*arguments)
        if status:
            raise failure(arguments[0], errors)
        return out

    def attempt(self, *arguments: str) -> tuple[int, str, str]:
        """Status, standard output and error output of a git command that may fail."""
        status, out, errors = self._execute(arguments, with_extended_output=True, with_exceptions=False)
        return status, out, errors

    def launch(self, *arguments: str) -> Any:  # noqa: ANN401 - GitPython has no public name for its handle
        """A git process with open pipes, as `proc` of a handle that ends it when it is dropped."""
        return self._execute(arguments, istream=-1, as_process=True)

    def work(self, *arguments: str, lines: Iterable[bytes] = ()) -> str:
        """Standard output of a git command that may take long and is told `lines`; an interrupt ends it.

        Raises StoreError when it fails.
        """
        launched = self.launch(*arguments)  # held on to, because git ends with its handle
        process = launched.proc
        try:
            with suppress(BrokenPipeError):  # then it has failed, and says why
                process.stdin.writelines(lines)
            out, errors = process.communicate()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.communicate()
            raise
        if process.returncode:
            raise failure(arguments[0], errors.decode())
        return str(out.decode())

    def lines(self, *arguments: str) -> Iterator[bytes]:
        """Standard output of a git command, line by line, without its ends. Raises StoreError when it fails."""
        launched = self.launch(*arguments)
        process = launched.proc
        for line in process.stdout:
            yield line.rstrip(b"\n")
        _, errors = process.communicate()
        if process.returncode:
            raise failure(arguments[0], errors.decode())

    def has(self, name: str) -> bool:
        """Whether git can read the object of that name ("<commit>:<path>", "<commit>^{tree}")."""
        try:
            self.read(name)
        except StoreError:
            return False
        return True

    def read(self, name: str) -> bytes:
        """The content of an object, from one git that stays. Raises StoreError when there is none."""
        with self._reading:
            if self._git.cat_file_all is None:
                self._git.cat_file_all = self.launch("cat-file", "--batch")
                _swallow_errors(self._git.cat_file_all.proc)
            try:
                _, _, size, data = self._git.get_object_data(name)
                if len(data) != size:
                    raise ValueError("git ended in the middle of an object")
                return data
            except (ValueError, OSError) as error:
                if self._git.cat_file_all.poll() is not None:
                    self._git.clear_cache()
                raise StoreError(f"git cannot read {name}", hint=_CHECK) from error

    def read_many(self, names: Sequence[str]) -> Iterator[bytes | None]:
        """The contents of many objects, in their order, by a git that is asked ahead and reads while we work.

        None for what cannot be read, as `read` would say.
        """
        while names:
            count = 0
            for content in self._read_ahead(names):
                yield content
                count += 1
            if count < len(names):  # git ends at a damaged object
                with suppress(StoreError):
                    content = None
                    content = self.read(names[count])
                yield content
                count += 1
            names = names[count:]

    def _read_ahead(self, names: Sequence[str]) -> Iterator[bytes | None]:
        """The contents of these objects until git ends, None for what is not there."""
        launched = self.launch("cat-file", "--batch", "--buffer")  # held on to, because git ends with its handle
        process = launched.proc
        asking = threading.Thread(target=_ask, args=(process.stdin, names), daemon=True)
        asking.start()
        swallowing = _swallow_errors(process)
        try:
            with open(process.stdout.fileno(), "rb", buffering=1 << 18, closefd=False) as answers:
                for _ in names:
                    head = answers.readline().split()
                    content = answers.read(int(head[2])) if len(head) == 3 else None
                    if not head or (content is not None and len(content) < int(head[2])):
                        return
                    if content is not None:
                        answers.read(1)
                    yield content
        finally:
            process.kill()
            process.wait()
            asking.join()
            swallowing.join()
            process.stdout.close()
            process.stderr.close()

    def close(self) -> None:
        """End the git that reads objects; the next read starts another."""
        with self._reading:
            self._git.clear_cache()

    def _execute(self, arguments: tuple[str, ...], **how: Any) -> Any:  # noqa: ANN401 - GitPython's own words
        """Launch git in a session of its own: Ctrl-C is for us to handle, not for git."""
        options = [word for name, value in (_SETTINGS | _FOR_A_CALL).items() for word in ("-c", f"{name}={value}")]
        with _no_git_variables():
            return self._git.execute(
                ["git", *options, *arguments], start_new_session=True, pass_fds=self.inherited, **how
            )


def failure(command: str, errors: str) -> StoreError:
    """What to raise when a git command failed with these words."""
    return StoreError(f"git {command} failed: {' '.join(errors.split())}", hint=hint_for(errors))


def _swallow_errors(process: subprocess.Popen[bytes]) -> threading.Thread:
    """What git says of damaged objects is read by nobody else, and a full pipe would stop it for ever."""
    assert process.stderr is not None
    thread = threading.Thread(target=_swallow, args=(os.dup(process.stderr.fileno()),), daemon=True)
    thread.start()
    return thread


def _swallow(descriptor: int) -> None:
    while os.read(descriptor, 1 << 12):
        pass
    os.close(descriptor)


def _settings_text() -> str:
    sections = groupby(_SETTINGS, lambda name: name.partition(".")[0])
    return "".join(
        f"[{section}]\n" + "".join(f"\t{name.partition('.')[2]} = {_SETTINGS[name]}\n" for name in names)
        for section, names in sections
    )


def _ask(pipe: IO[bytes], names: Iterable[str]) -> None:
    """Name what is wanted, and say that this was all. Who stops reading ends git, and with it the pipe."""
    with suppress(OSError), pipe:
        pipe.write("".join(f"{name}\n" for name in names).encode())


@cache
def _require_version() -> None:
    with _no_git_variables():
        try:
            text = str(git.Git().execute(["git", "version"]))
        except git.GitCommandNotFound as error:
            raise StoreError("git was not found", hint=_INSTALL) from error
    numbers = re.search(r"(\d+)\.(\d+)", text)
    if not numbers or (int(numbers[1]), int(numbers[2])) < _OLDEST:
        raise StoreError(f"this git is too old: {text}", hint=_INSTALL)


@contextmanager
def _no_git_variables() -> Iterator[None]:
    """Launch without any GIT_* variable: run from a hook, they would point git at another repository.

    GitPython can only add to the environment of a process, not take away.
    """
    taken = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")}
    try:
        yield
    finally:
        os.environ.update(taken)
