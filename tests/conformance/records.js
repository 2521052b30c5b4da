/*
 * The objects API: records by ids and keys, search, lists, properties, counts and merges, judged by
 * HubSpot's client wherever it has the call.
 */
'use strict';
const assert = require('node:assert/strict');

module.exports = function records({ base, client, control, raw, fails, test }) {
  const { Client } = require('@hubspot/api-client');
  const contacts = client.crm.contacts;
  const ids = (results) => results.map((record) => record.id).sort();
  const inputs = (...keys) => keys.map((id) => ({ id }));
  const byMail = (keys, more) => contacts.batchApi.readWithHttpInfo({ idProperty: 'email',
    properties: ['email', 'hs_additional_emails'], inputs: inputs(...keys), ...more });
  const seed = (type, rows) => control('seed', { records: { [type]: Object.entries(rows).map(
    ([id, properties]) => ({ id, properties })) } });
  const people = () => seed('contacts', {
    11: { email: 'Anna@Example.org', hs_additional_emails: 'a.old@example.org;anna.k@example.org' },
    12: { email: 'bob@example.org', firstname: 'Bob' },
    13: { firstname: 'nobody' } });

  test('records by e-mail: lower case, additional addresses, the missing in one entry of a 207', async () => {
    await people();
    const read = await byMail(['ANNA.K@example.org', 'bob@example.org', 'Nobody@example.org', 'x@y.example']);
    assert.equal(read.httpStatusCode, 207);
    assert.deepEqual(ids(read.data.results), ['11', '12']);
    const anna = read.data.results.find((record) => record.id === '11');
    assert.equal(anna.properties.email, 'anna@example.org');
    assert.deepEqual(Object.keys(anna.properties).sort(),
      ['createdate', 'email', 'hs_additional_emails', 'hs_object_id', 'lastmodifieddate']);
    assert.equal(read.data.results.find((record) => record.id === '12').properties.hs_additional_emails, null);
    assert.ok(anna.createdAt instanceof Date && anna.archived === false);
    assert.equal(read.data.numErrors, 1);
    assert.equal(read.data.errors[0].category, 'OBJECT_NOT_FOUND');
    assert.match(read.data.errors[0].message, /^Could not get some CONTACT objects/);
    assert.deepEqual(read.data.errors[0].context.ids, ['Nobody@example.org', 'x@y.example']);
  });

  test('all missing is a 207 without results, all found a 200', async () => {
    await people();
    const none = await byMail(['a@x.example', 'b@x.example']);
    assert.equal(none.httpStatusCode, 207);
    assert.deepEqual(none.data.results, []);
    const all = await byMail(['bob@example.org']);
    assert.equal(all.httpStatusCode, 200);
    assert.equal(all.data.errors, undefined);
  });

  test('the missing are told in other ways, or not at all', async () => {
    await people();
    const keys = ['A@x.example', 'b@x.example', 'c@x.example', 'bob@example.org'];
    await control('switch', { missing: 'each', missing_text: 'normal' });
    const each = await byMail(keys);
    assert.deepEqual(each.data.errors.map((error) => error.context.ids),
      [['a@x.example'], ['b@x.example'], ['c@x.example']]);
    await control('switch', { missing: 'some', missing_text: 'sent' });
    assert.deepEqual((await byMail(keys)).data.errors[0].context.ids, ['A@x.example', 'c@x.example']);
    await control('switch', { missing: 'none' });
    const silent = await byMail(keys);
    assert.equal(silent.httpStatusCode, 200);
    assert.deepEqual(ids(silent.data.results), ['12']);
    await control('switch', { missing: '404' });
    assert.equal((await fails(byMail(['a@x.example']))).code, 404);
    assert.equal((await byMail(keys)).httpStatusCode, 207);
  });

  test('two inputs that are one record', async () => {
    await people();
    const twice = ['anna@example.org', 'anna.k@example.org', 'anna@example.org'];
    assert.deepEqual(ids((await byMail(twice)).data.results), ['11']);
    await control('switch', { same_record: 'two' });
    assert.deepEqual(ids((await byMail(twice)).data.results), ['11', '11', '11']);
    await control('switch', { same_record: '400' });
    const error = await fails(byMail(twice));
    assert.equal(error.body.message,
      'Duplicate IDs found in batch input: [anna@example.org]. IDs must be unique');
    assert.deepEqual(error.body.context.ids, ['anna@example.org']);
  });

  test('only unique properties are keys', async () => {
    await control('seed', { properties: { companies: [{ name: 'erp', unique: true }] } });
    await seed('companies', { 21: { erp: 'K-7', domain: 'Acme.example' }, 22: { erp: 'k-8' } });
    const read = (idProperty, ...keys) => client.crm.companies.batchApi.readWithHttpInfo(
      { idProperty, properties: ['erp', 'no_such_property'], inputs: inputs(...keys) });
    const found = await read('erp', 'K-7', 'K-8');
    assert.deepEqual(found.data.results.map((record) => record.properties.erp), ['K-7']);
    assert.ok(!('no_such_property' in found.data.results[0].properties));
    assert.ok('hs_lastmodifieddate' in found.data.results[0].properties);
    await control('switch', { key_case: 'ignore' });
    assert.deepEqual(ids((await read('erp', 'k-7', 'K-8')).data.results), ['21', '22']);
    const plain = await fails(read('domain', 'acme.example'));
    assert.equal(plain.code, 400);
    assert.equal(plain.body.category, 'VALIDATION_ERROR');
    assert.equal(plain.body.message, 'Unable to perform read by non-unique 0-2 property domain');
    assert.equal((await fails(read('hs_object_id', '21'))).code, 400);
    assert.equal((await fails(read('nothing', '21'))).code, 400);
    await control('switch', { email_key: false });
    assert.match((await fails(byMail(['a@x.example']))).body.message, /non-unique 0-1 property email/);
  });

  test('a hundred inputs, with histories fifty', async () => {
    const many = (count) => [...Array(count).keys()].map((i) => `u${i}@x.example`);
    assert.equal((await byMail(many(100))).httpStatusCode, 207);
    const error = await fails(byMail(many(101)));
    assert.equal(error.code, 400);
    assert.equal(error.body.message, 'The maximum number of inputs supported in a batch is 100. '
      + 'Please reduce the number of items and try again');
    const history = await fails(byMail(many(51), { propertiesWithHistory: ['email'] }));
    assert.match(history.body.message, /property histories is 50/);
  });

  test('one record by id and by key, and what was deleted', async () => {
    await people();
    const anna = await contacts.basicApi.getById('a.old@example.org', ['email'], undefined, undefined, false, 'email');
    assert.equal(anna.id, '11');
    assert.equal((await contacts.basicApi.getById('12')).properties.firstname, 'Bob');
    assert.equal((await fails(contacts.basicApi.getById('4711'))).code, 404);
    await control('edit', { delete_records: { contacts: [11] } });
    assert.equal((await fails(contacts.basicApi.getById('11'))).code, 404);
    assert.equal((await byMail(['anna@example.org'])).data.results.length, 0);
    const bin = await contacts.batchApi.read({ idProperty: 'email', properties: [],
      inputs: inputs('anna@example.org', 'bob@example.org') }, true);
    assert.deepEqual(bin.results.map((record) => [record.id, record.archived]), [['11', true]]);
  });

  test('values move, and what cannot be is refused by the control path', async () => {
    await people();
    await control('edit', { change_records: { contacts: [{ id: 11, properties: { email: null } }] } });
    await control('edit', { create_records: { contacts: [{ id: 300, properties: { email: 'anna@example.org' } }] } });
    assert.deepEqual(ids((await byMail(['anna@example.org'])).data.results), ['300']);
    const taken = [{ id: 300, properties: { email: 'BOB@example.org' } }];
    const unknown = [{ id: 300, properties: { erp_number: '1' } }];
    for (const change of [taken, unknown, [{ id: 300, properties: { createdate: '1' } }]]) {
      const answer = await fetch(`${base}/_sandbox/edit`, { method: 'POST',
        body: JSON.stringify({ change_records: { contacts: change } }) });
      assert.equal(answer.status, 400);
    }
  });

  test('many records are loaded from lines', async () => {
    const text = ['id\temail\tfirstname', '501\tA501@x.example\tA', '502\t\tB', '503\tc503@x.example\t'].join('\n');
    const answer = await fetch(`${base}/_sandbox/load_records?type=contacts`, { method: 'POST', body: text });
    assert.deepEqual(await answer.json(), { rows: 3 });
    assert.deepEqual(ids((await byMail(['a501@x.example', 'c503@x.example'])).data.results), ['501', '503']);
  });

  test('records need the scope of their type', async () => {
    await people();
    await control('token', { token: 'pat-companies', scopes: ['crm.objects.companies.read'] });
    const other = new Client({ accessToken: 'pat-companies', basePath: base });
    const error = await fails(other.crm.contacts.batchApi.read(
      { idProperty: 'email', properties: [], inputs: inputs('bob@example.org') }));
    assert.equal(error.code, 403);
    assert.equal(error.body.category, 'MISSING_SCOPES');
    assert.deepEqual(error.body.errors[0].context.requiredGranularScopes, ['crm.objects.contacts.read']);
  });

  test('an input is neither found nor missing', async () => {
    await people();
    await control('fault', { match: { path: 'objects/contacts/batch/read' }, action: 'drop_input', input: 1 });
    const read = await byMail(['bob@example.org', 'anna@example.org', 'x@y.example']);
    assert.deepEqual(ids(read.data.results), ['12']);
    assert.deepEqual(read.data.errors[0].context.ids, ['x@y.example']);
  });

  test('records have a window of ten seconds of their own', async () => {
    await people();
    await control('switch', { general_per_10s: 2, rate_headers: true });
    const body = { properties: ['email'], inputs: inputs('11') };
    const first = await raw('POST', '/crm/v3/objects/contacts/batch/read', body);
    assert.equal(first.headers.get('x-hubspot-ratelimit-remaining'), '1');
    assert.ok(first.headers.get('x-hubspot-ratelimit-secondly') !== null);
    assert.equal((await raw('POST', '/crm/objects/2026-09/0-1/batch/read', body)).status, 200);
    const third = await raw('POST', '/crm/objects/2026-03/contacts/batch/read', body);
    assert.equal(third.status, 429);
    assert.equal(third.body.policyName, 'TEN_SECONDLY_ROLLING');
    const link = await raw('POST', '/crm/v4/associations/contacts/companies/batch/read', { inputs: inputs('11') });
    assert.equal(link.status, 207);
  });

  for (const version of ['2026-03', '2026-09']) {
    test(`${version}: records by key`, async () => {
      await people();
      const read = await raw('POST', `/crm/objects/${version}/0-1/batch/read`,
        { idProperty: 'email', properties: ['email'], inputs: inputs('anna.k@example.org', 'x@y.example') });
      assert.equal(read.status, 207);
      assert.deepEqual(ids(read.body.results), ['11']);
      assert.deepEqual(read.body.errors[0].context.ids, ['x@y.example']);
      const one = await raw('GET', `/crm/objects/${version}/contacts/bob@example.org?idProperty=email&properties=email`);
      assert.equal(one.body.id, '12');
    });
  }

  test('a merge: addresses become additional ones, the old ids lead to the survivor', async () => {
    await people();
    await client.crm.contacts.basicApi.merge?.({ primaryObjectId: '12', objectIdToMerge: '11' })
      ?? await client.crm.contacts.publicObjectApi.merge({ primaryObjectId: '12', objectIdToMerge: '11' });
    const read = await byMail(['anna@example.org', 'a.old@example.org', 'bob@example.org'],
      { properties: ['email', 'hs_additional_emails', 'hs_merged_object_ids', 'hs_calculated_merged_vids', 'firstname'] });
    assert.equal(read.data.results.length, 1);
    const survivor = read.data.results[0];
    assert.ok(!['11', '12'].includes(survivor.id), 'a third id');
    assert.equal(survivor.properties.email, 'bob@example.org');
    assert.equal(survivor.properties.hs_additional_emails, 'anna@example.org;a.old@example.org;anna.k@example.org');
    assert.deepEqual(survivor.properties.hs_merged_object_ids.split(';'), ['12', '11']);
    assert.match(survivor.properties.hs_calculated_merged_vids, /^12:\d+;11:\d+$/);
    for (const old of ['11', '12'])
      assert.equal((await contacts.basicApi.getById(old)).id, survivor.id);
    const olds = { properties: ['email'], inputs: inputs('11', '12', survivor.id) };
    assert.deepEqual(ids((await contacts.batchApi.read(olds)).results), [survivor.id]);
    await control('switch', { merged_records: 'omit' });
    const omitted = await contacts.batchApi.readWithHttpInfo({ ...olds, inputs: inputs('11') });
    assert.deepEqual([omitted.httpStatusCode, omitted.data.results], [200, []]);
    await control('switch', { merged_records: 'error' });
    assert.deepEqual((await contacts.batchApi.read(olds)).errors[0].context.ids, ['11', '12']);
  });

  test('unknown members come along', async () => {
    await people();
    await control('switch', { extra_property: true });
    const read = await byMail(['bob@example.org']);
    assert.ok('hs_new_of_late' in read.data.results[0].properties);
  });
};
