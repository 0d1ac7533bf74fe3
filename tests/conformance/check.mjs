// Holds exchanges against the descriptions of their vendors.
import fs from 'node:fs';
import path from 'node:path';
import { Description } from './description.mjs';

const VENDORS = {
  latitude: { folder: 'latitude-sh', base: '/latitude' },
  lambda: { folder: 'lambda', base: '/lambda' },
};

// Statuses that clients have seen though the description lists none; SOURCE.md beside it says where.
const OBSERVED = { lambda: [429] };

// Replies that a fault made unlike the vendor's on purpose. Their requests are checked all the same.
const SPOILT = ['status', 'garbage', 'huge', 'lose_request'];

export function loadDescriptions(folder) {
  const result = {};
  for (const [vendor, { folder: name }] of Object.entries(VENDORS)) {
    const file = path.join(folder, name, 'openapi.json');
    if (fs.existsSync(file)) result[vendor] = new Description(file);
  }
  return result;
}

// What the description says about the route of an exchange; undefined when it knows none.
export function routeOf(descriptions, exchange) {
  return descriptions[exchange.vendor]?.route(exchange.method, exchange.path.slice(VENDORS[exchange.vendor].base.length));
}

// Complaints about one exchange. `options.refusedMayBeInvalid`: a request that got a 4xx need not be valid.
export function checkExchange(descriptions, exchange, options = {}) {
  const description = descriptions[exchange.vendor];
  if (!description) return [`vendor '${exchange.vendor}' has no description`];
  const path = exchange.path.slice(VENDORS[exchange.vendor].base.length);
  const route = description.route(exchange.method, path);
  if (!route) {
    return [description.knowsPath(path) ? `${exchange.method} is not described for this path` : 'the path is not described'];
  }
  const complaints = [];
  const refused = exchange.status >= 400 && exchange.status < 500 && options.refusedMayBeInvalid;
  if (!refused) {
    complaints.push(...description.checkQuery(route, exchange.query ?? {}).map((text) => `request: ${text}`));
    complaints.push(...description.checkRequestBody(route, exchange.request_body ?? null).map((text) => `request body: ${text}`));
  }
  if (SPOILT.includes(exchange.fault)) return complaints;
  if (OBSERVED[exchange.vendor]?.includes(exchange.status) && !description.describedStatus(route, exchange.status)) {
    return complaints;
  }
  complaints.push(...description.checkReply(route, exchange.status, exchange.response_body ?? null).map((text) => `reply: ${text}`));
  return complaints;
}

export function readExchanges(file) {
  return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

// Checks a whole file, prints what is wrong, and returns the number of wrong exchanges.
export function report(descriptions, exchanges, options = {}) {
  let wrong = 0;
  const routes = new Map();
  for (const [index, exchange] of exchanges.entries()) {
    const complaints = checkExchange(descriptions, exchange, options);
    const name = `${exchange.vendor} ${exchange.method} ${routeOf(descriptions, exchange)?.template ?? exchange.path}`;
    routes.set(name, (routes.get(name) ?? 0) + 1);
    if (complaints.length === 0) continue;
    wrong += 1;
    console.log(`exchange ${index + 1}: ${exchange.vendor} ${exchange.method} ${exchange.path} -> ${exchange.status}`);
    for (const complaint of complaints) console.log(`  ${complaint}`);
  }
  const spoilt = exchanges.filter((exchange) => SPOILT.includes(exchange.fault)).length;
  console.log(`${exchanges.length} exchanges on ${routes.size} routes, ${exchanges.length - wrong} valid, ${wrong} invalid` +
    (spoilt ? `; ${spoilt} replies spoilt by a fault, only their requests checked` : ''));
  return wrong;
}
