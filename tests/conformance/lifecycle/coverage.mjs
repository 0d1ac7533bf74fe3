// What a record lacks: operations that never went well, attributes never sent, refusals never met.
export function missing(exchanges, wanted, templateOf) {
  const sent = new Map();
  const statuses = new Set();
  for (const exchange of exchanges) {
    const name = `${exchange.vendor} ${exchange.method} ${templateOf(exchange)}`;
    statuses.add(`${name} ${exchange.status}`);
    if (exchange.status >= 300) continue;
    const names = sent.get(name) ?? new Set();
    const body = exchange.request_body?.data?.attributes ?? exchange.request_body ?? {};
    for (const attribute of Object.keys(body)) names.add(attribute);
    sent.set(name, names);
  }
  const complaints = [];
  for (const [vendor, { operations, refusals }] of Object.entries(wanted)) {
    for (const [operation, attributes] of Object.entries(operations)) {
      const names = sent.get(`${vendor} ${operation}`);
      if (!names) complaints.push(`${vendor}: ${operation} never went well`);
      for (const attribute of names ? attributes : []) {
        if (!names.has(attribute)) complaints.push(`${vendor}: ${operation} was never sent with '${attribute}'`);
      }
    }
    for (const name of sent.keys()) {
      const operation = name.slice(vendor.length + 1);
      if (name.startsWith(`${vendor} `) && !operations[operation]) complaints.push(`${vendor}: ${operation} is missing in the list`);
    }
    for (const refusal of refusals) {
      if (!statuses.has(`${vendor} ${refusal}`)) complaints.push(`${vendor}: ${refusal} never occurred`);
    }
  }
  return complaints;
}
