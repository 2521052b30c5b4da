/*
 * HubSpot's official client against the sandbox: what the client itself makes of the answers must be
 * what HubSpot promises. SANDBOX_URL names the server.
 */
'use strict';
const assert = require('node:assert/strict');
const { Client } = require('@hubspot/api-client');

const base = process.env.SANDBOX_URL;
const token = 'pat-na1-sandbox-0000-0000';
const client = new Client({ accessToken: token, basePath: base, limiterOptions: { minTime: 0 } });
const v4 = client.crm.associations.v4;
const tests = [];
const test = (name, run) => tests.push({ name, run });

async function control(path, body) {
  const answer = await fetch(`${base}/_sandbox/${path}`, {
    method: 'POST', body: JSON.stringify(body ?? {}),
  });
  assert.equal(answer.status, 200, await answer.text());
}

async function dump(from, to) {
  const answer = await fetch(`${base}/_sandbox/dump?from=${from}&to=${to}`);
  return (await answer.text()).split('\n').filter(Boolean).map((line) => line.split('\t'));
}

const hubspot = (id) => ({ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: id });
const custom = (id) => ({ associationCategory: 'USER_DEFINED', associationTypeId: id });
const pair = (from, to, types) => ({ _from: { id: from }, to: { id: to }, types });
const byId = (results) => Object.fromEntries(results.map((result) => [result._from.id, result]));
const typeIds = (entry) => entry.associationTypes.map((type) => type.typeId).sort((a, b) => a - b);
const dated = (version, rest) => `/crm/associations/${version}/${rest}`;

async function raw(method, path, body) {
  const answer = await client.apiRequest({ method, path, body });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
}

async function fails(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: 'expected the call to be refused' });
}

test('v3 lists the types by name', async () => {
  const page = await client.crm.associations.schema.typesApi.getAll('contacts', 'companies');
  const names = Object.fromEntries(page.results.map((type) => [type.name, type.id]));
  assert.equal(names.contact_to_company, '1');
  assert.equal(names.contact_to_company_unlabeled, '279');
});

test('v3 creates, reads and archives by name', async () => {
  const api = client.crm.associations.batchApi;
  const made = await api.create('deals', 'contacts',
    { inputs: [{ _from: { id: '1' }, to: { id: '11' }, type: 'deal_to_contact' }] });
  assert.equal(made.status, 'COMPLETE');
  assert.ok(made.completedAt >= made.startedAt && made.startedAt instanceof Date);
  assert.equal(made.results[0]._from.id, '1');
  assert.equal(made.results[0].type, 'deal_to_contact');
  const read = await api.read('deals', 'contacts', { inputs: [{ id: '1' }] });
  assert.deepEqual(read.results[0].to.map((to) => [to.id, to.type]), [['11', 'deal_to_contact']]);
  const mirror = await api.read('contacts', 'deals', { inputs: [{ id: '11' }] });
  assert.equal(mirror.results[0].to[0].type, 'contact_to_deal');
  await api.archive('deals', 'contacts',
    { inputs: [{ _from: { id: '1' }, to: { id: '11' }, type: 'deal_to_contact' }] });
  const gone = await api.read('deals', 'contacts', { inputs: [{ id: '1' }] });
  assert.equal(gone.numErrors, 1);
  assert.equal(gone.errors[0].category, 'OBJECT_NOT_FOUND');
  assert.deepEqual(gone.errors[0].context.fromObjectId, ['1']);
});

test('v3 shows only the primary company', async () => {
  const inputs = ['21', '22'].map((to) => (
    { _from: { id: '2' }, to: { id: to }, type: 'contact_to_company_unlabeled' }));
  await client.crm.associations.batchApi.create('contacts', 'companies', { inputs });
  const read = await client.crm.associations.batchApi.read('contacts', 'companies',
    { inputs: [{ id: '2' }] });
  assert.deepEqual([...new Set(read.results[0].to.map((to) => to.id))], ['21']);
  const all = await v4.batchApi.getPage('contacts', 'companies', { inputs: [{ id: '2' }] });
  assert.equal(all.results[0].to.length, 2);
});

test('v4 lists labels with the plain one null', async () => {
  const page = await v4.schema.definitionsApi.getAll('contacts', 'companies');
  const plain = page.results.find((type) => type.typeId === 279);
  assert.equal(plain.category, 'HUBSPOT_DEFINED');
  assert.equal(plain.label, null);
  assert.equal(page.results.find((type) => type.typeId === 1).label, 'Primary');
});

test('v4 makes, renames and deletes a label of two directions', async () => {
  const api = v4.schema.definitionsApi;
  const made = await api.create('contacts', 'tickets',
    { name: 'reporter', label: 'Reporter', inverseLabel: 'Reported by' });
  assert.equal(made.results.length, 2);
  assert.deepEqual(made.results.map((type) => type.label), ['Reporter', 'Reported by']);
  const [forth, back] = made.results.map((type) => type.typeId);
  assert.notEqual(forth, back);
  await api.update('contacts', 'tickets', { associationTypeId: forth, label: 'Finder' });
  const other = await api.getAll('tickets', 'contacts');
  assert.equal(other.results.find((type) => type.typeId === back).label, 'Finder');
  await api.remove('contacts', 'tickets', forth);
  const left = await api.getAll('tickets', 'contacts');
  assert.equal(left.results.find((type) => type.typeId === back), undefined);
});

test('v4 creates with types and adds the plain one', async () => {
  const label = (await v4.schema.definitionsApi.create('deals', 'contacts',
    { name: 'buyer', label: 'Buyer' })).results[0].typeId;
  const made = await v4.batchApi.create('deals', 'contacts',
    { inputs: [pair('3', '31', [custom(label)])] });
  assert.equal(made.status, 'COMPLETE');
  assert.deepEqual(made.results[0].labels, ['Buyer']);
  assert.equal(made.results[0].fromObjectTypeId, '0-3');
  const read = await v4.batchApi.getPage('deals', 'contacts', { inputs: [{ id: '3' }] });
  assert.deepEqual(typeIds(read.results[0].to[0]), [3, label].sort((a, b) => a - b));
  await v4.batchApi.archiveLabels('deals', 'contacts', { inputs: [pair('3', '31', [custom(label)])] });
  const plain = await v4.batchApi.getPage('deals', 'contacts', { inputs: [{ id: '3' }] });
  assert.deepEqual(typeIds(plain.results[0].to[0]), [3]);
  await v4.batchApi.create('deals', 'contacts', { inputs: [pair('3', '31', [custom(label)])] });
  await v4.batchApi.archiveLabels('deals', 'contacts', { inputs: [pair('3', '31', [hubspot(3)])] });
  assert.deepEqual(await dump('deals', 'contacts'), []);
});

test('v4 archives whole links, many targets at once', async () => {
  await v4.batchApi.createDefault('deals', 'contacts', { inputs: ['41', '42', '43'].map((id) => (
    { _from: { id: '4' }, to: { id } })) });
  assert.equal((await dump('contacts', 'deals')).length, 3);
  await v4.batchApi.archive('deals', 'contacts',
    { inputs: [{ _from: { id: '4' }, to: [{ id: '41' }, { id: '42' }] }] });
  assert.deepEqual((await dump('contacts', 'deals')).map((row) => row[0]), ['43']);
});

test('associate/default answers with the plain type', async () => {
  const made = await v4.batchApi.createDefault('deals', 'companies',
    { inputs: [{ _from: { id: '5' }, to: { id: '51' } }] });
  assert.equal(made.results[0].associationSpec.associationTypeId, 341);
  const rows = await dump('deals', 'companies');
  assert.deepEqual(rows.map((row) => row[3]), ['5', '341'], 'the first company becomes primary');
});

test('one primary company only', async () => {
  await v4.batchApi.create('deals', 'companies',
    { inputs: [pair('6', '61', [hubspot(5)]), pair('6', '62', [hubspot(5)])] });
  const rows = await dump('deals', 'companies');
  assert.deepEqual(rows.filter((row) => row[3] === '5').map((row) => row[1]), ['62']);
  assert.equal(rows.length, 3);
});

test('v4 pages a record in batch/read', async () => {
  await control('switch', { page_size: 3 });
  await v4.batchApi.createDefault('deals', 'contacts', {
    inputs: [...Array(8).keys()].map((i) => ({ _from: { id: '7' }, to: { id: `${70 + i}` } })) });
  const seen = [];
  let after;
  for (let page = 0; page < 3; page++) {
    const read = await v4.batchApi.getPage('deals', 'contacts', { inputs: [{ id: '7', after }] });
    seen.push(...read.results[0].to.map((to) => String(to.toObjectId)));
    after = read.results[0].paging?.next?.after;
  }
  assert.equal(after, undefined);
  assert.deepEqual(seen.sort(), [...Array(8).keys()].map((i) => `${70 + i}`));
});

test('v4 pages a single record', async () => {
  await v4.batchApi.createDefault('deals', 'contacts', {
    inputs: [...Array(5).keys()].map((i) => ({ _from: { id: '8' }, to: { id: `${80 + i}` } })) });
  const first = await v4.basicApi.getPage('deals', '8', 'contacts', undefined, 3);
  assert.equal(first.results.length, 3);
  const after = decodeURIComponent(first.paging.next.after);
  const second = await v4.basicApi.getPage('deals', '8', 'contacts', after, 3);
  assert.deepEqual(second.results.map((to) => String(to.toObjectId)), ['83', '84']);
  assert.equal(second.paging, undefined);
});

test('single-record calls', async () => {
  const made = await v4.basicApi.create('deals', '9', 'contacts', '91', [hubspot(3)]);
  assert.deepEqual(made.labels, []);
  const both = await v4.basicApi.createDefault('deals', '9', 'companies', '92');
  assert.deepEqual(both.results.map((row) => row.associationSpec.associationTypeId), [341, 342]);
  const none = await v4.basicApi.getPage('deals', '10', 'contacts');
  assert.deepEqual(none.results, []);
  await v4.basicApi.archive('deals', '9', 'contacts', '91');
  assert.deepEqual(await dump('deals', 'contacts'), []);
  await v4.basicApi.archive('deals', '9', 'contacts', '91');
});

test('results are by id, records without links are errors of a 207', async () => {
  await v4.batchApi.createDefault('deals', 'contacts',
    { inputs: [{ _from: { id: '1' }, to: { id: '11' } }] });
  const read = await v4.batchApi.getPageWithHttpInfo('deals', 'contacts',
    { inputs: [{ id: '2' }, { id: '1' }, { id: '999999' }] });
  assert.equal(read.httpStatusCode, 207);
  assert.deepEqual(Object.keys(byId(read.data.results)), ['1']);
  assert.equal(read.data.numErrors, 2);
  assert.equal(read.data.errors[0].subCategory, 'crm.associations.NO_ASSOCIATIONS_FOUND');
});

test('ids up to 2^63 - 1 survive', async () => {
  const big = '9223372036854775807';
  await control('seed', { records: { contacts: [big] } });
  await control('switch', { ids: 'string' });
  await v4.batchApi.createDefault('deals', 'contacts',
    { inputs: [{ _from: { id: '1' }, to: { id: big } }] });
  const read = await v4.batchApi.getPage('deals', 'contacts', { inputs: [{ id: '1' }] });
  assert.equal(read.results[0].to[0].toObjectId, big);
});

test('configured maximums', async () => {
  const api = v4.schema.definitionConfigurationsApi ?? v4.schema.limitsApi;
  if (api === undefined) {
    const set = await raw('POST', dated('2026-09', 'definitions/configurations/deals/contacts/batch/create'),
      { inputs: [{ category: 'HUBSPOT_DEFINED', typeId: 3, maxToObjectIds: 1 }] });
    assert.equal(set.status, 200);
  } else {
    await api.create('deals', 'contacts',
      { inputs: [{ category: 'HUBSPOT_DEFINED', typeId: 3, maxToObjectIds: 1 }] });
  }
  const error = await fails(v4.batchApi.createDefault('deals', 'contacts',
    { inputs: ['11', '12'].map((id) => ({ _from: { id: '1' }, to: { id } })) }));
  assert.equal(error.code, 400);
  assert.equal(error.body.category, 'VALIDATION_ERROR');
});

test('error bodies reach the client', async () => {
  const unknown = await fails(v4.batchApi.create('deals', 'contacts',
    { inputs: [pair('1', '11', [custom(4711)])] }));
  assert.equal(unknown.code, 400);
  assert.deepEqual(unknown.body.context.associationSpec, ['USER_DEFINED=4711']);
  const direction = await fails(v4.batchApi.create('deals', 'companies',
    { inputs: [pair('1', '21', [hubspot(1)])] }));
  assert.deepEqual(direction.body.context.INVALID_OBJECT_IDS, ['CONTACT=1 is not valid']);
  const object = await fails(v4.schema.definitionsApi.getAll('widgets', 'contacts'));
  assert.match(object.body.message, /Unable to infer object type from: widgets/);
  const stranger = new Client({ accessToken: 'pat-wrong', basePath: base });
  const denied = await fails(stranger.crm.associations.v4.schema.definitionsApi.getAll('deals', 'contacts'));
  assert.equal(denied.code, 401);
  assert.match(denied.body.correlationId, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  await control('token', { token: 'pat-reader', scopes: ['crm.objects.deals.read'] });
  const reader = new Client({ accessToken: 'pat-reader', basePath: base });
  const scope = await fails(reader.crm.associations.v4.schema.definitionsApi.getAll('deals', 'contacts'));
  assert.equal(scope.code, 403);
  assert.equal(scope.body.category, 'MISSING_SCOPES');
});

test('the client waits out a 429 by its policy', async () => {
  await control('fault', { match: { path: '/labels' }, action: 'status', status: 429, body: JSON.stringify({
    status: 'error', message: 'You have reached your secondly limit.', policyName: 'SECONDLY' }) });
  const patient = new Client({ accessToken: token, basePath: base, numberOfApiCallRetries: 2 });
  const page = await patient.crm.associations.v4.schema.definitionsApi.getAll('deals', 'contacts');
  assert.ok(page.results.length > 0);
});

for (const version of ['2025-09', '2026-03', '2026-09']) {
  test(`${version}: create, read, archive, labels`, async () => {
    const made = await raw('POST', dated(version, '0-3/0-1/batch/create'),
      { inputs: [{ from: { id: '1' }, to: { id: '11' }, types: [hubspot(3)] }] });
    assert.equal(made.status, 201);
    assert.equal(made.body.results[0].toObjectId, 11);
    const read = await raw('POST', dated(version, 'deals/contacts/batch/read'), { inputs: [{ id: '1' }] });
    assert.equal(read.status, 200);
    assert.deepEqual(read.body.results[0].to, [{ toObjectId: 11,
      associationTypes: [{ category: 'HUBSPOT_DEFINED', typeId: 3, label: null }] }]);
    const one = await raw('GET', `/crm/objects/${version}/deals/1/associations/contacts`);
    assert.equal(one.body.results.length, 1);
    const gone = await raw('POST', dated(version, 'deals/contacts/batch/archive'),
      { inputs: [{ from: { id: '1' }, to: [{ id: '11' }] }] });
    assert.equal(gone.status, 200);
    assert.deepEqual(gone.body.results, []);
    const labels = await raw('GET', dated(version, 'deals/contacts/labels'));
    assert.equal(labels.body.results[0].typeId, 3);
  });
}

test('an unknown version is not found', async () => {
  const answer = await raw('GET', dated('2024-01', 'deals/contacts/labels'));
  assert.equal(answer.status, 404);
  assert.ok(answer.headers.get('x-hubspot-correlation-id'));
});

test('whose token this is', async () => {
  const account = await raw('GET', '/account-info/2026-09/details');
  assert.equal(account.body.portalId, 7654321);
  const usage = await raw('GET', '/account-info/v3/api-usage/daily/private-apps');
  assert.equal(usage.body.results[0].fetchStatus, 'SUCCESS');
});

test('records are told apart by the objects API', async () => {
  const read = await client.crm.deals.batchApi.read({ inputs: [{ id: '1' }, { id: '999999' }], properties: [] });
  assert.deepEqual(read.results.map((record) => record.id), ['1']);
});

require('./faults.js')({ base, token, control, dump, test });
require('./records.js')({ base, client, control, raw, fails, test });

async function main() {
  let failed = 0;
  for (const { name, run } of tests) {
    await control('reset');
    await control('seed', { records: { contacts: { from: 1, to: 100 }, companies: { from: 1, to: 100 },
      deals: { from: 1, to: 100 }, tickets: { from: 1, to: 100 } } });
    try {
      await run();
      console.log(`ok      ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
  }
  console.log(`${tests.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main();
