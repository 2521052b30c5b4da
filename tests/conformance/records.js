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

  const companies = client.crm.companies;
  const where = (propertyName, operator, value) => ({ propertyName, operator,
    ...(Array.isArray(value) ? { values: value } : { value }) });
  const search = (filters, more) => companies.searchApi.doSearch({ properties: ['domain'],
    sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }], limit: 200,
    filterGroups: [{ filters }], ...more });
  const firms = () => seed('companies', {
    21: { domain: 'Acme.example', name: 'Acme', hs_additional_domains: 'acme.example.org;old.example' },
    22: { domain: 'acme.example', name: 'Acme Two' },
    23: { domain: 'globex.example', name: 'Globex' } });

  test('search: IN wants lower case, EQ does not care', async () => {
    await firms();
    const found = await search([where('domain', 'IN', ['acme.example', 'globex.example', 'no.example'])]);
    assert.equal(found.total, 3);
    assert.deepEqual(found.results.map((record) => record.id), ['21', '22', '23']);
    assert.equal(found.results[0].properties.domain, 'acme.example');
    assert.equal(found.paging, undefined);
    assert.equal((await search([where('name', 'IN', ['Globex'])])).total, 0);
    assert.equal((await search([where('name', 'IN', ['globex'])])).total, 1);
    assert.equal((await search([where('name', 'EQ', 'GLOBEX')])).total, 1);
  });

  test('search: the other operators, and groups', async () => {
    await firms();
    const count = async (...filters) => (await search(filters)).results.map((record) => record.id).join(' ');
    const known = where('domain', 'HAS_PROPERTY');
    assert.equal(await count(known), '21 22 23');
    assert.equal(await count(known, where('hs_object_id', 'GT', '21')), '22 23');
    assert.equal(await count(where('hs_object_id', 'BETWEEN', '22'), known).catch((e) => e.code), 400);
    assert.equal(await count({ ...where('hs_object_id', 'BETWEEN', '22'), highValue: '23' }), '22 23');
    assert.equal(await count(known, where('domain', 'NEQ', 'ACME.example')), '23');
    assert.equal(await count(known, where('domain', 'NOT_IN', ['globex.example'])), '21 22');
    assert.equal(await count(where('hs_additional_domains', 'CONTAINS_TOKEN', 'Old.example')), '21');
    assert.equal(await count(where('hs_additional_domains', 'EQ', 'old.example')), '');
    assert.equal(await count(known, where('createdate', 'LT', '2026-01-01T00:00:00.000Z')), '');
    assert.equal(await count(known, where('createdate', 'LTE', '1767225600000')), '21 22 23');
    const both = await companies.searchApi.doSearch({ filterGroups: [
      { filters: [where('name', 'EQ', 'acme')] }, { filters: [where('name', 'EQ', 'globex')] }] });
    assert.deepEqual(ids(both.results), ['21', '23']);
  });

  test('search: pages, the end of ten thousand, totals', async () => {
    const page = (more) => companies.searchApi.doSearch({ limit: 40,
      sorts: ['hs_object_id'], ...more });
    const first = await page();
    assert.equal(first.total, 100);
    assert.equal(first.paging.next.after, '40');
    const last = await page({ after: '80' });
    assert.deepEqual([last.results.length, last.results[0].id, last.paging], [20, '81', undefined]);
    assert.equal((await companies.searchApi.doSearch({ limit: 1 })).total, 100);
    const down = await page({ sorts: [{ propertyName: 'hs_object_id', direction: 'DESCENDING' }] });
    assert.equal(down.results[0].id, '100');
    for (const bad of [{ after: '10000' }, { limit: 201 }, { sorts: ['name', 'domain'] }, { sorts: ['nothing'] },
      { filterGroups: [{ filters: [where('nothing', 'EQ', '1')] }] },
      { filterGroups: [{ filters: [where('name', 'LIKE', '1')] }] },
      { filterGroups: [{ filters: [where('name', 'IN', [])] }] },
      { filterGroups: [{ filters: [where('name', 'IN', [...Array(101).keys()].map(String))] }] },
      { filterGroups: Array(6).fill({ filters: [where('name', 'EQ', '1')] }) },
      { filterGroups: [{ filters: Array(7).fill(where('name', 'EQ', '1')) }] },
      { filterGroups: [{ filters: [where('name', 'EQ', 'x'.repeat(3000))] }] }]) {
      const error = await fails(page(bad));
      assert.equal(error.code, 400, JSON.stringify(bad).slice(0, 100));
      assert.equal(error.body.category, 'VALIDATION_ERROR');
    }
    await control('switch', { search_body: 0, search_values: 0 });
    assert.equal((await page({ filterGroups: [{ filters:
      [where('name', 'IN', [...Array(500).keys()].map((i) => `n${i}`.padEnd(9, 'x')))] }] })).total, 0);
  });

  test('search learns late of what changes', async () => {
    await firms();
    const domain = async (name) => ids((await search([where('domain', 'EQ', name)])).results).join(' ');
    await control('edit', { create_records: { companies: [{ id: 400, properties: { domain: 'new.example' } }] },
      change_records: { companies: [{ id: 23, properties: { domain: 'moved.example' } }] },
      delete_records: { companies: [22] } });
    assert.equal(await domain('new.example'), '');
    assert.equal(await domain('moved.example'), '');
    assert.equal(await domain('globex.example'), '23');
    assert.equal(await domain('acme.example'), '21 22', 'what was deleted is found for a while');
    await control('switch', { search_lag_ms: 0 });
    await control('edit', { change_records: { companies: [{ id: 21, properties: { domain: 'now.example' } }] } });
    assert.equal(await domain('now.example'), '21');
    assert.equal((await companies.batchApi.read({ properties: ['domain'], inputs: inputs('23') }))
      .results[0].properties.domain, 'moved.example', 'other calls are not late');
  });

  test('search has five a second for all tokens, without headers', async () => {
    await control('switch', { rate_headers: true, search_per_1s: 5 });
    await control('token', { token: 'pat-two' });
    const ask = (bearer) => fetch(`${base}/crm/v3/objects/companies/search`, { method: 'POST', body: '{"limit":1}',
      headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' } });
    const answers = await Promise.all(['pat-two', 'pat-two', 'pat-two', 'pat-na1-sandbox-0000-0000',
      'pat-na1-sandbox-0000-0000', 'pat-two', 'pat-na1-sandbox-0000-0000'].map(ask));
    const refused = answers.filter((answer) => answer.status === 429);
    assert.equal(refused.length, 2);
    assert.equal((await refused[0].json()).policyName, 'SECONDLY');
    assert.equal(answers[0].headers.get('x-hubspot-ratelimit-max'), null);
  });

  test('properties say whether they are unique', async () => {
    await control('seed', { properties: { companies: [{ name: 'erp', unique: true }, { name: 'size', type: 'number' }] } });
    const api = client.crm.properties.coreApi;
    const erp = await api.getByName('companies', 'erp');
    assert.deepEqual([erp.hasUniqueValue, erp.type, erp.hubspotDefined], [true, 'string', false]);
    assert.equal((await api.getByName('0-2', 'size')).type, 'number');
    assert.equal((await api.getByName('companies', 'domain')).hasUniqueValue, false);
    assert.equal((await api.getByName('contacts', 'email')).hasUniqueValue, false);
    const error = await fails(api.getByName('companies', 'nothing'));
    assert.deepEqual([error.code, error.body.category], [404, 'OBJECT_NOT_FOUND']);
    const all = await api.getAll('companies');
    assert.ok(all.results.some((property) => property.name === 'domain'));
    assert.equal((await raw('GET', '/crm/properties/2026-09/0-2/erp')).body.hasUniqueValue, true);
    await control('token', { token: 'pat-schema', scopes: ['crm.schemas.companies.read'] });
    const schema = new Client({ accessToken: 'pat-schema', basePath: base });
    assert.equal((await schema.crm.properties.coreApi.getByName('companies', 'erp')).name, 'erp');
    assert.equal((await fails(schema.crm.properties.coreApi.getByName('contacts', 'email'))).code, 403);
    assert.equal((await fails(schema.crm.companies.basicApi.getPage())).code, 403);
  });

  async function listed(api, between) {
    const seen = [];
    let after;
    do {
      const page = await api.getPage(40, after, ['domain']);
      seen.push(...page.results.map((record) => Number(record.id)));
      after = page.paging?.next?.after;
      if (after !== undefined)
        await between?.();
    } while (after !== undefined);
    return seen;
  }

  test('a list goes by ids, and stands records that come and go', async () => {
    assert.deepEqual(await listed(companies.basicApi), [...Array(100).keys()].map((i) => i + 1));
    let next = 1000;
    const moving = await listed(companies.basicApi, () => control('edit',
      { create_records: { companies: [++next] }, delete_records: { companies: [next - 1000, 1100 - next] } }));
    assert.deepEqual(moving.slice(0, 40), [...Array(40).keys()].map((i) => i + 1));
    assert.deepEqual(moving.slice(-3), [100, 1001, 1002]);
    assert.ok(moving.includes(97) && !moving.includes(98) && !moving.includes(99));
    assert.deepEqual([...new Set(moving)], moving, 'none twice');
    await control('switch', { list_skips: 10 });
    assert.ok(!(await listed(companies.basicApi)).includes(10));
  });

  test('the first page, the largest, archived ones, and beyond', async () => {
    const first = await companies.basicApi.getPage();
    assert.equal(first.results.length, 10);
    assert.equal(first.paging.next.after, '11');
    assert.equal((await companies.basicApi.getPage(100)).paging, undefined);
    assert.equal((await fails(companies.basicApi.getPage(101))).code, 400);
    assert.equal((await fails(companies.basicApi.getPage(51, undefined, [], ['name']))).code, 400);
    await control('switch', { list_over: 'clamp' });
    assert.equal((await companies.basicApi.getPage(250)).results.length, 100);
    await control('edit', { delete_records: { companies: [7, 9] } });
    const bin = await companies.basicApi.getPage(100, undefined, [], undefined, undefined, true);
    assert.deepEqual(bin.results.map((record) => [record.id, record.archived]), [['7', true], ['9', true]]);
    assert.equal((await raw('GET', `/crm/v3/objects/companies?properties=${'x'.repeat(16000)}`)).status, 414);
    const dated = await raw('GET', '/crm/objects/2026-09/0-2?limit=2&after=98');
    assert.deepEqual(dated.body.results.map((record) => record.id), ['98', '99']);
    assert.match(dated.body.paging.next.link, /\/crm\/objects\/2026-09\/companies\?limit=2&after=100$/);
  });

  test('a list with associations has v3 names, the primary one twice, pages of a hundred', async () => {
    await control('seed', { records: { companies: { from: 1, to: 200 } }, associations: [
      { from: 'contacts', to: 'companies', pairs: [...Array(150).keys()].map((i) => [5, i + 1]) }] });
    for (const path of ['/crm/v3/objects/contacts', '/crm/objects/2026-09/0-1']) {
      const page = await raw('GET', `${path}?limit=2&after=5&associations=companies,deals,nothing`);
      const [five, six] = page.body.results;
      assert.equal(five.associations.companies.results.length, 100);
      assert.deepEqual(Object.keys(five.associations), ['companies']);
      assert.deepEqual(five.associations.companies.results.filter((link) => link.id === '1').map((link) => link.type),
        ['contact_to_company', 'contact_to_company_unlabeled']);
      assert.match(five.associations.companies.paging.next.link, /\/0-1\/5\/associations\/0-2\?/);
      assert.equal(six.associations, undefined);
    }
    const one = await companies.basicApi.getPage(1, '3', ['num_associated_contacts']);
    assert.equal(one.results[0].properties.num_associated_contacts, '1');
  });

  test('how many records there are, a moment ago', async () => {
    const count = async () => (await raw('GET', '/crm/limits/2026-09/records')).body
      .hubspotDefinedObjectTypes.find((type) => type.objectTypeId === '0-2').usage;
    assert.equal(await count(), 100);
    await control('edit', { delete_records: { companies: [1, 2] }, create_records: { companies: [200] } });
    assert.equal(await count(), 99);
    await control('switch', { count_bin: true, count_more: 10, count_less: 1 });
    assert.equal(await count(), 110);
    await control('switch', { count_lag_ms: 60000, count_bin: false, count_more: 0, count_less: 0 });
    assert.equal(await count(), 99);
    await control('edit', { delete_records: { companies: [3] } });
    assert.equal(await count(), 99);
    await control('seed', { objects: [{ id: '2-77', name: 'vendor' }], records: { '2-77': [1, 2, 3] } });
    const all = (await raw('GET', '/crm/v3/limits/records')).body;
    assert.deepEqual([all.customObjectTypes.overallUsage, all.customObjectTypes.byObjectType[0].usage], [3, 3]);
    await control('token', { token: 'pat-schema', scopes: ['crm.schemas.companies.read'] });
    const schema = new Client({ accessToken: 'pat-schema', basePath: base });
    assert.equal((await schema.apiRequest({ method: 'GET', path: '/crm/v3/limits/records' })).status, 403);
  });

  test('lists and search do not show what was merged away', async () => {
    await firms();
    await control('switch', { search_lag_ms: 0 });
    await control('edit', { merge: { companies: [22, 21] } });
    assert.ok(!(await listed(companies.basicApi)).includes(21));
    assert.deepEqual(ids((await search([where('domain', 'EQ', 'acme.example')])).results), ['22']);
    assert.deepEqual(ids((await search([where('hs_merged_object_ids', 'HAS_PROPERTY')])).results), ['22']);
    const read = await companies.batchApi.read({ properties: ['hs_additional_domains'], inputs: inputs('21') });
    assert.deepEqual(read.results.map((record) => record.id), ['22']);
  });

  test('a batch read goes wrong in ways that are no error', async () => {
    await people();
    const keys = ['anna@example.org', 'bob@example.org', 'x@y.example', 'z@y.example'];
    await control('switch', { stray_record: true });
    assert.deepEqual(ids((await byMail(keys)).data.results), ['1', '11', '12']);
    await control('switch', { stray_record: false, key_shown: false });
    const bare = (await byMail(keys)).data.results;
    assert.ok(!('email' in bare[0].properties) && 'hs_additional_emails' in bare[0].properties);
    await control('switch', { key_shown: true, unread_every: 2 });
    const half = await byMail(keys);
    assert.deepEqual([ids(half.data.results), half.data.errors[0].context.ids], [['11'], ['x@y.example']]);
  });

  test('a batch read may be late, too', async () => {
    await people();
    await control('switch', { stale_reads: true });
    await control('edit', { change_records: { contacts: [{ id: 12, properties: { email: 'robert@example.org' } }] } });
    assert.deepEqual(ids((await byMail(['robert@example.org', 'bob@example.org'])).data.results), ['12']);
    assert.deepEqual((await byMail(['robert@example.org'])).data.errors[0].context.ids, ['robert@example.org']);
    await control('switch', { stale_reads: false });
    assert.deepEqual(ids((await byMail(['robert@example.org'])).data.results), ['12']);
  });

  test('a token that sees a part of the account only', async () => {
    await people();
    await firms();
    await control('token', { token: 'pat-half', sees_every: 2 });
    const half = new Client({ accessToken: 'pat-half', basePath: base });
    const all = await listed(half.crm.companies.basicApi);
    assert.deepEqual(all.slice(0, 3), [2, 4, 6]);
    assert.equal(all.length, 50);
    assert.equal((await half.crm.companies.searchApi.doSearch({ limit: 1 })).total, 50);
    const read = await half.crm.contacts.batchApi.read({ idProperty: 'email', properties: ['email'],
      inputs: inputs('anna@example.org', 'bob@example.org') });
    assert.deepEqual([ids(read.results), read.errors[0].context.ids], [['12'], ['anna@example.org']]);
    assert.equal((await fails(half.crm.contacts.basicApi.getById('11'))).code, 404);
    const counts = await half.apiRequest({ method: 'GET', path: '/crm/v3/limits/records' });
    const usage = (await counts.json()).hubspotDefinedObjectTypes.find((type) => type.objectTypeId === '0-2').usage;
    assert.equal(usage, 100, 'the counts are of the whole account');
  });
};
