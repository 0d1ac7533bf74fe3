#!/usr/bin/env node
// lifecycle/run.mjs JIM [SPECS] [--keep FILE]
// Lets jim live through the whole life of every type of Latitude.sh and Lambda against a served sandbox, failures
// included, and holds every request and reply against the vendors' descriptions. Fails also when an operation, an
// attribute of a request or a failure in the lists of latitude.mjs and lambda.mjs never occurred, and when the lists
// lack a type. Status 77: skipped. --keep copies the record.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Finding, Stage } from './stage.mjs';
import { latitude, LATITUDE_OPERATIONS, LATITUDE_REFUSALS } from './latitude.mjs';
import { lambda, LAMBDA_OPERATIONS, LAMBDA_REFUSALS } from './lambda.mjs';

const words = process.argv.slice(2);
const keepAt = words.indexOf('--keep');
const keep = keepAt < 0 ? undefined : words.splice(keepAt, 2)[1];
const [jim, given] = words;
const specs = given ?? process.env.JIM_SPECS ?? fileURLToPath(new URL('../../../../shared/specs', import.meta.url));

if (!jim) {
  console.error('usage: lifecycle/run.mjs JIM [SPECS] [--keep FILE]');
  process.exit(3);
}
if (!fs.existsSync(specs) || !fs.existsSync(new URL('../node_modules/ajv', import.meta.url))) {
  console.log(`SKIPPED: needs the vendors' descriptions (not at ${specs}; JIM_SPECS names them) and 'npm ci' in tests/conformance`);
  process.exit(77);
}
const { loadDescriptions, readExchanges, report, routeOf } = await import('../check.mjs');
const { missing } = await import('./coverage.mjs');
const descriptions = loadDescriptions(specs);

const stage = new Stage(jim);

// A life ends at its first finding: what comes after would only follow from it.
async function lived(life) {
  try {
    await life(stage);
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
  }
}

try {
  await stage.start();
  await lived(latitude);
  await lived(lambda);
  // The script's own requests made what jim adopts; they come without jim's User-Agent.
  const exchanges = readExchanges(stage.record).filter((one) => /^jim\b/.test(one.request_headers['user-agent'] ?? ''));
  const wrong = report(descriptions, exchanges);
  if (wrong > 0) stage.note(`${wrong} exchanges are not valid`);
  const wanted = {
    latitude: { operations: LATITUDE_OPERATIONS, refusals: LATITUDE_REFUSALS },
    lambda: { operations: LAMBDA_OPERATIONS, refusals: LAMBDA_REFUSALS },
  };
  const nameOf = (exchange) => routeOf(descriptions, exchange)?.template;
  for (const text of missing(exchanges, wanted, nameOf)) stage.note(text);
} finally {
  if (keep) fs.copyFileSync(stage.record, keep);
  stage.stop();
}
console.log(stage.failures.length === 0 ? 'the whole life is valid' : `${stage.failures.length} findings`);
process.exit(stage.failures.length === 0 ? 0 : 1);
