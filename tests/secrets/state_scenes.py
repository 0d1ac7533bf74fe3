"""Secrets around state: the keys that seal it, and the credentials of servers that keep it."""

import json
import pathlib
import subprocess
import sys

from canaries import HEADER_MIDDLE, Canary

PASSPHRASE = Canary("passphrase")
OLD_PASSPHRASE = Canary("old passphrase")
STATE_PASSWORD = Canary("password of the state server", HEADER_MIDDLE)
S3_SECRET = Canary("secret key of S3", middle="")
S3_TOKEN = Canary("session token of S3", HEADER_MIDDLE)
ALL = [PASSPHRASE, OLD_PASSPHRASE, STATE_PASSWORD, S3_SECRET, S3_TOKEN]

HTTP_SERVER = pathlib.Path(__file__).resolve().parents[1] / "real" / "http_state_server.py"


def project(play, state, **more):
    block = {"type": "acme.thing", "name": "db", "password": "${env.DB_PASSWORD}", "labels": {"plain": "${env.PLAIN}"}, "slots": "${var.slots}"}
    return json.dumps({"project": "shop", "state": state, "providers": {"acme": {"manifest": "./acme.yaml", "endpoint": play.url, "time_scale": 0.01}},
                       "vars": {"slots": {"type": "number", "default": 1}}, "resources": {"db": block}, "outputs": {"key": "${db.key}"}, **more}, indent=1)


def life(play, env):
    """What a team does: apply, change, look back, undo."""
    loud = ["--log", "debug", "--events", "events.ndjson"]
    play.jim("apply", "--yes", *loud, env=env, expect=[0])
    play.jim("apply", "--yes", "--var", "slots=2", *loud, env=env, expect=[0])
    for command in (["history"], ["history", "show", "1"], ["history", "show", "2"], ["state", "list"], ["state", "show", "db"], ["state", "export"],
                    ["state", "pull"], ["output"], ["undo", "2"]):
        for form in ([], ["-o", "json"]):
            play.jim(*command, *form, "--log", "debug", env=env)
    play.jim("undo", "2", "--yes", *loud, env=env, expect=[0])


def sealed(play):
    """Keys by passphrase, from a file, from a command; changed, lost and of the wrong kind."""
    env = {"NEW": PASSPHRASE.text, "OLD": OLD_PASSPHRASE.text}
    old = {"key": {"passphrase": "${env.OLD}"}, "encryption": "required"}
    play.begin("sealed", project(play, old))
    life(play, env)
    turned = {"key": {"passphrase": "${env.NEW}"}, "old_keys": [{"passphrase": "${env.OLD}"}], "encryption": "required"}
    play.stage.write("jim.yaml", project(play, turned))
    play.jim("apply", "--yes", "--log", "debug", env=env, expect=[0])
    play.stage.write("jim.yaml", project(play, old))
    play.jim("plan", "--log", "debug", env=env, expect=[1, 3, 4])
    for wrong in ({"passphrase": ["${env.NEW}"]}, {"file": "${env.NEW}"}, {"command": "${env.NEW}"}, {"passphrase": "${env.NEW}", "file": "key"}, "${env.NEW}"):
        play.stage.write("jim.yaml", project(play, {"key": wrong}))
        play.jim("plan", "--log", "debug", env=env)
    play.stage.write("key", PASSPHRASE.text)
    for wrong in ({"file": "key"}, {"command": ["cat", "key"]}, {"command": ["false"]}):
        play.stage.write("jim.yaml", project(play, {"key": wrong}))
        play.jim("plan", "--log", "debug", env=env, expect=[3])
    play.stage.write("jim.yaml", project(play, {"key": {"passphrase": "${env.NEW}"}, "url": f"https://127.0.0.1:{play.vendor.port}/state"}))
    play.jim("plan", "--log", "debug", env=env)


def http_server(play):
    """Terraform's protocol with basic authentication, by the server of tests/real; then one that repeats what it hears."""
    play.begin("state over HTTP", "")
    folder = play.stage.home.parent.parent / (play.stage.home.parent.name + "-state")
    folder.mkdir()
    server = subprocess.Popen([sys.executable, str(HTTP_SERVER), str(folder), "--user", f"team:{STATE_PASSWORD.text}"], stdout=subprocess.PIPE)
    url = server.stdout.readline().decode().strip() + "/state/shop"
    env = {"STATE_PASSWORD": STATE_PASSWORD.text}
    state = {"url": url, "user": "team", "password": "${env.STATE_PASSWORD}"}
    play.stage.write("jim.yaml", project(play, state))
    life(play, env)
    for file in folder.iterdir():
        if file.name != "log":
            play.stage.search("what the state server keeps: " + file.name, file.read_bytes())
    play.jim("state", "move", "--to", ".jim/state.db", "--yes", "--log", "debug", env=env, expect=[0])
    server.terminate()
    server.wait()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    echoes(play, {"url": play.url + "/state/shop", "user": "team", "password": "${env.STATE_PASSWORD}"}, env)


def echoes(play, state, env):
    """A state server that refuses and repeats."""
    for how in ("text", "value", "base64", "hex", "url", "object", "html", "xml", "headers"):
        for status in (400, 401, 403, 409, 423, 500):
            play.begin(f"state server says {status} with {how}", project(play, state))
            play.vendor.mode.update(refuse=status, how=how)
            play.jim("state", "list", "--log", "debug", env=env)
            if status in (401, 423):
                play.jim("apply", "--yes", "--log", "debug", env=env)
    play.vendor.mode = {}


def s3(play):
    """Keys of S3 at a server that repeats what it hears."""
    env = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": S3_SECRET.text, "AWS_SESSION_TOKEN": S3_TOKEN.text}
    echoes(play, {"url": "s3://bucket/shop", "endpoint": play.url, "region": "eu"}, env)


def etcd(play):
    """Name and password of etcd at a server that repeats what it hears."""
    echoes(play, f"etcd://127.0.0.1:{play.vendor.port}/shop", {"ETCDCTL_USER": f"root:{STATE_PASSWORD.text}"})
    echoes(play, {"url": f"etcd://127.0.0.1:{play.vendor.port}/shop", "user": "root", "password": "${env.STATE_PASSWORD}"}, {"STATE_PASSWORD": STATE_PASSWORD.text})


SCENES = [sealed, http_server, s3, etcd]
