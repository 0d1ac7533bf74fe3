// A vendor's OpenAPI description, made ready for a JSON Schema validator.
//
// Versions 3.0 and 3.1 differ: 3.1 is JSON Schema, 3.0 has `nullable` instead of the type `null`. Ours accepts null
// exactly where the description says so, in either way, and nowhere else.
import fs from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

function nullable30(schema) {
  if (schema.nullable !== true) return schema;
  const { nullable, ...rest } = schema;
  if (typeof rest.type !== 'string') return { anyOf: [rest, { type: 'null' }] };
  const result = { ...rest, type: [rest.type, 'null'] };
  if (result.enum && !result.enum.includes(null)) result.enum = [...result.enum, null];
  return result;
}

// `closed`: also refuses properties that the description does not name. Used for requests alone: a vendor may
// answer more than it describes, but a client that sends more has misspelt something.
function convert(node, { is30, closed }) {
  if (Array.isArray(node)) return node.map((entry) => convert(entry, { is30, closed }));
  if (node === null || typeof node !== 'object') return node;
  const result = {};
  for (const [key, value] of Object.entries(node)) {
    const literal = ['example', 'examples', 'default', 'enum', 'const'].includes(key) && !isPropertyMap(node);
    result[key] = literal ? value : convert(value, { is30, closed });
  }
  if (isPropertyMap(node)) return result;
  if (closed && isObjectSchema(result) && result.additionalProperties === undefined) {
    result.additionalProperties = false;
  }
  return is30 ? nullable30(result) : result;
}

// The value of `properties` maps names to schemas; a property may itself be called `default` or `enum`.
const propertyMaps = new WeakSet();
function isPropertyMap(node) {
  return propertyMaps.has(node);
}
function markPropertyMaps(node) {
  if (node === null || typeof node !== 'object') return;
  if (!Array.isArray(node) && node.properties && typeof node.properties === 'object' && !propertyMaps.has(node)) {
    propertyMaps.add(node.properties);
  }
  for (const value of Object.values(node)) markPropertyMaps(value);
}
function isObjectSchema(schema) {
  return schema.properties && !schema.allOf && !schema.anyOf && !schema.oneOf && typeof schema.properties === 'object';
}

function pointer(...parts) {
  return '/' + parts.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
}

function makeAjv() {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  addFormats(ajv);
  ajv.addFormat('ipv4network', /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/);
  return ajv;
}

export class Description {
  constructor(file) {
    this.document = JSON.parse(fs.readFileSync(file, 'utf8'));
    const is30 = this.document.openapi.startsWith('3.0');
    markPropertyMaps(this.document);
    this.ajv = { reply: makeAjv(), request: makeAjv() };
    this.ajv.reply.addSchema(convert(this.document, { is30, closed: false }), 'description');
    this.ajv.request.addSchema(convert(this.document, { is30, closed: true }), 'description');
    this.compiled = new Map();
    this.routes = [];
    for (const [template, item] of Object.entries(this.document.paths)) {
      for (const method of METHODS) {
        if (!item[method]) continue;
        const pattern = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '([^/]+)');
        this.routes.push({
          method: method.toUpperCase(),
          template,
          key: method,
          operation: item[method],
          shared: item.parameters ?? [],
          expression: new RegExp(`^${pattern}$`),
          literals: template.split('/').filter((part) => !part.startsWith('{')).length,
        });
      }
    }
    // /plans/bandwidth before /plans/{plan_id}
    this.routes.sort((left, right) => right.literals - left.literals);
  }

  route(method, path) {
    return this.routes.find((route) => route.method === method && route.expression.test(path));
  }

  knowsPath(path) {
    return this.routes.some((route) => route.expression.test(path));
  }

  resolve(object) {
    if (!object?.$ref) return object;
    return object.$ref.slice(2).split('/').reduce(
      (node, part) => node[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')], this.document);
  }

  // Complaints about `value` by the schema at a place of the document.
  check(side, place, value) {
    const key = side + place;
    if (!this.compiled.has(key)) this.compiled.set(key, this.ajv[side].compile({ $ref: `description#${place}` }));
    const validate = this.compiled.get(key);
    if (validate(value)) return [];
    return validate.errors.map((error) => {
      const extra = error.params?.additionalProperty ? ` '${error.params.additionalProperty}'` : '';
      const allowed = error.params?.allowedValues ? ` ${JSON.stringify(error.params.allowedValues)}` : '';
      return `${error.instancePath || '/'} ${error.message}${extra}${allowed}`;
    });
  }

  parameters(route) {
    return [...route.shared, ...(route.operation.parameters ?? [])].map((parameter) => this.resolve(parameter));
  }

  checkQuery(route, query) {
    const known = new Map(this.parameters(route).filter((p) => p.in === 'query').map((p) => [p.name, p]));
    const complaints = [];
    for (const [name, text] of Object.entries(query)) {
      const parameter = known.get(name);
      if (!parameter) {
        complaints.push(`query parameter '${name}' is not described`);
        continue;
      }
      const type = this.resolve(parameter.schema)?.type;
      if (type === 'integer' && !/^-?\d+$/.test(text)) complaints.push(`query parameter '${name}' must be an integer`);
      if (type === 'boolean' && !/^(true|false)$/.test(text)) complaints.push(`query parameter '${name}' must be a boolean`);
      const allowed = this.resolve(parameter.schema)?.enum;
      if (allowed && !allowed.includes(text)) complaints.push(`query parameter '${name}' must be one of ${allowed}`);
    }
    for (const [name, parameter] of known) {
      if (parameter.required && !(name in query)) complaints.push(`query parameter '${name}' is missing`);
    }
    return complaints;
  }

  checkRequestBody(route, body) {
    const described = this.resolve(route.operation.requestBody);
    if (!described) return body === null ? [] : ['a body is not described'];
    if (body === null) return described.required ? ['the body is missing'] : [];
    if (typeof body === 'string') return ['the body is not JSON'];
    if (route.operation.requestBody.$ref) {
      const base = route.operation.requestBody.$ref.slice(1);
      return this.check('request', `${base}/content/${encodeURIComponent(Object.keys(described.content)[0].replaceAll('/', '~1'))}/schema`, body);
    }
    const type = Object.keys(described.content)[0];
    return this.check('request', pointer('paths', route.template, route.key, 'requestBody', 'content', type, 'schema'), body);
  }

  // The key under which a status is described: exact, by class, or default.
  describedStatus(route, status) {
    const responses = route.operation.responses;
    return [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((key) => key in responses);
  }

  checkReply(route, status, body) {
    const key = this.describedStatus(route, status);
    if (!key) return [`status ${status} is not described`];
    const reference = route.operation.responses[key];
    const described = this.resolve(reference);
    const type = Object.keys(described.content ?? {})[0];
    if (!type || !described.content[type].schema) return [];
    if (body === null) return ['the body is missing'];
    if (typeof body === 'string') return ['the body is not JSON'];
    const base = reference.$ref ? reference.$ref.slice(1) : pointer('paths', route.template, route.key, 'responses', key);
    return this.check('reply', base + pointer('content', type, 'schema'), body);
  }
}
