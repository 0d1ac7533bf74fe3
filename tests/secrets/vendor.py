"""A vendor that remembers what it was sent and cannot keep a secret: it repeats whatever it hears in its refusals."""

import base64
import http.server
import json
import threading
import time
import urllib.parse


class Vendor:
    """Serves `things` like the acme of tests/golden. `mode` says how it misbehaves."""

    def __init__(self):
        self.heard = bytearray()  # all requests, to prove that the canaries were in play
        self.mode = {}
        self.scenes = 0
        self.clear()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.vendor = self
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def clear(self):
        self.scenes += 1
        self.things = {}
        self.next_id = 1

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        vendor = self.server.vendor
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        heard = self.raw_requestline + str(self.headers).encode() + body
        vendor.heard += heard
        for word in (self.headers.get("Authorization") or "").split():
            vendor.heard += base64.b64decode(word + "==") if len(word) % 4 == 0 and word.isascii() else b""
        mode = vendor.mode
        if mode.get("only") in (None, self.command):
            if "wait" in mode:
                scene = vendor.scenes
                time.sleep(mode["wait"])
                if scene != vendor.scenes:  # what a killed run asked for has no effect in the next scene
                    self.close_connection = True
                    return
            if "refuse" in mode:
                return self.refuse(mode["refuse"], mode.get("how", "text"), body)
        self.reply(*self.usual(body))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

    def refuse(self, status, how, body):
        lines = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
        told = f"{self.command} {self.path}\n{lines}\n".encode() + body
        headers = {}
        if how == "text":
            value = {"error": {"message": "cannot take " + told.decode("utf-8", "replace")}}
        elif how == "value":  # the secret alone, as the vendor read it out of the body
            value = {"error": {"message": f"invalid: {texts_in(body)} with {self.headers.get('Authorization')}"}}
        elif how == "base64":
            value = {"error": {"message": "cannot take " + base64.b64encode(told).decode()}}
        elif how == "hex":
            value = {"error": {"message": "cannot take " + told.hex()}}
        elif how == "url":
            value = {"error": {"message": "cannot take " + urllib.parse.quote(told)}}
        elif how == "object":
            value = {"error": {"message": {"headers": dict(self.headers), "body": body.decode("utf-8", "replace")}}}
        elif how == "cut":  # a message that is shortened in the middle of the secret, wherever that is
            value = {"error": {"message": "x" * self.server.vendor.mode["at"] + texts_in(body) + str(self.headers.get("Authorization"))}}
        elif how == "xml":  # as S3 does
            words = told.decode("utf-8", "replace").replace("&", "&amp;").replace("<", "&lt;")
            return self.reply(status, f"<Error><Code>Bad</Code><Message>{words}</Message></Error>".encode(), {"Content-Type": "application/xml"})
        elif how == "html":
            return self.reply(status, b"<html>" + told + b"</html>", {"Content-Type": "text/html"})
        elif how == "headers":
            value = {"error": {"message": "no"}}
            token = urllib.parse.quote(str(self.headers.get("Authorization")))
            headers = {"X-Request-Id": str(self.headers.get("Authorization")).encode("ascii", "replace").decode(), "Retry-After": token,
                       "Location": f"http://elsewhere.example/?token={token}"}
        self.reply(status, json.dumps(value).encode(), headers)

    def usual(self, body):
        vendor = self.server.vendor
        parts = urllib.parse.urlsplit(self.path).path.strip("/").split("/")
        if parts[0] != "things":
            return 404, b'{"error": {"message": "no such route"}}'
        if len(parts) == 1 and self.command == "GET":
            return 200, json.dumps({"things": list(vendor.things.values())}).encode()
        if len(parts) == 1 and self.command == "POST":
            made = {"id": f"th-{vendor.next_id}", "state": "ready", **vendor.mode.get("adds", {}), **json.loads(body)}
            vendor.next_id += 1
            if vendor.mode.get("why"):
                made["why"] = f"cannot build from {body.decode()} for {self.headers.get('Authorization')}"
            vendor.things[made["id"]] = made
            return 201, json.dumps(made).encode()
        thing = vendor.things.get(parts[1])
        if thing is None:
            return 404, b'{"error": {"message": "no such thing"}}'
        if self.command == "PATCH":
            thing.update(json.loads(body))
        if self.command == "DELETE":
            del vendor.things[parts[1]]
            return 204, b""
        return 200, json.dumps(thing).encode()

    def reply(self, status, data, headers=None):
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True


def texts_in(body):
    """All texts of a JSON body, one after the other."""
    def walk(value):
        if isinstance(value, dict):
            return " ".join(walk(one) for one in value.values())
        if isinstance(value, list):
            return " ".join(walk(one) for one in value)
        return str(value)
    try:
        return walk(json.loads(body))
    except ValueError:
        return body.decode("utf-8", "replace")
