"""A sandbox served over HTTP, and work folders whose jim.yaml asks it for servers."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
JIM = pathlib.Path(os.environ.get("JIM") or ROOT / "build" / "release" / "jim").resolve()


def need_jim():
    if not JIM.exists():
        sys.exit(f"{JIM} is missing; build it with tests/run release")


class Sandbox:
    """`jim sandbox serve` on a free port of the loopback interface, with its data in a folder of its own."""

    def __init__(self, *flags):
        need_jim()
        self._folder = tempfile.TemporaryDirectory()
        self._start(flags)

    def latency(self, milliseconds):
        """Starts it again, with the same data, each answer from now on that late. The port is another one."""
        self._end()
        self._start(["--no-delays", "--latency", str(milliseconds)])

    def _start(self, flags):
        self._server = subprocess.Popen(
            [JIM, "sandbox", "serve", "--listen", "127.0.0.1:0", *flags],
            cwd=self._folder.name, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self._server.stdout.readline()
        found = re.search(r"http://[0-9.:]+", line)
        if not found:
            self.stop()
            sys.exit(f"jim sandbox serve did not say where it listens: {line!r}")
        self.url = found.group(0)

    def _end(self):
        self._server.terminate()
        self._server.wait()

    def stop(self):
        self._end()
        self._folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


SERVER = """    type: latitude.server
    hostname: {hostname}
    plan: c3-small-x86
    site: NYC
    operating_system: ubuntu_24_04_x64_lts
"""


def write_config(folder, url, count, blocks=False):
    """A jim.yaml with `count` servers: one resource with a count, or as many resources of their own."""
    text = f"project: bench\nproviders:\n  latitude: {{ token: bench, project: proj_bench, endpoint: {url}/latitude }}\nresources:\n"
    if blocks:
        for i in range(count):
            text += f"  web-{i}:\n" + SERVER.format(hostname=f"web-{i}")
    else:
        text += "  web:\n" + f"    count: {count}\n" + SERVER.format(hostname="web-${index}")
    pathlib.Path(folder, "jim.yaml").write_text(text)
