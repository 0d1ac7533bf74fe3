"""Runs jim in a scratch folder and searches everything that it leaves or says."""

import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent


class Stage:
    def __init__(self, jim, finder):
        self.jim = str(jim)
        self.finder = finder
        self.top = tempfile.TemporaryDirectory(prefix="jim-secrets-")
        self.home = pathlib.Path(self.top.name, "home")
        self.work = pathlib.Path(self.top.name, "work")
        self.tmp = pathlib.Path(self.top.name, "tmp")
        for folder in (self.home, self.work, self.tmp):
            folder.mkdir()
        self.inputs = set()
        self.leaks = []
        self.wrong = []  # what was not as the scene expects
        self.runs = 0
        self.scene = ""

    def write(self, name, text):
        """A file of the user's, which may hold what it likes."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.inputs.add(path)

    def forget_state(self):
        for path in sorted(self.work.rglob("*"), reverse=True):
            if path.is_file() and path not in self.inputs:
                path.unlink()

    def run(self, *words, env=None, expect=None, kill_after=None, typed=None, signal_with=signal.SIGKILL):
        """`expect`: exit statuses that are right; `typed`: canaries that the user himself put on the command line."""
        self.runs += 1
        what = f"{self.scene}: jim {' '.join(words)}"
        full = {"PATH": os.defpath, "HOME": str(self.home), "TMPDIR": str(self.tmp), "LC_ALL": "C.UTF-8", "USER": "tester", **(env or {})}
        process = subprocess.Popen([self.jim, *words], cwd=self.work, env=full, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        watch = Watch(process.pid)
        try:
            if kill_after is not None:
                time.sleep(kill_after)
                process.send_signal(signal_with)
            out, err = process.communicate(timeout=120)
        finally:
            lines = watch.end()
            if process.poll() is None:
                process.kill()
        self.search(what + ": standard output", out)
        self.search(what + ": standard error", err)
        for line in lines:
            self.search(what + ": arguments of a process", line, typed or ())
        self.search_files(what)
        if expect is not None and process.returncode not in expect:
            self.wrong.append(f"{what}: ended with {process.returncode}, expected {expect}\n{out.decode('utf-8', 'replace')[-1500:]}"
                              f"{err.decode('utf-8', 'replace')[-1500:]}")
        return process.returncode, out, err

    def search(self, where, data, allowed=()):
        for name, (form, around) in self.finder.find(data).items():
            if name not in allowed:
                self.leaks.append((where, name, form, around))

    def search_files(self, what):
        for path in pathlib.Path(self.top.name).rglob("*"):
            self.search(what + ": name of a file", str(path.relative_to(self.top.name)).encode())
            if path in self.inputs or not path.is_file():
                continue
            self.search(f"{what}: {path.relative_to(self.top.name)}", path.read_bytes())

    def close(self):
        self.top.cleanup()


class Watch:
    """Notes the command lines of a process and of all below it, as long as it lives."""

    def __init__(self, leader):
        self.leader = leader
        self.seen = set()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while not self.ended.is_set():
            for folder in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    if os.getsid(int(folder.name)) == self.leader:
                        self.seen.add((folder / "cmdline").read_bytes())
                except OSError:
                    continue
            self.ended.wait(0.005)

    def end(self):
        self.ended.set()
        self.thread.join()
        return self.seen
