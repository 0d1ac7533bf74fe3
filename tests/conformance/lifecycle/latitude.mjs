// The life of all seven types of Latitude.sh.
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI';

function first() {
  return {
    shop: { type: 'latitude.project', name: 'Shop', description: 'the shop', environment: 'Staging',
      provisioning_type: 'on_demand', bandwidth_alert: true },
    plain: { type: 'latitude.project', name: 'Plain' },
    team: { type: 'latitude.tag', name: 'team', description: 'of the team', color: '#ff8800' },
    bare: { type: 'latitude.tag', name: 'bare' },
    ops: { type: 'latitude.ssh_key', name: 'ops', public_key: `${KEY}ops ops@test`, project: '${shop.id}', tags: ['${team.id}'] },
    other: { type: 'latitude.ssh_key', name: 'other', public_key: `${KEY}other`, project: '${shop.id}' },
    boot: { type: 'latitude.user_data', description: 'first boot', content: '#cloud-config\n', project: '${shop.id}' },
    back: { type: 'latitude.virtual_network', description: 'back', site: 'NYC', project: '${shop.id}', tags: ['${team.id}'] },
    web: { type: 'latitude.server', count: 3, hostname: 'web-${index}', plan: 'c3-small-x86', site: 'NYC',
      operating_system: 'ubuntu_24_04_x64_lts', ssh_keys: ['${ops.id}'], user_data: '${boot.id}', raid: 'raid-1',
      billing: 'hourly', project: '${shop.id}', tags: ['${team.id}'] },
    line: { type: 'latitude.virtual_network_assignment', server: '${web[0].id}', virtual_network: '${back.id}' },
  };
}

function changed(file, changes) {
  const result = structuredClone(file);
  for (const [name, attributes] of Object.entries(changes)) {
    result[name] = { ...result[name], ...attributes };
    for (const [key, value] of Object.entries(result[name])) if (value === undefined) delete result[name][key];
  }
  return result;
}

function moved(file, names) {
  const text = JSON.stringify(Object.fromEntries(Object.entries(file).map(([name, block]) =>
    (names[name] ? [names[name], { ...block, was: name }] : [name, block]))));
  return JSON.parse(Object.entries(names).reduce((all, [from, to]) =>
    all.replaceAll(`\${${from}.`, `\${${to}.`).replaceAll(`\${${from}[`, `\${${to}[`), text));
}

export async function latitude(stage) {
  const space = stage.workspace('latitude', {
    latitude: { endpoint: `${stage.url}/latitude`, token: 'sandbox', time_scale: 0.001, page_size: 2 } });
  let file = first();
  space.apply('create', file);

  file = changed(file, {
    shop: { name: 'Shop 2', description: 'the other shop', environment: 'Production', bandwidth_alert: false },
    team: { name: 'team-2', description: 'of another team', color: '#008800' },
    ops: { name: 'ops-2', tags: ['${bare.id}'] },
    boot: { description: 'second boot', content: '#cloud-config\npackages: [git]\n' },
    back: { description: 'backend', tags: ['${bare.id}', '${team.id}'] },
    web: { hostname: 'www-${index}', billing: 'monthly', tags: ['${bare.id}'] },
  });
  space.apply('update in place', file);
  file = changed(file, { ops: { tags: [] }, back: { tags: [] }, web: { tags: [] } });
  space.apply('take all tags off', file);
  // The key belongs to the project that the servers leave.
  file = changed(file, { web: { project: '${plain.id}' } });
  space.apply('move to another project', file);
  file = changed(file, { web: { project: '${shop.id}' } });
  space.apply('move back', file);

  file = changed(file, { web: { operating_system: 'debian_12', ssh_keys: ['${ops.id}', '${other.id}'], raid: 'raid-0' } });
  space.apply('reinstall', file);
  file = changed(file, { web: { raid: undefined, user_data: undefined,
    disk_layout: [{ count: 2, role: 'os', raid_level: 'raid-1', filesystem: 'ext4' }] } });
  space.apply('reinstall with a disk layout', file);
  file = changed(file, { web: { operating_system: 'ipxe', disk_layout: undefined, ssh_keys: undefined,
    ipxe: 'https://boot.example.com/install.ipxe', persistent_netboot: true } });
  space.apply('reinstall by iPXE', file);

  file = changed(file, {
    ops: { public_key: `${KEY}new ops@test` },
    back: { site: 'DAL' },
    web: { site: 'DAL', plan: 'c3-medium-x86', operating_system: 'debian_12', ipxe: undefined, persistent_netboot: undefined,
      ssh_keys: ['${ops.id}'], user_data: '${boot.id}' },
  });
  space.apply('replace', file);

  const names = { shop: 'store', team: 'crew', ops: 'admin', boot: 'start', back: 'rear', web: 'www', line: 'wire' };
  const renamed = moved(file, names);
  space.apply('rename', renamed);
  file = Object.fromEntries(Object.entries(renamed).map(([name, { was, ...block }]) => [name, block]));

  await recovery(stage, space, file);
  await adoption(stage, space, file);
  await failures(stage, space, file);

  stage.what = 'latitude: destroy';
  space.write(file);
  space.run(['destroy']);
  space.run(['plan', '--destroy', '--detailed-exitcode'], 0);
}

// State lost in part and in whole; objects changed and deleted behind jim's back.
async function recovery(stage, space, file) {
  stage.what = 'latitude: forget, and take over again';
  for (const address of ['wire', 'rear', 'start', 'admin', 'www[1]', 'crew', 'store']) {
    const id = space.id(address);
    space.run(['state', 'rm', address]);
    space.run(['adopt', address, id]);
  }
  // Nobody can tell what the adopted server was installed with.
  space.run(['apply']);
  space.settled();

  stage.what = 'latitude: drift';
  await stage.order('/drift', [
    { vendor: 'latitude', type: 'servers', match: { hostname: 'www-0' }, set: { hostname: 'by-hand' } },
    { vendor: 'latitude', type: 'servers', match: { hostname: 'www-1' }, delete: true },
    { vendor: 'latitude', type: 'virtual_networks', match: { site: 'DAL' }, set: { description: 'by hand' } },
  ]);
  space.run(['drift', '--detailed-exitcode'], 12);
  space.run(['apply']);
  space.settled();
  space.run(['drift', '--detailed-exitcode'], 0);

  stage.what = 'latitude: rebuild the state';
  space.run(['state', 'rebuild']);
  space.write(file);
  space.settled();
}

// Objects that exist already, made by somebody else or by another project.
async function adoption(stage, space, file) {
  stage.what = 'latitude: adopt';
  const project = space.id('store');
  const seeds = [
    ['projects', { name: 'Old', description: 'old', provisioning_type: 'on_demand', environment: 'Staging' }],
    ['tags', { name: 'old', description: 'old', color: '#112233' }],
    ['ssh_keys', { name: 'old', public_key: `${KEY}old`, project }],
    ['user_data', { description: 'old', content: 'b2xk', project }],
    ['virtual_networks', { description: 'old', site: 'DAL', project }],
    ['servers', { hostname: 'old', plan: 'c3-small-x86', site: 'DAL', operating_system: 'debian_12', project }],
  ];
  const ids = {};
  for (const [type, attributes] of seeds) {
    const reply = await fetch(`${stage.url}/latitude/${type}`, {
      method: 'POST', headers: { authorization: 'Bearer sandbox', 'content-type': 'application/json' },
      body: JSON.stringify({ data: { type: type === 'virtual_networks' ? 'virtual_network' : type, attributes } }),
    });
    ids[type] = (await reply.json()).data?.id;
    if (!ids[type]) stage.fail(`${stage.what}: cannot make one of ${type}: ${reply.status}`);
  }
  const adopted = {
    'old-project': { type: 'latitude.project', name: 'Old', description: 'old' },
    'old-tag': { type: 'latitude.tag', name: 'old', description: 'old' },
    'old-key': { type: 'latitude.ssh_key', name: 'old', public_key: `${KEY}old` },
    'old-data': { type: 'latitude.user_data', description: 'old', content: 'old' },
    'old-network': { type: 'latitude.virtual_network', description: 'old', site: 'DAL' },
    'old-server': { type: 'latitude.server', hostname: 'old', plan: 'c3-small-x86', site: 'DAL', operating_system: 'debian_12' },
  };
  space.write({ ...file, ...adopted });
  const addresses = Object.keys(adopted);
  seeds.forEach(([type], at) => space.run(['adopt', addresses[at], ids[type]]));
  space.settled();

  stage.what = 'latitude: forget what is kept';
  const kept = Object.fromEntries(Object.entries(adopted).map(([name, block]) => [name, { ...block, keep: true }]));
  space.write({ ...file, ...kept });
  space.run(['apply']);
  space.write(file);
  space.run(['apply']);
  space.settled();
  const { data } = await stage.ask(`/latitude/servers/${ids.servers}`);
  if (data?.attributes?.hostname !== 'old') stage.fail(`${stage.what}: the kept server is gone`);
  // Their project is to go later on.
  for (const type of ['servers', 'virtual_networks', 'ssh_keys', 'user_data', 'tags', 'projects']) {
    await fetch(`${stage.url}/latitude/${type}/${ids[type]}`, { method: 'DELETE', headers: { authorization: 'Bearer sandbox' } });
  }
}

async function failures(stage, space, file) {
  const server = (hostname) => ({ type: 'latitude.server', hostname, plan: 'c3-small-x86', site: 'NYC',
    operating_system: 'debian_12', project: '${store.id}' });
  const on = (route, rest) => ({ vendor: 'latitude', on: route, ...rest });
  const made = { ...file };
  const disturbed = async (what, more, faults, options) => {
    Object.assign(made, more);
    await space.disturbed(what, made, faults, options);
  };
  const tag = (name) => ({ type: 'latitude.tag', name });
  await disturbed('a list answers 429 and 503', { a: tag('a') }, [
    on('GET /servers', { do: 'rate_limit' }), on('GET /tags', { do: 'status', status: 503 })]);
  await disturbed('a create answers 429', { b: server('b') }, [on('POST /servers', { do: 'rate_limit' })], { expected: [0, 5, 1] });
  await disturbed('a create answers 500 and does nothing', { c: server('c') }, [
    on('POST /servers', { do: 'status', status: 500 })], { expected: [0, 1, 5] });
  await disturbed('a create answers 500 and is done', { d: server('d') }, [
    on('POST /servers', { do: 'status', status: 500, when: 'after' })], { expected: [0, 1, 5] });
  await disturbed('the answer to a create is lost', { e: server('e') }, [on('POST /servers', { do: 'lose_answer' })], { expected: [0, 1, 5] });
  await disturbed('a create is lost', { f: server('f') }, [on('POST /servers', { do: 'lose_request' })], { expected: [0, 1, 5] });
  await disturbed('the mark\'s tag answers 500 and is made', { g: server('g') }, [
    on('POST /tags', { do: 'status', status: 500, when: 'after' })], { expected: [0, 1, 5] });
  await disturbed('attaching the mark is lost', { h: server('h') }, [on('PATCH /servers/{id}', { do: 'lose_request' })], { expected: [0, 1, 5] });
  await disturbed('no capacity', { i: server('i') }, [on('POST /servers', { do: 'capacity' })], { expected: [5, 7] });
  await disturbed('the machine does not come up', { j: server('j') }, [on('POST /servers', { do: 'fail_machine' })], { expected: [1, 5, 10] });
  for (const type of ['projects', 'ssh_keys', 'user_data', 'virtual_networks', 'virtual_networks/assignments', 'tags']) {
    const blocks = {
      projects: { type: 'latitude.project', name: 'Lost' },
      ssh_keys: { type: 'latitude.ssh_key', name: 'lost', public_key: `${KEY}lost`, project: '${store.id}' },
      user_data: { type: 'latitude.user_data', description: 'lost', content: 'lost', project: '${store.id}' },
      virtual_networks: { type: 'latitude.virtual_network', description: 'lost', site: 'NYC', project: '${store.id}' },
      'virtual_networks/assignments': { type: 'latitude.virtual_network_assignment', server: '${b.id}', virtual_network: '${lost-virtual_networks.id}' },
      tags: { type: 'latitude.tag', name: 'lost' },
    };
    const name = `lost-${type.replace('virtual_networks/', '')}`;
    await disturbed(`the answer to a create of ${type} is lost`, { [name]: blocks[type] },
      [on(`POST /${type}`, { do: 'lose_answer' })], { expected: [0, 1, 5] });
  }
  await disturbed('an update answers 500', { b: { ...server('b-2') } }, [
    on('PATCH /servers/{id}', { do: 'status', status: 500 })], { expected: [0, 1, 5] });
  await disturbed('the answer to a reinstall is lost', { b: { ...server('b-2'), operating_system: 'ubuntu_24_04_x64_lts' } }, [
    on('POST /servers/{id}/reinstall', { do: 'lose_answer' })], { expected: [0, 1, 5] });
  delete made.c;
  await disturbed('a delete answers 500 and is done', {}, [
    on('DELETE /servers/{id}', { do: 'status', status: 500, when: 'after' })], { expected: [0, 1, 5] });
  delete made.d;
  await disturbed('the answer to a delete is lost', {}, [on('DELETE /servers/{id}', { do: 'lose_answer' })], { expected: [0, 1, 5] });

  const servers = (await stage.ask('/latitude/servers?page[size]=100')).data;
  const names = servers.map((one) => one.attributes.hostname).filter((name) => /^[a-j](-2)?$/.test(name)).sort();
  const wanted = ['b-2', 'e', 'f', 'g', 'h', 'i', 'j'];
  if (JSON.stringify(names) !== JSON.stringify(wanted)) {
    stage.fail(`latitude: after all failures the servers are ${names}, expected ${wanted}: none twice, none left over`);
  }
  Object.assign(file, made);
  for (const name of ['c', 'd']) delete file[name];
}

// Each must have been carried out: the route, and what its body must have held in some request.
export const LATITUDE_OPERATIONS = {
  'GET /projects': [], 'POST /projects': ['name', 'description', 'environment', 'provisioning_type'],
  'PATCH /projects/{project_id}': ['name', 'description', 'environment', 'bandwidth_alert'], 'DELETE /projects/{project_id}': [],
  'GET /tags': [], 'POST /tags': ['name', 'description', 'color'],
  'PATCH /tags/{tag_id}': ['name', 'description', 'color'], 'DELETE /tags/{tag_id}': [],
  'GET /ssh_keys': [], 'GET /ssh_keys/{ssh_key_id}': [], 'POST /ssh_keys': ['name', 'public_key', 'project'],
  'PATCH /ssh_keys/{ssh_key_id}': ['name', 'tags'], 'DELETE /ssh_keys/{ssh_key_id}': [],
  'GET /user_data': [], 'GET /user_data/{user_data_id}': [], 'POST /user_data': ['description', 'content', 'project'],
  'PATCH /user_data/{user_data_id}': ['description', 'content'], 'DELETE /user_data/{user_data_id}': [],
  'GET /virtual_networks': [], 'GET /virtual_networks/{vlan_id}': [],
  'POST /virtual_networks': ['description', 'site', 'project'],
  'PATCH /virtual_networks/{vlan_id}': ['description', 'tags'], 'DELETE /virtual_networks/{vlan_id}': [],
  'GET /virtual_networks/assignments': [], 'POST /virtual_networks/assignments': ['server_id', 'virtual_network_id'],
  'DELETE /virtual_networks/assignments/{assignment_id}': [],
  'GET /servers': [], 'GET /servers/{server_id}': [],
  'POST /servers': ['hostname', 'plan', 'site', 'operating_system', 'ssh_keys', 'user_data', 'raid', 'billing', 'project'],
  'PATCH /servers/{server_id}': ['hostname', 'billing', 'tags', 'project'],
  'POST /servers/{server_id}/reinstall': ['hostname', 'operating_system', 'ssh_keys', 'user_data', 'raid', 'disk_layout', 'ipxe',
    'persistent_netboot'],
  'DELETE /servers/{server_id}': [],
};
export const LATITUDE_REFUSALS = ['GET /servers 429', 'GET /tags 503', 'POST /servers 429', 'POST /servers 500', 'POST /servers 422',
  'POST /tags 500', 'PATCH /servers/{server_id} 500', 'DELETE /servers/{server_id} 500', 'GET /servers/{server_id} 404'];
