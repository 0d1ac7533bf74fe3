// The life of all four types of Lambda.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI';
const MANIFEST = fileURLToPath(new URL('../../../providers/lambda.yaml', import.meta.url));

const RULES = [
  { protocol: 'tcp', port_range: [22, 22], source_network: '0.0.0.0/0', description: 'SSH' },
  { protocol: 'icmp', source_network: '10.0.0.0/8', description: '' },
];

function instance(name, more = {}, key = 'ops') {
  return { type: 'lambda.instance', name, instance_type: 'gpu_1x_a10', region: 'us-west-1', ssh_key_names: [`\${${key}.name}`], ...more };
}

function first(images) {
  return {
    ops: { type: 'lambda.ssh_key', name: 'ops', public_key: `${KEY}ops` },
    data: { type: 'lambda.filesystem', name: 'data', region: 'us-west-1' },
    more: { type: 'lambda.filesystem', name: 'more', region: 'us-west-1' },
    open: { type: 'lambda.firewall_ruleset', name: 'open', region: 'us-west-1', rules: RULES },
    bare: instance('bare'),
    named: instance('named', { hostname: 'head-1', image_family: images[0].family, user_data: '#cloud-config\n',
      file_system_names: ['${data.name}'], firewall_rulesets: ['${open.id}'], tags: { team: 'vision' } }),
    exact: instance('exact', { image_id: images[0].id,
      file_system_mounts: [{ file_system_id: '${more.id}', mount_point: '/data/sets' }] }),
  };
}

// One request a second and a launch every 12 seconds are right towards the vendor and too slow here.
function withoutLimits(folder) {
  const text = fs.readFileSync(MANIFEST, 'utf8');
  const cut = text.replace(/^limits:\n(  - .*\n)+/m, '');
  if (cut === text) throw new Error('providers/lambda.yaml has no limits to leave out');
  fs.writeFileSync(path.join(folder, 'lambda.yaml'), cut);
}

export async function lambda(stage) {
  const space = stage.workspace('lambda', {
    lambda: { manifest: './lambda.yaml', endpoint: `${stage.url}/lambda/api/v1`, api_key: 'sandbox', time_scale: 0.001 } });
  withoutLimits(space.folder);
  const images = (await stage.ask('/lambda/api/v1/images')).data;
  let file = first(images);
  space.apply('create', file);

  file = { ...file, bare: { ...file.bare, name: 'bare-2' },
    open: { ...file.open, name: 'open-2', rules: [{ protocol: 'all', port_range: [1, 65535], source_network: '10.0.0.0/8', description: 'inside' }] } };
  space.apply('update in place', file);
  file = { ...file, bare: instance('bare-2', { instance_type: 'gpu_1x_gh200', region: 'us-east-1' }),
    ops: { ...file.ops, public_key: `${KEY}new` }, more: { ...file.more, name: 'most' } };
  space.apply('replace', file);

  const names = { ops: 'admin', data: 'sets', open: 'door', bare: 'plain' };
  const text = Object.entries(names).reduce((all, [from, to]) => all.replaceAll(`\${${from}.`, `\${${to}.`), JSON.stringify(file));
  file = Object.fromEntries(Object.entries(JSON.parse(text)).map(([name, block]) => [names[name] ?? name, block]));
  space.apply('rename', Object.fromEntries(Object.entries(file).map(([name, block]) => {
    const was = Object.keys(names).find((old) => names[old] === name);
    return [name, was ? { ...block, was } : block];
  })));

  stage.what = 'lambda: forget, and take over again';
  space.write(file);
  for (const address of ['plain', 'door', 'sets', 'admin']) {
    const id = space.id(address);
    space.run(['state', 'rm', address]);
    space.run(['adopt', address, id]);
  }
  space.settled();

  await adoption(stage, space, file);
  await failures(stage, space, file);

  stage.what = 'lambda: drift';
  await stage.order('/drift', [
    { vendor: 'lambda', type: 'instances', match: { name: 'named' }, delete: true },
    { vendor: 'lambda', type: 'instances', match: { name: 'bare-2' }, set: { name: 'by-hand' } }]);
  space.run(['drift', '--detailed-exitcode'], 12);
  space.run(['apply']);
  space.settled();

  stage.what = 'lambda: destroy';
  space.run(['destroy']);
  space.run(['plan', '--destroy', '--detailed-exitcode'], 0);
}

async function adoption(stage, space, file) {
  stage.what = 'lambda: adopt';
  const post = async (route, body) => {
    const reply = await fetch(`${stage.url}/lambda/api/v1${route}`, {
      method: 'POST', headers: { authorization: 'Bearer sandbox' }, body: JSON.stringify(body) });
    return (await reply.json()).data;
  };
  const key = await post('/ssh-keys', { name: 'old', public_key: `${KEY}old` });
  const disk = await post('/filesystems', { name: 'old', region: 'us-west-1' });
  const rules = await post('/firewall-rulesets', { name: 'old', region: 'us-west-1', rules: RULES });
  const launched = await post('/instance-operations/launch', {
    region_name: 'us-west-1', instance_type_name: 'gpu_1x_a10', ssh_key_names: ['old'], name: 'old' });
  const adopted = {
    'old-key': { type: 'lambda.ssh_key', name: 'old', public_key: `${KEY}old` },
    'old-disk': { type: 'lambda.filesystem', name: 'old', region: 'us-west-1' },
    'old-rules': { type: 'lambda.firewall_ruleset', name: 'old', region: 'us-west-1', rules: RULES },
    'old-machine': { ...instance('old'), ssh_key_names: ['old'] },
  };
  Object.assign(file, adopted);
  space.write(file);
  space.run(['adopt', 'old-key', key.id]);
  space.run(['adopt', 'old-disk', disk.id]);
  space.run(['adopt', 'old-rules', rules.id]);
  space.run(['adopt', 'old-machine', launched.instance_ids[0]]);
  space.settled();
}

async function failures(stage, space, file) {
  const on = (route, rest) => ({ vendor: 'lambda', on: route, ...rest });
  const machine = (name) => instance(name, {}, 'admin');
  const disturbed = async (what, more, faults, expected = [0, 1, 5]) => {
    Object.assign(file, more);
    await space.disturbed(what, file, faults, { expected });
  };
  const launch = 'POST /instance-operations/launch';
  await disturbed('lists answer 429 and 503', { a: machine('a') }, [
    on('GET /instances', { do: 'rate_limit' }), on('GET /ssh-keys', { do: 'status', status: 500 })]);
  await disturbed('a launch answers 429', { b: machine('b') }, [on(launch, { do: 'rate_limit' })]);
  await disturbed('a launch answers 500 and does nothing', { c: machine('c') }, [on(launch, { do: 'status', status: 500 })]);
  await disturbed('a launch answers 500 and is done', { d: machine('d') }, [on(launch, { do: 'status', status: 500, when: 'after' })]);
  await disturbed('the answer to a launch is lost', { e: machine('e') }, [on(launch, { do: 'lose_answer' })]);
  await disturbed('a launch is lost', { f: machine('f') }, [on(launch, { do: 'lose_request' })]);
  await disturbed('no capacity', { g: machine('g') }, [on(launch, { do: 'capacity' })], [5, 7]);
  await disturbed('the answer to a new filesystem is lost', { h: { type: 'lambda.filesystem', name: 'h', region: 'us-west-1' } },
    [on('POST /filesystems', { do: 'lose_answer' })]);
  await disturbed('the answer to a new key is lost', { i: { type: 'lambda.ssh_key', name: 'i', public_key: `${KEY}i` } },
    [on('POST /ssh-keys', { do: 'lose_answer' })]);
  await disturbed('the answer to a new ruleset is lost', { j: { type: 'lambda.firewall_ruleset', name: 'j', region: 'us-west-1', rules: RULES } },
    [on('POST /firewall-rulesets', { do: 'lose_answer' })]);
  await disturbed('a rename answers 500', { a: machine('a-2') }, [on('POST /instances/{id}', { do: 'status', status: 500 })]);
  for (const name of ['c', 'd', 'h', 'i', 'j']) delete file[name];
  await disturbed('termination answers 500 and its answer is lost', {}, [
    on('POST /instance-operations/terminate', { do: 'status', status: 500, when: 'after' }),
    on('POST /instance-operations/terminate', { do: 'lose_answer' })]);

  const { data } = await stage.ask('/lambda/api/v1/instances');
  const names = data.filter((one) => one.status !== 'terminated').map((one) => one.name)
    .filter((name) => /^[a-j](-2)?$/.test(name)).sort();
  const wanted = ['a-2', 'b', 'e', 'f', 'g'];
  if (JSON.stringify(names) !== JSON.stringify(wanted)) {
    stage.fail(`lambda: after all failures the instances are ${names}, expected ${wanted}: none twice, none left over`);
  }
}

export const LAMBDA_OPERATIONS = {
  'GET /api/v1/ssh-keys': [], 'POST /api/v1/ssh-keys': ['name', 'public_key'], 'DELETE /api/v1/ssh-keys/{id}': [],
  'GET /api/v1/file-systems': [], 'POST /api/v1/filesystems': ['name', 'region'], 'DELETE /api/v1/filesystems/{id}': [],
  'GET /api/v1/firewall-rulesets': [], 'GET /api/v1/firewall-rulesets/{id}': [],
  'POST /api/v1/firewall-rulesets': ['name', 'region', 'rules'], 'PATCH /api/v1/firewall-rulesets/{id}': ['name', 'rules'],
  'DELETE /api/v1/firewall-rulesets/{id}': [],
  'GET /api/v1/instances': [], 'GET /api/v1/instances/{id}': [], 'POST /api/v1/instances/{id}': ['name'],
  'POST /api/v1/instance-operations/launch': ['name', 'instance_type_name', 'region_name', 'ssh_key_names', 'hostname', 'image', 'user_data',
    'file_system_names', 'file_system_mounts', 'firewall_rulesets', 'tags'],
  'POST /api/v1/instance-operations/terminate': ['instance_ids'],
};
export const LAMBDA_REFUSALS = ['GET /api/v1/instances 429', 'GET /api/v1/ssh-keys 500', 'POST /api/v1/instance-operations/launch 429',
  'POST /api/v1/instance-operations/launch 500', 'POST /api/v1/instance-operations/launch 400', 'POST /api/v1/instances/{id} 500',
  'POST /api/v1/instance-operations/terminate 500'];
