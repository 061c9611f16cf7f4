"""Runs a command beside servers of its own: ``python -m tests.services COMMAND ...``."""

import os
import subprocess
import sys

from tests.services import ALL, Missing, running


def main() -> int:
    try:
        with running([name for name in ALL if name not in os.environ]) as values:
            if len(sys.argv) == 1:
                sys.stdout.write("".join(f"export {name}='{value}'\n" for name, value in values.items()))
                sys.stdout.flush()
                sys.stdin.read()
                return 0
            return subprocess.call(sys.argv[1:], env={**os.environ, **values})
    except Missing as missing:
        sys.exit(str(missing))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
