"""A scripted HTTP server on the loopback interface, for replies that a decent server would not give.

api.json is {"things": [...], "replies": [...]}. Without a fitting reply the server behaves: it lists, reads, creates, changes and
deletes `things` under /things. A reply has
  method, path   what it answers; `*` at the end of a path fits the rest
  after, times   how many fitting requests pass before, and how many it answers (all, unless told)
  status, headers, body (text), json, bytes (hexadecimal), repeat (how often the body is sent), cut (true: the connection ends
  in the middle), drop (true: it ends without an answer), effect (true: the request is also carried out), twins (true: a list
  shows every object a second time, with another id)
"""

import http.server
import json
import re
import socket
import threading


class Api:
    def __init__(self, path):
        self.url = ""
        self._server = None
        if path.exists():
            script = json.loads(path.read_text())
            self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            self._server.daemon_threads = True
            self._server.things = {one["id"]: one for one in script.get("things", [])}
            self._server.replies = [dict(one) for one in script.get("replies", [])]
            self._server.numbers = {0, *range(1, len(self._server.things) + 1)}
            self._server.guard = threading.Lock()
            self.url = f"http://127.0.0.1:{self._server.server_port}"
            self._server.url = self.url
            threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._server:
            self._server.shutdown()
            self._server.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        with self.server.guard:
            reply = self.find_reply()
            twins = reply is not None and reply.get("twins")
            if reply is None or reply.get("effect") or twins:
                usual = self.usual(json.loads(body) if body else {})
        if twins:
            self.send(200, {"things": [{**one, "id": one["id"] + end} for end in ("", "-twin") for one in usual[1]["things"]]})
        elif reply is None:
            self.send(*usual)
        elif reply.get("drop"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self.send_scripted(reply)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

    def find_reply(self):
        path = self.path.split("?")[0]
        for reply in self.server.replies:
            wanted = reply.get("path", "*")
            fits = path.startswith(wanted[:-1]) if wanted.endswith("*") else path == wanted
            if not fits or reply.get("method", self.command) != self.command:
                continue
            if reply.get("after", 0) > 0:
                reply["after"] -= 1
                continue
            if reply.get("times", 1) <= 0:
                continue
            if "times" in reply:
                reply["times"] -= 1
            return reply
        return None

    def number_for(self, name):
        """web-0 becomes th-1 and web-1 th-2, in whichever order they are asked for; nothing gets a number twice."""
        numbers = self.server.numbers
        index = re.fullmatch(r".*-(\d+)", name)
        number = int(index.group(1)) + 1 if index else max(numbers) + 1
        if number in numbers:
            number = max(numbers) + 1
        numbers.add(number)
        return number

    def usual(self, body):
        things = self.server.things
        parts = self.path.split("?")[0].strip("/").split("/")
        thing = things.get(parts[1]) if len(parts) > 1 else None
        if parts[0] != "things":
            return 404, {"error": {"message": "no such route"}}
        if len(parts) == 1 and self.command == "GET":
            return 200, {"things": list(things.values())}
        if len(parts) == 1 and self.command == "POST":
            number = self.number_for(str(body.get("name", "")))
            made = {"id": f"th-{number}", "state": "ready", "address": f"192.0.2.{number}", **body}
            things[made["id"]] = made
            return 201, made
        if thing is None:
            return 404, {"error": {"message": f"no thing {parts[1]}" if len(parts) > 1 else "no such route"}}
        if self.command == "PATCH":
            thing.update(body)
        if self.command == "DELETE":
            del things[parts[1]]
            return 204, None
        return 200, thing

    def send(self, status, value):
        data = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def send_scripted(self, reply):
        data = b""
        if "body" in reply:
            data = reply["body"].encode()
        elif "json" in reply:
            data = json.dumps(reply["json"]).encode()
        elif "bytes" in reply:
            data = bytes.fromhex(reply["bytes"])
        repeat = reply.get("repeat", 1)
        self.send_response(reply.get("status", 200))
        for name, value in reply.get("headers", {"Content-Type": "application/json"}).items():
            self.send_header(name, value.replace("http://api.test", self.server.url))
        self.send_header("Content-Length", str(len(data) * repeat + (1000 if reply.get("cut") else 0)))
        self.end_headers()
        try:
            for _ in range(repeat):
                self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            self.close_connection = True
        if reply.get("cut"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
