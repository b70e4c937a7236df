"""How long the command line takes to say anything at all."""

from __future__ import annotations

from benchmarks.child import archiver

REPEATS = 7


def main() -> None:
    """The best of some runs: the rest is the machine's noise."""
    for arguments in (["--help"], ["--version"], ["diff", "--help"]):
        best = min((archiver(*arguments) for _ in range(REPEATS)), key=lambda use: use.cpu_s)
        print(f"archiver {' '.join(arguments):12} {best}")


if __name__ == "__main__":
    main()
