#!/usr/bin/env python3
"""A server of Terraform's http state protocol, for tests: documents and locks are files of a folder.

    http_state_server.py FOLDER [--port N] [--user NAME:PASSWORD] [--lax] [--tls CERT KEY]

Prints its URL on standard output. --lax: a write or an unlock need not name the lock's id, as with
simple servers. Every request is noted in FOLDER/log. A fault is switched on by a file FOLDER/fault
that holds `METHOD WHEN COUNT`: the next COUNT requests of METHOD are answered with 500, `before` or
`after` their effect, or have their connection `cut` after it.
"""

import argparse
import base64
import hashlib
import http.server
import json
import pathlib
import ssl
import threading
import time
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    one_at_a_time = threading.Lock()

    def log_message(self, *_):
        pass

    def files(self):
        """The files of the document and of its lock."""
        path = urllib.parse.urlsplit(self.path).path
        if path.endswith("/lock"):
            path = path[:-len("/lock")]
        name = urllib.parse.quote(path, safe="")
        return self.folder / (name + ".json"), self.folder / (name + ".lock")

    def fault(self):
        """`before`, `after`, `cut` or nothing, for this request."""
        switch = self.folder / "fault"
        if not switch.exists():
            return ""
        method, when, count = switch.read_text().split()
        if method != self.command:
            return ""
        if int(count) > 1:
            switch.write_text(f"{method} {when} {int(count) - 1}")
        else:
            switch.unlink()
        return when

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            whole = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                whole += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return whole
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def effect(self, body):
        """Does what was asked; gives status and body."""
        if self.user and self.headers.get("Authorization") != "Basic " + self.user:
            return 401, b'{"message":"who are you"}'
        digest = base64.b64encode(hashlib.md5(body).digest()).decode()
        if (body or self.command != "GET") and self.headers.get("Content-MD5") != digest:
            return 400, b'{"message":"Content-MD5 is missing or wrong"}'
        document, lock = self.files()
        url = urllib.parse.urlsplit(self.path)
        held = lock.read_bytes() if lock.exists() else b""
        holder = json.loads(held)["ID"] if held else ""
        if url.path.endswith("/lock"):
            if self.command == "LOCK":
                if held:
                    return 423, held
                lock.write_bytes(body)
                return 200, b""
            if self.command == "UNLOCK":
                # Without a body it is terraform force-unlock.
                if body and not self.lax and json.loads(body).get("ID") != holder:
                    return 409, held
                lock.unlink(missing_ok=True)
                return 200, b""
            return 405, b""
        if self.command == "GET":
            return (200, document.read_bytes()) if document.exists() else (404, b"")
        if self.command == "POST":
            asked = urllib.parse.parse_qs(url.query).get("ID", [""])[0]
            if asked != holder and not self.lax:
                return 409, held
            json.loads(body)
            new = document.with_suffix(".new")
            new.write_bytes(body)
            new.replace(document)
            return 200, b""
        return 405, b""

    def handle_any(self):
        body = self.body()
        with self.one_at_a_time:
            when = self.fault()
            status, answer = (500, b"") if when == "before" else self.effect(body)
            if when == "after":
                status, answer = 500, b""
            with open(self.folder / "log", "a") as log:
                log.write(f"{time.time():.3f} {self.command} {self.path} {status} {when}\n")
        if when == "cut":
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_LOCK = do_UNLOCK = do_DELETE = handle_any


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--user", default="")
    parser.add_argument("--lax", action="store_true")
    parser.add_argument("--tls", nargs=2)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    Handler.folder = options.folder
    Handler.user = base64.b64encode(options.user.encode()).decode()
    Handler.lax = options.lax
    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    scheme = "http"
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    print(f"{scheme}://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


main()
