"""Keeps revisions as commits in a git repository: the only package that runs git.

store        GitStore: what the rest of the program sees
history      History: the tip of record, what came before what, the log
incoming     Incoming: where a run appends, and what sets it on top of a user's commits
worktree     WorkingTree: main and the files follow
process      Repository: git pointed at one repository, and at nobody's settings
heads        the few small files that lead git to all else
fastimport   Writer: batches of commits, believed when they can be read back
copying      a safe copy of somebody's archive
trust        refuses a git folder that could run or redirect something
maintenance  packs what many runs left
crash        clears away what a killed run left
"""

from archiver.store.git.copying import clone
from archiver.store.git.fastimport import Writer
from archiver.store.git.store import GitStore

__all__ = ["GitStore", "Writer", "clone"]
