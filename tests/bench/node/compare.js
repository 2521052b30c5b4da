// The same comparison as `assocd run` makes, with HubSpot's official client and pg, as one would
// write it with care: keyset pages from PostgreSQL, full batches, eight requests on the wire.
// usage: node compare.js DATABASE BASE_URL TOKEN v3|v4
import { Client } from '@hubspot/api-client';
import pg from 'pg';

const [, , database, basePath, accessToken, api] = process.argv;
const [RECORDS, IN_FLIGHT, ROWS] = [1000, 8, 10000];
const hubspot = new Client({
  accessToken, basePath, limiterOptions: { maxConcurrent: IN_FLIGHT, minTime: 0 },
});
const db = new pg.Client({ connectionString: database });
const counts = { equal: 0, missing: 0, extra: 0, requests: 0 };

async function* desiredRecords() {
  let last = ['0', '0'];
  let record = null;
  for (;;) {
    const { rows } = await db.query({
      text: `select from_id, to_id from bench.desired where (from_id, to_id) > ($1, $2)
             order by from_id, to_id limit ${ROWS}`,
      values: last, rowMode: 'array', name: 'page',
    });
    for (const [from, to] of rows) {
      if (record === null || record.from !== from) {
        if (record !== null) yield record;
        record = { from, to: new Set() };
      }
      record.to.add(to);
    }
    if (rows.length < ROWS) break;
    last = rows[rows.length - 1];
  }
  if (record !== null) yield record;
}

async function readBatch(ids) {
  const body = { inputs: ids.map((id) => ({ id })) };
  counts.requests++;
  const answer = api === 'v3'
    ? await hubspot.crm.associations.batchApi.read('deals', 'contacts', body)
    : await hubspot.crm.associations.v4.batchApi.getPage('deals', 'contacts', body);
  const observed = new Map();
  for (const result of answer.results) {
    const to = new Set();
    for (const target of result.to) {
      if (api === 'v3') {
        if (target.type === 'deal_to_contact') to.add(target.id);
      } else if (target.associationTypes.some((t) => t.category === 'HUBSPOT_DEFINED' && t.typeId === 3)) {
        to.add(String(target.toObjectId));
      }
    }
    observed.set(result._from.id, to);
  }
  return observed;
}

async function compare(records) {
  const observed = await readBatch(records.map((record) => record.from));
  for (const record of records) {
    const have = observed.get(record.from) ?? new Set();
    for (const to of record.to) {
      if (have.has(to)) counts.equal++;
      else counts.missing++;
    }
    for (const to of have) if (!record.to.has(to)) counts.extra++;
  }
}

await db.connect();
const flying = new Set();
let chunk = [];
for await (const record of desiredRecords()) {
  chunk.push(record);
  if (chunk.length < RECORDS) continue;
  if (flying.size >= IN_FLIGHT) await Promise.race(flying);
  const work = compare(chunk).finally(() => flying.delete(work));
  flying.add(work);
  chunk = [];
}
if (chunk.length > 0) flying.add(compare(chunk));
await Promise.all(flying);
await db.end();
console.log(JSON.stringify(counts));
