"""Keeps every revision as a git commit, the evidence beside it, and a log of every check.

    layout      names: article key, paths, run ids                      pure
    serialize   Article and Revision ↔ bytes and commit messages        pure
    git         GitStore: the commits (the only package that runs git)
    evidence    captures as WARC files (the only user of warcio)
    runs        the check log of each run

`FORMAT.md` beside this file is the on-disk format; every new archive carries it as its README.md.
Nothing is imported here, so that users of the pure parts do not load git.
"""
