"""What `docker` is on the sandbox's host: hands its words to the engine, and its answer back.

Run alone, by path, with the engine's socket as the first word.
"""

import json
import signal
import socket
import sys

# As the real one, also where it is ignored by whoever starts it.
signal.signal(signal.SIGTERM, signal.SIG_DFL)

with socket.socket(socket.AF_UNIX) as engine:
    engine.connect(sys.argv[1])
    engine.sendall(json.dumps(sys.argv[2:]).encode() + b"\n")
    with engine.makefile("rb") as stream:
        answer = json.loads(stream.read() or b'{"status": 1, "out": "", "err": "no engine"}')
sys.stdout.write(answer["out"])
sys.stderr.write(answer["err"])
sys.exit(answer["status"])
