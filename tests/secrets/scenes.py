"""What jim is put through. Each scene is a function of a Play; all canaries are made here."""

import http.server
import json
import re
import signal
import ssl
import subprocess
import tempfile
import threading
import urllib.request

from canaries import HEADER_MIDDLE, Canary

TOKEN = Canary("token", HEADER_MIDDLE)
PASSWORD = Canary("password")  # an attribute that the manifest calls secret
VARIABLE = Canary("variable")  # `secret: true`
FLAG = Canary("flag")  # --var
FROM_FILE = Canary("file")  # file(), made secret
PLAIN = Canary("plain")  # ${env.X} in an attribute that is not secret
LATER = Canary("later")  # another value for the same
SIMPLE = Canary("simple", middle="")  # where only letters go: names, addresses
URL_PASSWORD = Canary("url password", middle="")
BASIC = Canary("basic password", HEADER_MIDDLE)
VENDORS = Canary("the vendor's own")  # a computed attribute that the manifest calls secret
LITERAL = Canary("literal")  # written into the file where a secret belongs
ALL = [TOKEN, PASSWORD, VARIABLE, FLAG, FROM_FILE, PLAIN, LATER, SIMPLE, URL_PASSWORD, BASIC, VENDORS, LITERAL]

MANIFEST = """
provider: acme
config:
  token: { env: [ACME_TOKEN], required: true, secret: true, description: access token }
  user: { description: for basic authentication }
  region: { description: where things stand, default: eu }
base_url: http://api.test
auth:
  - { kind: basic, when: "${config.user != null}", username: "${config.user}", password: "${config.token}" }
  - { kind: bearer, token: "${config.token}" }
errors:
  message: ["${body.error.message}", "${body.message}"]
  code: ["${body.error.code}"]
resources:
  thing:
    description: A thing
    identity: [name]
    summary: [size, region]
    attributes:
      name: { required: true, change: in-place }
      size: { default: small, allowed: [small, medium, large] }
      region: { default: eu }
      slots: { type: integer, change: in-place }
      labels: { type: map(string), change: in-place }
      peers: { type: list(string), change: in-place }
      password: { secret: true, readable: false, change: in-place }
      settings: { type: map(any), secret: true, change: in-place }
      address: { computed: true }
      key: { computed: true, secret: true }
    mark: { when: at_create, field: note, read: "${it.note}", write: { patch: "/things/${id}", body: { note: "${mark.text}" } } }
    list: { get: /things, items: "${body.things}" }
    read: { get: "/things/${id}" }
    create: { post: /things, body: "${merge(send, {note: mark.text})}", id: "${body.id}" }
    update:
      - { changed: [name, slots, labels, peers, password, settings], patch: "/things/${id}", body: "${send}" }
    ready: { status: "${it.state}", good: [ready], pending: [building], failed: [broken], problem: "${it.why}", poll: 100ms, stall: 1s }
    delete: { delete: "/things/${id}" }
"""

ENVIRONMENT = {"ACME_TOKEN": TOKEN.text, "DB_PASSWORD": PASSWORD.text, "PLAIN": PLAIN.text, "SIMPLE": SIMPLE.text, "VARIABLE": VARIABLE.text}


def document(play, **more):
    """The usual file: every way a secret gets into it. JSON is YAML."""
    resources = {
        "db": {"type": "acme.thing", "name": "db", "password": "${env.DB_PASSWORD}", "slots": 1},
        "web": {"type": "acme.thing", "name": "web", "password": "${var.secret}", "peers": ["${db.id}"],
                "labels": {"plain": "${env.PLAIN}", "wrapped": "a-${env.PLAIN}-b", "encoded": "${base64encode(env.PLAIN)}",
                           "listed": '${jsonencode([env.PLAIN])}', "file": '${sensitive(trimspace(file("secret.txt")))}'}},
        "job": {"type": "acme.thing", "count": 2, "name": "job-${index}", "settings": {"deep": ["${var.flag}", {"er": "${var.secret}"}]}},
    }
    resources.update(more.pop("resources", {}))
    return json.dumps({
        "project": "shop",
        "providers": {"acme": {"manifest": "./acme.yaml", "endpoint": play.url, "time_scale": 0.01}},
        "vars": {"secret": {"secret": True, "default": "${env.VARIABLE}"}, "flag": {"secret": True, "default": "none"}},
        "resources": resources,
        "outputs": {"password": "${var.secret}", "key": "${web.key}", "all": {"inside": ["${env.PLAIN}"]}, "label": "${web.labels}",
                    "id": "${web.id}", "text": "key ${web.key}"},
        **more}, indent=1)


class Play:
    """A stage with its vendor."""

    def __init__(self, stage, vendor):
        self.stage = stage
        self.vendor = vendor
        self.url = f"http://127.0.0.1:{vendor.port}"

    def begin(self, scene, text=None):
        self.stage.scene = scene
        self.stage.forget_state()
        self.vendor.clear()
        self.vendor.mode = {"adds": {"key": VENDORS.text, "address": "10.0.0.1"}}
        self.stage.write("acme.yaml", MANIFEST)
        self.stage.write("secret.txt", FROM_FILE.text + "\n")
        self.stage.write("jim.yaml", text or document(self))

    def jim(self, *words, env=None, **rest):
        return self.stage.run(*words, "--no-input", env={**ENVIRONMENT, **(env or {})}, **rest)


FORMATS = [[], ["-o", "json"], ["-o", "markdown"]]


def whole_life(play):
    """Every command when all goes well, in every format, with --log debug and --events."""
    play.begin("whole life")
    flag = ["--var", f"flag={FLAG.text}"]
    loud = ["--log", "debug", "--events", "events.ndjson"]

    def jim(*words, **rest):
        return play.jim(*words, *flag, *loud, typed=[FLAG.name], **rest)

    jim("validate", expect=[0])
    for form in FORMATS:
        jim("plan", *form, expect=[0])
    jim("plan", "--out", "plan.json", expect=[0])
    jim("apply", "plan.json", "--yes", "-o", "json", expect=[0])
    for form in FORMATS:
        jim("plan", "--detailed-exitcode", *form, expect=[0])
        for command in (["state", "list"], ["state", "show", "web"], ["state", "show", "job[0]"], ["state", "export"], ["output"], ["output", "password"],
                        ["output", "key"], ["output", "all"], ["output", "label"], ["output", "text"], ["drift"], ["explain"], ["explain", "acme.thing"],
                        ["graph"], ["schema"], ["provider", "list"], ["provider", "check", "acme.yaml"], ["doctor"], ["status"], ["history"], ["burn"]):
            jim(*command, *form)
    jim("graph", "--kind", "mermaid")
    jim("completion", "bash")
    # Another value everywhere: what was is not to be seen either.
    later = {"PLAIN": LATER.text, "DB_PASSWORD": LATER.text, "VARIABLE": LATER.text}
    for form in FORMATS:
        jim("plan", *form, env=later, expect=[0])
    jim("plan", "--out", "plan.json", env=later, expect=[0])
    jim("apply", "plan.json", "--yes", env=later, expect=[0])
    # Changed behind jim's back.
    web = next(thing for thing in play.vendor.things.values() if thing["name"] == "web")
    web["labels"] = {"plain": PLAIN.text}
    web["key"] = LATER.text
    for form in FORMATS:
        jim("drift", *form, env=later)
        jim("plan", *form, env=later)
    jim("apply", "--yes", env=later, expect=[0])
    jim("state", "mv", "db", "old", "--yes", env=later)
    jim("state", "mv", "old", "db", "--yes", env=later)
    jim("state", "rm", "db", "--yes", env=later, expect=[0])
    database = next(thing for thing in play.vendor.things.values() if thing["name"] == "db")
    jim("adopt", "db", database["id"], "--yes", env=later, expect=[0])
    jim("apply", "--yes", env=later, expect=[0])
    # Nothing to do: what was read is kept all the same.
    jim("apply", "--yes", "-o", "json", env=later, expect=[0])
    jim("output", "-o", "json", env=later, expect=[0])
    (play.stage.work / ".jim" / "state.db").unlink()
    jim("state", "rebuild", "--yes", env=later, expect=[0])
    jim("state", "export", env=later, expect=[0])
    for form in FORMATS:
        jim("plan", *form, env=later, expect=[0])
    jim("plan", "--destroy", env=later, expect=[0])
    jim("destroy", "--yes", env=later, expect=[0])


def names_of_things(play):
    """A secret where people look for a name."""
    block = {"type": "acme.thing", "name": "${env.SIMPLE}"}
    play.begin("secret name", document(play, resources={"named": block}))
    play.jim("plan", expect=[0])
    play.jim("plan", "-o", "json")
    play.jim("apply", "--yes", "--log", "debug", "--events", "events.ndjson", expect=[0])
    for command in (["plan"], ["drift"], ["state", "list"], ["state", "show", "named"], ["graph"]):
        play.jim(*command)
    play.vendor.mode.update(refuse=500, how="text", only="DELETE")
    play.jim("destroy", "--yes")
    play.vendor.mode = {}
    play.jim("destroy", "--yes", expect=[0])


def echoing_vendor(play):
    """Refusals that repeat the request, in every form, for every kind of request."""
    for how in ("text", "value", "base64", "hex", "url", "object", "html", "headers"):
        for status in (400, 401, 409, 422, 302, 500):
            play.begin(f"vendor repeats as {how} with {status}")
            play.vendor.mode.update(refuse=status, how=how, only="POST")
            play.jim("apply", "--yes", "--log", "debug", "--events", "events.ndjson", "-o", "json")
            if status in (401, 422):
                play.jim("state", "export")
                play.vendor.mode["only"] = "GET"
                play.jim("plan", "--log", "debug")
    for how in ("text", "base64", "value"):
        play.begin(f"vendor repeats as {how} when things change")
        play.jim("apply", "--yes", expect=[0])
        play.vendor.mode.update(refuse=422, how=how, only="PATCH")
        play.jim("apply", "--yes", env={"PLAIN": LATER.text, "DB_PASSWORD": LATER.text})
    for at in range(0, 2000, 37):
        play.begin(f"vendor repeats behind {at} letters")
        play.vendor.mode.update(refuse=422, how="cut", only="POST", at=at)
        play.jim("apply", "--yes")


def composed(play):
    """Secrets made of others, repeated by the vendor as a whole: no part of them may be left."""
    for text in ("token=${env.PLAIN} ${file(\"secret.txt\")}", "${env.PLAIN}${upper(env.VARIABLE)}", "${upper(env.VARIABLE)} ${env.PLAIN}"):
        for how in ("text", "value", "base64", "hex", "url", "object"):
            play.begin(f"composed {text} {how}", document(play, resources={"db": {"type": "acme.thing", "name": "db", "password": text}}))
            play.vendor.mode.update(refuse=422, how=how, only="POST")
            play.jim("apply", "--yes", "--log", "debug", "--events", "events.ndjson")
            play.jim("history", "show", "1")
            play.vendor.mode = {"adds": {"state": "failed"}, "why": True}
            play.jim("apply", "--yes", "--log", "debug", "--events", "events.ndjson")
            play.jim("plan")


def problems(play):
    """The vendor's words on a machine that failed repeat its password."""
    play.begin("failed thing")
    play.vendor.mode["adds"].update(state="broken")
    play.vendor.mode["why"] = True
    play.jim("apply", "--yes", "--log", "debug", "--events", "events.ndjson")
    for form in FORMATS:
        play.jim("plan", *form)
    play.jim("state", "export")


def authentication(play):
    """Credentials from every place, and refused."""
    for words, provider in (
            ("in the file", {"token": BASIC.text}), ("from another variable", {"token": "${env.OTHER}"}),
            ("basic", {"token": "${env.OTHER}", "user": "u"})):
        text = document(play, providers={"acme": {"manifest": "./acme.yaml", "endpoint": play.url, **provider}})
        play.begin(f"credentials {words}", text)
        env = {"OTHER": BASIC.text}
        play.jim("plan", "--log", "debug", env=env, expect=[0])
        for how in ("text", "value", "base64", "hex", "url", "headers"):
            play.vendor.mode.update(refuse=401, how=how)
            play.jim("plan", "--log", "debug", env=env, expect=[4])
    text = document(play, providers={"acme": {"manifest": "./acme.yaml", "endpoint": play.url, "token": {"deep": BASIC.text}}})
    play.begin("credentials of the wrong kind", text)
    play.jim("plan")
    text = document(play, providers={"acme": {"manifest": "./acme.yaml", "endpoint": play.url, "token": BASIC.text + "\n", "tokn": 1}})
    play.begin("credentials with a line break", text)
    play.jim("validate")
    play.jim("plan")


def ironic(play):
    """The built-in manifest that takes a password."""
    text = json.dumps({"project": "racks", "providers": {"ironic": {"endpoint": play.url, "username": "admin", "password": "${env.OTHER}"}},
                       "resources": {"node": {"type": "ironic.node", "name": "n1", "driver": "redfish", "driver_info": {"redfish_password": "${env.DB_PASSWORD}"}}}})
    play.begin("ironic", text)
    env = {"OTHER": BASIC.text, "OS_TOKEN": ""}
    play.jim("validate", env=env)
    for how in ("text", "value", "base64"):
        play.vendor.mode.update(refuse=401, how=how)
        play.jim("plan", "--log", "debug", env=env, expect=[4])
        play.jim("apply", "--yes", "--log", "debug", env=env)


def addresses(play):
    """Passwords in URLs, and servers that cannot be reached or trusted."""
    secret = URL_PASSWORD.text
    ends = {"works": f"http://user:{secret}@127.0.0.1:{play.vendor.port}", "no TLS there": f"https://user:{secret}@127.0.0.1:{play.vendor.port}",
            "refused": f"http://user:{secret}@127.0.0.1:1", "no host": f"http://user:{secret}@no-such-host.invalid/",
            "no URL": f"http://user:{secret}@[", "no scheme": f"user:{secret}@127.0.0.1", "another scheme": f"ftp://user:{secret}@127.0.0.1/",
            "in the query": f"http://127.0.0.1:{play.vendor.port}/?api_key={secret}", "a bad port": f"http://user:{secret}@127.0.0.1:99999/"}
    for words, url in ends.items():
        for place in ("file", "environment"):
            endpoint = url if place == "file" else "${env.ENDPOINT}"
            play.begin(f"address, {words}, {place}", document(play, providers={"acme": {"manifest": "./acme.yaml", "endpoint": endpoint, "time_scale": 0}}))
            play.jim("plan", "--log", "debug", "--events", "events.ndjson", env={"ENDPOINT": url})
    for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        for host in ("127.0.0.1:1", "no-such-host.invalid:80", f"127.0.0.1:{play.vendor.port}", "["):
            play.begin(f"proxy {name} {host}", document(play, providers={"acme": {"manifest": "./acme.yaml", "endpoint": "http://api.invalid", "time_scale": 0}}))
            play.jim("plan", "--log", "debug", env={name: f"http://user:{secret}@{host}"})
    for url in (f"https://user:{secret}@127.0.0.1:1/state", f"etcd://user:{secret}@127.0.0.1:1/shop", f"s3://{secret}@bucket/key", f"what://u:{secret}@x",
                f"user:{secret}@host:/x", f"http://127.0.0.1:1/state?token={secret}"):
        play.begin("state at a URL", document(play, state=url))
        play.jim("plan", "--log", "debug")
        play.begin("state at a URL from the environment", document(play, state="${env.STATE}"))
        play.jim("plan", "--log", "debug", env={"STATE": url})
        play.jim("state", "list", "--state", url, typed=[URL_PASSWORD.name])


BAD_EXPRESSIONS = """tonumber(S) | S + 1 | -S | !S | S ? 1 : 2 | S < 1 | S && true | parseint(S, 10) | parseint("1", S) | regex(S, "a") | regex("x", S)
 | regexall("(", S) | jsondecode(S) | yamldecode(S) | csvdecode(S) | base64decode(S) | cidrhost(S, 1) | cidrsubnet(S, 8, 1) | file(S) | templatefile(S, {})
 | filebase64(S) | fileexists(S) | timeadd(S, "1h") | formatdate(S, S) | [1][S] | {}[S] | {a: 1}[S] | lookup({}, S) | element([1], S) | range(S) | format(S, 1)
 | format("%d", S) | split(1, S) | substr(S, "a", 1) | join(",", S) | length(S, S) | merge(S, {}) | keys(S) | one([S, S]) | [for x in S : x]
 | {for x in [S, S] : x => 1} | [for x in [S] : x if x] | tobool(S) | tolist(S) | tomap(S) | toset(S) | max(S, 1) | sum([S]) | chunklist([S], 0) | zipmap([S], [])
 | index(["a"], S) | replace(S, "/(/", S) | urlencode([S]) | bcrypt(S) | sha256([S]) | unknown_function(S) | S.name | S[0] | error(S) | pow(S, 2) | concat(S, S)
 | coalesce(S.x, 1) | try(tonumber(S)) | can(S) ? tonumber(S) : 1 | strrev([S]) | title([S]) | indent(S, S) | signum(S) | matchkeys([S], [S], S)""".split("|")


def expressions(play):
    """Mistakes in expressions on secrets."""
    for source in BAD_EXPRESSIONS:
        for secret in ("env.PLAIN", "var.secret"):
            text = source.strip().replace("S", secret)
            play.begin("expression ${" + text + "}", document(play, resources={"bad": {"type": "acme.thing", "name": "${" + text + "}"}}))
            play.jim("validate")
    # On what the vendor keeps secret, known only after apply.
    for source in ("tonumber(web.key)", "file(web.key)", "jsondecode(web.key)", "[1][web.key]"):
        play.begin("expression ${" + source + "}", document(play, resources={"bad": {"type": "acme.thing", "name": "${" + source + "}"}}))
        play.jim("apply", "--yes")
        play.jim("plan")


def misplaced(play):
    """A secret where something else is wanted."""
    thing = {"type": "acme.thing", "name": "x"}
    for secret in ("${env.PLAIN}", "${var.secret}", "${env.SIMPLE}"):
        for block in ({"size": secret}, {"slots": secret}, {"labels": secret}, {"peers": secret}, {"peers": [[secret]]}, {"labels": {"a": [secret]}},
                      {"labels": {secret: "a"}}, {"nothing": secret}, {"address": secret}, {"count": secret}, {"for_each": secret}, {"for_each": [secret]},
                      {"for_each": {secret: 1}}, {"if": secret}, {"protect": secret}, {"keep": secret}, {"timeouts": {"create": secret}}, {"ignore": [secret]},
                      {"needs": [secret]}, {"was": secret}, {"type": secret}, {"password": [secret]}, {"password": {"a": secret}}, {"settings": secret}):
            play.begin(f"misplaced {json.dumps(block)}", document(play, resources={"bad": {**thing, **block}}))
            play.jim("validate")
            play.jim("plan", "-o", "json")
        for provider in ({"region": secret}, {"page_size": secret}, {"time_scale": secret}, {"manifest": secret}, {"nothing": secret}, {"token": [secret]}):
            play.begin(f"misplaced {json.dumps(provider)}", document(play, providers={
                "acme": {"manifest": "./acme.yaml", "endpoint": play.url, **provider}}))
            play.jim("plan", "--log", "debug")
        for top in ({"project": secret}, {"include": [secret]}, {"nothing": secret}, {"vars": {"a": {"type": "number", "secret": True, "default": secret}}},
                    {"outputs": {"a": "${tonumber(" + secret[2:-1] + ")}"}}, {"budget": secret}):
            play.begin(f"misplaced {json.dumps(top)}", document(play, **top))
            play.jim("validate")
    for flag in (["--var", f"other={FLAG.text}"], ["--var", FLAG.text], ["--var", f"flag={json.dumps([FLAG.text])}"], ["--var", f"flag={FLAG.text}"]):
        play.begin("misplaced --var", document(play, vars={"flag": {"type": "number", "secret": True, "default": 1}, "secret": {"secret": True, "default": "x"}}))
        play.jim("validate", *flag, typed=[FLAG.name])


def literals(play):
    """Secrets written into the file itself, with mistakes on, above and below their lines."""
    head = f'project: shop\nproviders:\n  acme: {{ manifest: ./acme.yaml, endpoint: "{play.url}" }}\nresources:\n'
    quoted = json.dumps(LITERAL.text)
    one = SIMPLE.text
    tails = {
        "wrong type": f"  a:\n    type: acme.thing\n    name: a\n    password: [{quoted}]\n",
        "map": f"  a:\n    type: acme.thing\n    name: a\n    password:\n      deep: {quoted}\n      er: ${{nothing.here}}\n",
        "flow": f"  a: {{ type: acme.thing, name: a, password: {quoted}, slots: many }}\n",
        "unknown beside": f"  a: {{ type: acme.thing, nme: a, password: {quoted} }}\n",
        "expression around": f"  a:\n    type: acme.thing\n    name: a\n    password: {json.dumps('x${nothing.here}' + one)}\n",
        "unclosed expression": f"  a:\n    type: acme.thing\n    name: a\n    password: 'x${{{one}'\n",
        "text in an expression": f"  a:\n    type: acme.thing\n    name: a\n    password: ${{tonumber(\"{one}\")}}\n",
        "unclosed quote": f'  a:\n    type: acme.thing\n    name: a\n    password: "{one}\n',
        "tab": f"  a:\n    type: acme.thing\n    name: a\n    password:\t{one}\n\t  b: 1\n",
        "colon": f"  a:\n    type: acme.thing\n    name: a\n    password: {one}: {one}\n",
        "indent": f"  a:\n    type: acme.thing\n    name: a\n     password: {one}\n",
        "block text": f"  a:\n    type: acme.thing\n    name: a\n    password: |\n      {one}\n     {one}\n",
        "duplicate": f"  a:\n    type: acme.thing\n    name: a\n    password: {one}\n    password: {one}\n",
        "alias": f"  a:\n    type: acme.thing\n    name: a\n    password: *{one}\n",
        "tag": f"  a:\n    type: acme.thing\n    name: a\n    password: !secret {one}\n",
        "variable": f"vars:\n  pw:\n    secret: true\n    type: number\n    default: {one}\n",
        "variable in flow": f"vars:\n  pw: {{ type: number, secret: true, default: {one} }}\n",
        "sensitive()": f"  a:\n    type: acme.thing\n    name: ${{tonumber(sensitive(\"{one}\"))}}\n",
    }
    for words, tail in tails.items():
        play.begin(f"literal, {words}", head + tail)
        play.jim("validate")
        play.jim("plan", "-o", "json", "--log", "debug")


def ends(play):
    """Killed and interrupted in the middle."""
    for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGABRT, signal.SIGSEGV):
        play.begin(f"ended by {how.name}")
        play.vendor.mode.update(wait=1.5, only="POST")
        play.jim("apply", "--yes", "--log", "debug", "--events", "events.ndjson", kill_after=0.7, signal_with=how)
        play.vendor.mode.pop("wait")
        play.jim("state", "export")
        play.jim("plan", "--log", "debug")
        play.jim("apply", "--yes", "--log", "debug")


def untrusted(play):
    """A server whose certificate nobody signed, and CA files that are none."""
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"],
                          cwd=play.stage.work, capture_output=True)
    if made.returncode != 0:
        play.stage.wrong.append("no certificate could be made: " + made.stderr.decode())
        return
    play.stage.inputs |= {play.stage.work / "key.pem", play.stage.work / "cert.pem"}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(play.stage.work / "cert.pem", play.stage.work / "key.pem")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"https://user:{URL_PASSWORD.text}@127.0.0.1:{server.server_port}"
    for more in ({}, {"ca_file": "none.pem"}, {"ca_file": "jim.yaml"}, {"ca_file": "cert.pem"}):
        play.begin(f"untrusted server {more}", document(play, providers={"acme": {"manifest": "./acme.yaml", "endpoint": url, "time_scale": 0, **more}}))
        play.jim("plan", "--log", "debug", "--events", "events.ndjson", expect=[1, 3, 4])
        play.jim("apply", "--yes", "--log", "debug", "-o", "json", expect=[1, 3, 4])
    server.shutdown()


def built_in_vendors(play):
    """Latitude and Lambda with their secret attributes, against a served sandbox that fails now and then. What the vendors
    themselves keep is theirs, so their data is elsewhere."""
    with tempfile.TemporaryDirectory() as elsewhere:
        sandbox = subprocess.Popen([play.stage.jim, "sandbox", "serve", "--data", elsewhere], cwd=elsewhere, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        url = re.search(rb"http://[0-9.:]+", sandbox.stdout.readline()).group().decode()

        def order(route, value):
            urllib.request.urlopen(urllib.request.Request(f"{url}/_sandbox/{route}", json.dumps(value).encode(), method="POST")).read()

        text = json.dumps({
            "project": "shop",
            "providers": {"latitude": {"endpoint": url + "/latitude", "token": "${env.OTHER}", "time_scale": 0.01},
                          "lambda": {"endpoint": url + "/lambda/api/v1", "time_scale": 0.01}},
            "resources": {
                "p": {"type": "latitude.project", "name": "p"},
                "boot": {"type": "latitude.user_data", "description": "boot", "content": "#cloud-config\npassword: ${env.DB_PASSWORD}\n", "project": "${p.id}"},
                "key": {"type": "lambda.ssh_key", "name": "k", "public_key": "ssh-ed25519 AAAA"},
                "gpu": {"type": "lambda.instance", "name": "gpu", "instance_type": "gpu_1x_a10", "region": "us-west-1", "ssh_key_names": ["${key.name}"],
                        "user_data": "echo ${env.PLAIN}"}},
            "outputs": {"jupyter": "${gpu.jupyter_token}", "content": "${boot.content}"}})
        env = {"OTHER": BASIC.text, "LAMBDA_API_KEY": TOKEN.text}
        play.begin("built-in vendors", text)
        order("faults", [{"on": "POST /user_data", "do": "status", "status": 422, "body": {"errors": [{"detail": "cannot take " + PASSWORD.text}]}}])
        play.jim("apply", "--yes", "--log", "debug", "--events", "events.ndjson", env=env)
        play.jim("apply", "--yes", "--log", "debug", "--events", "events.ndjson", env=env, expect=[0])
        for form in FORMATS:
            for command in (["plan", "--detailed-exitcode"], ["drift", "--detailed-exitcode"], ["output"], ["state", "show", "boot"], ["state", "export"]):
                written = "markdown" not in form or command[0] in ("plan", "drift")
                play.jim(*command, *form, env=env, expect=[0] if written else [3])
        order("drift", [{"vendor": "latitude", "type": "user_data", "match": {}, "set": {"content": "aGFja2Vk"}}])
        later = {**env, "DB_PASSWORD": LATER.text}
        for form in FORMATS:
            play.jim("drift", *form, env=later)
            play.jim("plan", *form, env=later, expect=[0])
        play.jim("apply", "--yes", "--log", "debug", env=later, expect=[0])
        play.jim("destroy", "--yes", "--log", "debug", env=later, expect=[0])
        sandbox.terminate()
        sandbox.wait()
    # The sandbox inside jim believes everyone: no true credential goes there.
    play.begin("sandbox", json.dumps({"project": "shop", "providers": {"latitude": {"token": "${env.OTHER}"}},
                                      "resources": {"p": {"type": "latitude.project", "name": "p"}}}))
    play.jim("--sandbox", "apply", "--yes", "--log", "debug", env={**env, "LATITUDESH_BEARER": TOKEN.text}, expect=[0])
    play.jim("--sandbox", "destroy", "--yes", env={**env, "LATITUDESH_BEARER": TOKEN.text}, expect=[0])


SCENES = [whole_life, names_of_things, echoing_vendor, composed, problems, authentication, ironic, addresses, untrusted, built_in_vendors, expressions, misplaced,
          literals, ends]
