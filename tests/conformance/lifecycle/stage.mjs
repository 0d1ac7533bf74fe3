// A served sandbox that records, and a jim that works against it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn, spawnSync } from 'node:child_process';

export class Finding extends Error {}

export class Stage {
  constructor(jim) {
    this.jim = path.resolve(jim);
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jim-lifecycle-'));
    this.record = path.join(this.folder, 'record.ndjson');
    this.failures = [];
    this.what = '';
    this.env = { PATH: process.env.PATH, HOME: this.folder, LC_ALL: 'C.UTF-8', NO_PROXY: '127.0.0.1' };
  }

  async start() {
    const words = ['sandbox', 'serve', '--listen', '127.0.0.1:0', '--pace', '0', '--record', this.record,
      '--data', path.join(this.folder, 'vendors')];
    this.server = spawn(this.jim, words, { cwd: this.folder, env: this.env, stdio: ['ignore', 'pipe', 'ignore'] });
    const told = await new Promise((resolve, reject) => {
      this.server.stdout.once('data', (text) => resolve(String(text)));
      this.server.once('exit', (status) => reject(new Error(`'jim ${words.join(' ')}' ended with ${status}`)));
    });
    this.url = told.match(/http:\/\/127\.0\.0\.1:\d+/)[0];
  }

  stop() {
    this.server?.kill();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  // A folder of its own, with its own file and state.
  workspace(name, providers) {
    const folder = path.join(this.folder, name);
    fs.mkdirSync(folder, { recursive: true });
    return new Workspace(this, folder, name, providers);
  }

  async order(route, body) {
    const reply = await fetch(`${this.url}/_sandbox${route}`, { method: 'POST', body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${route}: ${await reply.text()}`);
  }

  async ask(route) {
    const reply = await fetch(this.url + route, { headers: { authorization: 'Bearer sandbox' } });
    return reply.json();
  }

  note(text) {
    this.failures.push(text);
    console.log(text);
  }

  fail(text) {
    this.note(text);
    throw new Finding(text);
  }
}

class Workspace {
  constructor(stage, folder, project, providers) {
    Object.assign(this, { stage, folder, project, providers });
  }

  // JSON is YAML.
  write(resources, rest = {}) {
    const file = { project: this.project, providers: this.providers, resources, ...rest };
    fs.writeFileSync(path.join(this.folder, 'jim.yaml'), JSON.stringify(file, null, 2));
  }

  run(words, expected = 0) {
    const done = spawnSync(this.stage.jim, [...words, '--yes', '--no-input'], {
      cwd: this.folder, env: this.stage.env, encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 28,
    });
    if (![expected].flat().includes(done.status)) {
      this.stage.fail(`${this.stage.what}: 'jim ${words.join(' ')}' ended with ${done.status ?? done.signal}, ` +
        `expected ${expected}\n${done.stdout}${done.stderr}`);
    }
    return done.stdout + done.stderr;
  }

  // What jim made must be what it wanted: the next plan is empty.
  settled() {
    this.run(['plan', '--detailed-exitcode'], 0);
  }

  // One step of a life: the file as it is to be, applied, and nothing left to do.
  apply(what, resources, rest = {}) {
    this.stage.what = `${this.project}: ${what}`;
    this.write(resources, rest);
    this.run(['plan', '--detailed-exitcode'], 2);
    this.run(['apply']);
    this.settled();
  }

  // As `apply`, with these faults on the way. `mends`: one more apply must be enough afterwards.
  async disturbed(what, resources, faults, { expected = 0, rest = {} } = {}) {
    this.stage.what = `${this.project}: ${what}`;
    this.write(resources, rest);
    await this.stage.order('/faults', faults);
    this.run(['apply'], expected);
    if (expected !== 0) this.run(['apply']);
    this.settled();
  }

  id(address) {
    const text = this.run(['state', 'show', address, '-o', 'json']);
    try {
      return JSON.parse(text).id;
    } catch {
      this.stage.fail(`${this.stage.what}: no id in the state of ${address}: ${text}`);
      return 'none';
    }
  }
}
