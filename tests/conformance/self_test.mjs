#!/usr/bin/env node
// self_test.mjs [SPECS]: proves that the validator refuses what is wrong. Status 77: skipped.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const specs = process.argv[2] ?? process.env.JIM_SPECS ?? fileURLToPath(new URL('../../../shared/specs', import.meta.url));
if (!fs.existsSync(specs) || !fs.existsSync(new URL('node_modules/ajv', import.meta.url))) {
  console.log(`SKIPPED: needs the vendors' descriptions (not at ${specs}; JIM_SPECS names them) and 'npm ci' in tests/conformance`);
  process.exit(77);
}
const { loadDescriptions, checkExchange } = await import('./check.mjs');
const descriptions = loadDescriptions(specs);

const key = { id: 'a', name: 'one', public_key: 'ssh-ed25519 AAAA' };
const launch = { region_name: 'us-west-1', instance_type_name: 'gpu_1x_a10', ssh_key_names: ['one'] };
const server = { project: 'proj_x', plan: 'c3-small-x86', site: 'NYC', operating_system: 'debian_12', hostname: 'h' };
const lambda = (method, path, rest) => ({ vendor: 'lambda', method, path: `/lambda/api/v1${path}`, query: {}, request_body: null, ...rest });
const latitude = (method, path, rest) => ({ vendor: 'latitude', method, path: `/latitude${path}`, query: {}, request_body: null, ...rest });
const posted = (attributes) => ({ data: { type: 'servers', attributes } });
const read = (attributes) => ({ data: { id: 'sv_1', type: 'servers', attributes }, meta: {} });
const region = { name: 'us-west-1', description: 'California, USA' };

// [what, exchange, complaints expected: part of a text, or nothing at all]
const cases = [
  ['a valid list', lambda('GET', '/ssh-keys', { status: 200, response_body: { data: [key] } })],
  ['a valid create', latitude('POST', '/servers', { request_body: posted(server), status: 201, response_body: read({ hostname: 'h' }) })],
  ['null where it is nullable', latitude('GET', '/servers/sv_1', { status: 200, response_body: read({ scheduled_deletion_at: null }) })],
  ['an undescribed status that was observed', lambda('POST', '/instance-operations/launch', { request_body: launch, status: 429, response_body: { error: {} } })],
  ['a described class of status', latitude('GET', '/servers/sv_1', { status: 404, response_body: { errors: [{ code: 'not_found' }] } })],
  ['a reply spoilt on purpose', latitude('GET', '/servers', { status: 200, response_body: 'rubbish', fault: 'garbage' })],
  ['a request behind a spoilt reply', lambda('POST', '/ssh-keys', { request_body: { nam: 'x' }, status: 500, fault: 'status' }), 'request body'],
  ['an unknown path', lambda('GET', '/sshkeys', { status: 200, response_body: { data: [] } }), 'path is not described'],
  ['an unknown method', lambda('PUT', '/ssh-keys', { status: 200 }), 'PUT is not described'],
  ['an undescribed status', lambda('GET', '/ssh-keys', { status: 418, response_body: {} }), 'status 418 is not described'],
  ['a missing member of the reply', lambda('GET', '/ssh-keys', { status: 200, response_body: { data: [{ id: 'a', name: 'b' }] } }), "required property 'public_key'"],
  ['an extra member where none may be', lambda('GET', '/regions', { status: 200, response_body: { data: [region], more: 1 } }), "'more'"],
  ['a wrong type in the reply', latitude('GET', '/servers/sv_1', { status: 200, response_body: read({ locked: 'no' }) }), 'must be boolean'],
  ['null where it is not nullable', latitude('GET', '/servers/sv_1', { status: 200, response_body: read({ hostname: null }) }), 'must be string'],
  ['a status outside the described ones', latitude('GET', '/servers/sv_1', { status: 200, response_body: read({ status: 'sleeping' }) }), 'allowed values'],
  ['an error code that the status does not have', lambda('GET', '/instances', { status: 401, response_body: { error: { code: 'nope', message: 'm', suggestion: 's' } } }), 'constant'],
  ['a reply without its body', lambda('GET', '/ssh-keys', { status: 200, response_body: null }), 'body is missing'],
  ['a reply that is no JSON', latitude('GET', '/servers', { status: 200, response_body: '<html>' }), 'not JSON'],
  ['a request without its body', lambda('POST', '/ssh-keys', { status: 200, response_body: { data: key } }), 'request body: the body is missing'],
  ['a request with a body where none is described', latitude('GET', '/servers', { request_body: {}, status: 200, response_body: { data: [], meta: {} } }), 'not described'],
  ['a misspelt member of a request', lambda('POST', '/instance-operations/launch', { request_body: { ...launch, nmae: 'x' }, status: 200, response_body: { data: { instance_ids: ['a'] } } }), "'nmae'"],
  ['a missing member of a request', latitude('POST', '/servers', { request_body: posted({ ...server, plan: undefined }), status: 201, response_body: read({}) }), "required property 'plan'"],
  ['a value outside the enumeration', latitude('POST', '/servers', { request_body: posted({ ...server, plan: 'c9-huge' }), status: 201, response_body: read({}) }), 'allowed values'],
  ['a text that breaks its pattern', lambda('POST', '/instance-operations/launch', { request_body: { ...launch, tags: [{ key: 'Upper', value: 'x' }] }, status: 200, response_body: { data: { instance_ids: ['a'] } } }), 'pattern'],
  ['an undescribed query parameter', latitude('GET', '/servers', { query: { 'filter[colour]': 'red' }, status: 200, response_body: { data: [], meta: {} } }), "'filter[colour]' is not described"],
  ['a query parameter of the wrong type', latitude('GET', '/servers', { query: { 'page[size]': 'many' }, status: 200, response_body: { data: [], meta: {} } }), 'must be an integer'],
  ['an unknown vendor', { vendor: 'nobody', method: 'GET', path: '/nobody/x', status: 200 }, 'no description'],
];

let failures = 0;
for (const [what, exchange, expected] of cases) {
  // As it would have been read from a file.
  const complaints = checkExchange(descriptions, JSON.parse(JSON.stringify(exchange)));
  const good = expected ? complaints.some((text) => text.includes(expected)) : complaints.length === 0;
  if (good) continue;
  failures += 1;
  console.log(`${what}: expected ${expected ? `a complaint with "${expected}"` : 'no complaint'}, got ${JSON.stringify(complaints)}`);
}
// [what, exchanges, complaint expected, or nothing at all]: what the lifecycle's lists hold against a record.
const { missing } = await import('./lifecycle/coverage.mjs');
const wanted = { lambda: { operations: { 'POST /keys': ['name'] }, refusals: ['POST /keys 429'] } };
const keyed = (status, request_body) => ({ vendor: 'lambda', method: 'POST', path: '/keys', status, request_body });
const records = [
  ['a record that has all', [keyed(200, { name: 'a' }), keyed(429, {})]],
  ['a record without the operation', [keyed(429, { name: 'a' })], 'never went well'],
  ['a record without the attribute', [keyed(200, {}), keyed(429, {})], "never sent with 'name'"],
  ['a record without the refusal', [keyed(200, { name: 'a' })], 'never occurred'],
  ['a record with an operation of no list', [keyed(200, { name: 'a' }), keyed(429, {}), { ...keyed(200, {}), path: '/new' }], 'missing in the list'],
];
for (const [what, exchanges, expected] of records) {
  const complaints = missing(exchanges, wanted, (exchange) => exchange.path);
  const good = expected ? complaints.some((text) => text.includes(expected)) : complaints.length === 0;
  if (good) continue;
  failures += 1;
  console.log(`${what}: expected ${expected ?? 'no complaint'}, got ${JSON.stringify(complaints)}`);
}
cases.push(...records);
console.log(`${cases.length} cases, ${cases.length - failures} as expected`);
process.exit(failures === 0 ? 0 : 1);
