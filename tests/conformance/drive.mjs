#!/usr/bin/env node
// drive.mjs SERVER [SPECS]
// Starts SERVER (prints its URL, records to the file named by its first argument), walks once over every route that the
// sandbox has, and holds the record against the vendors' descriptions. Status 77: skipped.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const server = process.argv[2];
if (!server) {
  console.error('usage: drive.mjs SERVER [SPECS]');
  process.exit(3);
}
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jim-conformance-'));
const record = path.join(folder, 'record.ndjson');
const child = spawn(server, [record], { stdio: ['ignore', 'pipe', 'inherit'] });
const url = await new Promise((resolve, reject) => {
  child.stdout.once('data', (text) => resolve(String(text).trim()));
  child.once('error', reject);
  child.once('exit', () => reject(new Error(`${server} ended`)));
});

let failures = 0;
function caller(base) {
  return async (method, route, body, expected) => {
    const reply = await fetch(url + base + route, {
      method,
      headers: { authorization: 'Bearer sandbox', 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await reply.text();
    const good = expected ? reply.status === expected : reply.ok;
    if (!good) {
      failures += 1;
      console.log(`${method} ${base}${route}: status ${reply.status}: ${text.slice(0, 300)}`);
    }
    return text ? JSON.parse(text) : null;
  };
}

async function latitude() {
  const call = caller('/latitude');
  const make = async (route, type, attributes) =>
    (await call('POST', route, { data: { type, attributes } }, 201)).data.id;
  const project = await make('/projects', 'projects', { name: 'Drive', provisioning_type: 'on_demand', environment: 'Staging' });
  const tag = await make('/tags', 'tags', { name: 'jim', description: 'a mark', color: '#123456' });
  await call('POST', '/tags', { data: { type: 'tags', attributes: { name: 'jim', color: '#123456' } } }, 422);
  await call('PATCH', `/tags/${tag}`, { data: { id: tag, type: 'tags', attributes: { description: 'the mark', color: '#654321' } } });
  await call('GET', '/tags');
  await call('GET', '/projects?page[size]=5&page[number]=1&stats[total]=count');
  await call('PATCH', `/projects/${project}`, { data: { id: project, type: 'projects', attributes: { description: 'x', tags: [tag] } } });

  const key = await make('/ssh_keys', 'ssh_keys', { name: 'one', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 a', project });
  const below = `/projects/${project}`;
  const key2 = await make(`${below}/ssh_keys`, 'ssh_keys', { name: 'two', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE6 b' });
  for (const base of ['', below]) {
    await call('GET', `${base}/ssh_keys?page[size]=1&page[number]=2&filter[tags]=${tag}`);
    await call('GET', `${base}/ssh_keys/${key2}`);
    await call('PATCH', `${base}/ssh_keys/${key2}`, { data: { id: key2, type: 'ssh_keys', attributes: { name: 'zwei', tags: [tag] } } });
  }
  const content = Buffer.from('#cloud-config\n').toString('base64');
  const data = await make('/user_data', 'user_data', { description: 'boot', content, project });
  const data2 = await make(`${below}/user_data`, 'user_data', { description: 'boot 2', content });
  await call('GET', `/user_data?filter[project]=${project}&page[size]=10`);
  await call('GET', `${below}/user_data`);
  for (const base of ['', below]) {
    await call('GET', `${base}/user_data/${data2}?extra_fields[user_data]=decoded_content`);
    await call('PATCH', `${base}/user_data/${data2}`, { data: { id: data2, type: 'user_data', attributes: { description: 'new' } } });
  }

  await call('GET', '/plans?filter[slug]=c3-small-x86');
  const plans = await call('GET', '/plans');
  await call('GET', `/plans/${plans.data[0].id}`);
  await call('GET', '/plans/operating_systems?page[size]=3&page[number]=2');
  const regions = await call('GET', '/regions?page[size]=100');
  await call('GET', `/regions/${regions.data[0].id}`);

  const wanted = { project, plan: 'c3-small-x86', site: 'NYC', operating_system: 'ubuntu_24_04_x64_lts', hostname: 'web', ssh_keys: [key], user_data: data, raid: 'raid-1', billing: 'hourly' };
  const sv = await make('/servers', 'servers', wanted);
  await call('POST', '/servers', { data: { type: 'servers', attributes: { ...wanted, ssh_keys: ['ssh_missing'] } } }, 400);
  await call('GET', `/servers?filter[project]=${project}&filter[hostname]=web&page[size]=100&page[number]=1&stats[total]=count`);
  await call('GET', `/servers/${sv}`);
  await call('GET', '/servers/sv_missing', undefined, 404);
  await call('PATCH', `/servers/${sv}`, { data: { id: sv, type: 'servers', attributes: { hostname: 'web-1', tags: [tag], billing: 'monthly' } } });
  await call('GET', `/servers?filter[tags]=${tag}`);
  await call('GET', `/servers/${sv}/deploy_config`);
  await call('PATCH', `/servers/${sv}/deploy_config`, { type: 'deploy_config', attributes: { operating_system: 'debian_12' } });
  await call('POST', `/servers/${sv}/reinstall`, { data: { type: 'reinstalls', attributes: { operating_system: 'debian_12', hostname: 'web-1', ssh_keys: [key], raid: 'raid-0' } } }, 201);
  await call('POST', '/servers/sv_missing/reinstall', { data: { type: 'reinstalls', attributes: {} } }, 404);
  for (const action of ['power_off', 'power_on', 'reboot']) {
    await call('POST', `/servers/${sv}/actions`, { data: { type: 'actions', attributes: { action } } }, 201);
  }
  await call('POST', `/servers/${sv}/lock`);
  await call('DELETE', `/servers/${sv}`, undefined, 423);
  await call('POST', `/servers/${sv}/unlock`);

  const vlan = await make('/virtual_networks', 'virtual_network', { description: 'private', site: 'NYC', project });
  await call('PATCH', `/virtual_networks/${vlan}`, { data: { id: vlan, type: 'virtual_networks', attributes: { description: 'renamed', tags: [tag] } } });
  const assignment = await make('/virtual_networks/assignments', 'virtual_network_assignment', { server_id: sv, virtual_network_id: vlan });
  await call('GET', `/virtual_networks/assignments?filter[server]=${sv}&page[size]=100&page[number]=1`);
  await call('GET', `/virtual_networks?filter[location]=NYC&filter[project]=${project}&filter[tags]=${tag}`);
  await call('GET', `/virtual_networks/${vlan}`);
  await call('DELETE', `/virtual_networks/${vlan}`, undefined, 406);
  await call('DELETE', `/virtual_networks/assignments/${assignment}`, undefined, 204);
  await call('DELETE', `/virtual_networks/${vlan}`, undefined, 204);
  await call('DELETE', `/servers/${sv}?reason=done`, undefined, 204);
  await call('DELETE', `/ssh_keys/${key}`, undefined, 200);
  await call('DELETE', `${below}/ssh_keys/${key2}`, undefined, 200);
  await call('DELETE', `/user_data/${data}`, undefined, 204);
  await call('DELETE', `${below}/user_data/${data2}`, undefined, 204);
  await call('DELETE', `/tags/${tag}`, undefined, 204);
  await call('DELETE', `/projects/${project}`, undefined, 204);
}

async function lambda() {
  const call = caller('/lambda/api/v1');
  await call('GET', '/instance-types');
  await call('GET', '/regions');
  const images = await call('GET', '/images');
  const region = 'us-west-1';
  const key = await call('POST', '/ssh-keys', { name: 'one', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 a' });
  const made = await call('POST', '/ssh-keys', { name: 'generated' });
  await call('POST', '/ssh-keys', { name: 'one', public_key: 'ssh-ed25519 AAAA b' }, 400);
  await call('GET', '/ssh-keys');
  const disk = await call('POST', '/filesystems', { name: 'data', region });
  await call('POST', '/filesystems', { name: 'data', region }, 400);
  await call('GET', '/file-systems');
  const rules = [{ protocol: 'tcp', port_range: [443, 443], source_network: '0.0.0.0/0', description: 'web' }];
  const ruleset = await call('POST', '/firewall-rulesets', { name: 'web', region, rules });
  await call('GET', '/firewall-rulesets');
  await call('GET', `/firewall-rulesets/${ruleset.data.id}`);
  await call('PATCH', `/firewall-rulesets/${ruleset.data.id}`, { name: 'web 2', rules: [...rules, { protocol: 'icmp', source_network: '10.0.0.0/8', description: '' }] });
  await call('GET', '/firewall-rulesets/global');
  await call('PATCH', '/firewall-rulesets/global', { rules });
  await call('GET', '/firewall-rules');
  await call('PUT', '/firewall-rules', { data: rules });

  const wanted = {
    region_name: region, instance_type_name: 'gpu_1x_a10', ssh_key_names: ['one'], name: 'worker', hostname: 'worker-1',
    file_system_mounts: [{ mount_point: '/lambda/nfs/data', file_system_id: disk.data.id }],
    image: { id: images.data[0].id }, user_data: '#cloud-config\n', tags: [{ key: 'jim-id', value: 'x' }],
    firewall_rulesets: [{ id: ruleset.data.id }],
  };
  const launched = await call('POST', '/instance-operations/launch', wanted);
  const id = launched.data.instance_ids[0];
  await call('POST', '/instance-operations/launch', { ...wanted, instance_type_name: 'gpu_9x' }, 400);
  await call('POST', '/instance-operations/launch', { ...wanted, region_name: 'us-east-1' }, 400);
  await call('GET', '/instances');
  await call('GET', `/instances/${id}`);
  await call('GET', `/instances/${'0'.repeat(32)}`, undefined, 404);
  await call('POST', `/instances/${id}`, { name: 'renamed' });
  await call('POST', '/instance-operations/restart', { instance_ids: [id] });
  await call('DELETE', `/filesystems/${disk.data.id}`, undefined, 400);
  await call('DELETE', `/firewall-rulesets/${ruleset.data.id}`, undefined, 400);
  await call('POST', '/instance-operations/terminate', { instance_ids: [id] });
  await call('GET', '/instances');
  await call('DELETE', `/firewall-rulesets/${ruleset.data.id}`);
  await call('DELETE', `/firewall-rulesets/${ruleset.data.id}`, undefined, 404);
  await call('DELETE', `/filesystems/${disk.data.id}`);
  await call('DELETE', `/ssh-keys/${key.data.id}`);
  await call('DELETE', `/ssh-keys/${made.data.id}`);
}

async function refusals() {
  for (const target of ['/latitude/servers', '/lambda/api/v1/instances']) {
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const reply = await fetch(url + target, { headers });
      if (reply.status !== 401) failures += 1;
    }
  }
  await fetch(`${url}/_sandbox/stock`, {
    method: 'POST', body: JSON.stringify({ latitude: { 'c3-small-x86': { NYC: 0 } }, lambda: { gpu_1x_a10: [] } }),
  });
  await caller('/latitude')('POST', '/servers', { data: { type: 'servers', attributes: { project: 'proj_x', plan: 'c3-small-x86', site: 'NYC', operating_system: 'debian_12', hostname: 'h' } } }, 422);
  await caller('/latitude')('GET', '/plans');
  const call = caller('/lambda/api/v1');
  await call('POST', '/ssh-keys', { name: 'k', public_key: 'ssh-ed25519 AAAA k' });
  await call('POST', '/instance-operations/launch', { region_name: 'us-west-1', instance_type_name: 'gpu_1x_a10', ssh_key_names: ['k'] }, 400);
}

try {
  await latitude();
  await lambda();
  await refusals();
} finally {
  child.kill();
}
const validate = fileURLToPath(new URL('validate.mjs', import.meta.url));
const checked = spawnSync(process.execPath, [validate, record, ...process.argv.slice(3), '--refused-may-be-invalid'], { stdio: 'inherit' });
fs.rmSync(folder, { recursive: true });
if (failures > 0) console.log(`${failures} replies had another status than expected`);
process.exit(failures > 0 ? 1 : checked.status);
