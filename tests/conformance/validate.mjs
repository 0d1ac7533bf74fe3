#!/usr/bin/env node
// validate.mjs RECORD [SPECS] [--refused-may-be-invalid]
// Holds every request and reply in RECORD (the sandbox's --record file) against the vendors' OpenAPI descriptions in
// SPECS (default: JIM_SPECS, else ../shared/specs beside the repository). Status 1: something is invalid; 77: skipped.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const argumentsGiven = process.argv.slice(2);
const words = argumentsGiven.filter((word) => !word.startsWith('--'));
const record = words[0];
const specs = words[1] ?? process.env.JIM_SPECS ?? fileURLToPath(new URL('../../../shared/specs', import.meta.url));

function skip(why) {
  console.log(`SKIPPED: ${why}`);
  process.exit(77);
}

if (!record) {
  console.error('usage: validate.mjs RECORD [SPECS] [--refused-may-be-invalid]');
  process.exit(3);
}
if (!fs.existsSync(specs)) skip(`the vendors' descriptions are not at ${specs}; name their folder with JIM_SPECS`);
if (!fs.existsSync(new URL('node_modules/ajv', import.meta.url))) skip("the validator is not installed; run 'npm ci' in tests/conformance");

const { loadDescriptions, readExchanges, report } = await import('./check.mjs');
const descriptions = loadDescriptions(specs);
if (Object.keys(descriptions).length === 0) skip(`no openapi.json below ${specs}`);
const exchanges = readExchanges(record);
if (exchanges.length === 0) {
  console.error(`${record} holds no exchange`);
  process.exit(1);
}
const wrong = report(descriptions, exchanges, {
  refusedMayBeInvalid: argumentsGiven.includes('--refused-may-be-invalid'),
});
process.exit(wrong === 0 ? 0 : 1);
