"""Locust in a process of its own: gevent stands no thread that was there before it.

`processes.start` has such a thread, which ends us all when its parent ends.
"""

import subprocess
import sys

command = [sys.executable, "-m", "locust", *sys.argv[1:]]
sys.exit(subprocess.call(command, stdin=subprocess.DEVNULL))
