/*
 * The sandbox's own promises, which the end-to-end tests rely on: faults strike when and where they
 * are told to, the log says what was really applied, windows roll, waiting requests overlap.
 */
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');

module.exports = function faults({ base, token, control, dump, test }) {
  const path = '/crm/associations/2026-09/deals/contacts/batch';

  function call(method, rest, body) {
    return fetch(base + rest, { method, body: body && JSON.stringify(body),
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } });
  }

  const create = (...tos) => call('POST', `${path}/create`, { inputs: tos.map((to) => ({
    from: { id: '1' }, to: { id: `${to}` },
    types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 3 }] })) });
  const linked = async () => (await dump('deals', 'contacts')).map((row) => Number(row[1]));
  const fault = (action, more) => control('fault', { match: { path: 'create' }, action, ...more });

  async function log() {
    const text = await (await fetch(`${base}/_sandbox/log`)).text();
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  async function until(condition) {
    const end = Date.now() + 5000;
    while (!(await condition())) assert.ok(Date.now() < end, 'waited 5 s');
  }

  test('a status before and after applying, on the second match', async () => {
    await control('fault', { match: { path: 'create', nth: 2 }, action: 'status', status: 502, html: true });
    assert.equal((await create(1)).status, 201);
    const before = await create(2);
    assert.equal(before.status, 502);
    assert.match(await before.text(), /^<html>/);
    assert.deepEqual(await linked(), [1]);
    await fault('status', { status: 500, when: 'after' });
    assert.equal((await create(3)).status, 500);
    assert.deepEqual(await linked(), [1, 3]);
    assert.equal((await create(4)).status, 201);
  });

  test('a fault on the request of one number', async () => {
    await control('fault', { match: { request: 2 }, action: 'status', status: 423, headers: { 'Retry-After': '2' } });
    assert.equal((await create(1)).status, 201);
    const locked = await create(2);
    assert.equal(locked.status, 423);
    assert.equal(locked.headers.get('retry-after'), '2');
    assert.equal((await create(3)).status, 201);
  });

  test('no answer, before and after applying', async () => {
    await fault('hangup');
    await assert.rejects(create(1));
    await fault('hangup', { when: 'after' });
    await assert.rejects(create(2));
    assert.deepEqual(await linked(), [2]);
    assert.deepEqual((await log()).map((entry) => entry.status), [0, 0]);
  });

  test('half an answer', async () => {
    await fault('truncate');
    const answer = await create(1);
    assert.equal(answer.status, 201);
    await assert.rejects(answer.text());
    assert.deepEqual(await linked(), [1]);
  });

  test('an input missing from the answer', async () => {
    await fault('drop_input', { input: 0, when: 'before' });
    assert.deepEqual((await (await create(1, 2)).json()).results.map((row) => row.toObjectId), [2]);
    assert.deepEqual(await linked(), [2]);
    await fault('drop_input', { input: 0 });
    assert.deepEqual((await (await create(3, 4)).json()).results.map((row) => row.toObjectId), [4]);
    assert.deepEqual(await linked(), [2, 3, 4]);
  });

  test('an envelope that is pending', async () => {
    await fault('pending', { when: 'after' });
    const body = await (await create(1)).json();
    assert.equal(body.status, 'PENDING');
    assert.deepEqual(body.results, []);
    assert.deepEqual(await linked(), [1]);
  });

  test('applied after the answer, and the log tells', async () => {
    await fault('apply_late', { ms: 100 });
    assert.equal((await create(1)).status, 201);
    assert.deepEqual(await linked(), []);
    await until(async () => (await linked()).length === 1);
    assert.deepEqual((await log())[0].applied, [['+', 'deals', 1, 'contacts', 1, 'HUBSPOT_DEFINED', 3]]);
  });

  test('held until released', async () => {
    await fault('hold');
    let answered = false;
    const held = create(1).then((answer) => { answered = true; return answer; });
    await until(async () => (await linked()).length === 1);
    assert.equal((await create(2)).status, 201);
    assert.equal(answered, false);
    await control('release');
    assert.equal((await held).status, 201);
  });

  test('a process killed after applying', async () => {
    const child = spawn('sleep', ['60']);
    const ended = once(child, 'exit');
    await fault('kill', { pid: child.pid, when: 'after' });
    await assert.rejects(create(1));
    assert.equal((await ended)[1], 'SIGKILL');
    assert.deepEqual(await linked(), [1]);
  });

  test('somebody else changes links after a request', async () => {
    await control('edit', { after_request: 2, add: [{ from: 'deals', to: 'contacts', pairs: [[1, 9]] }],
      remove: [{ from: 'deals', to: 'contacts', pairs: [[1, 1]] }] });
    await create(1);
    assert.deepEqual(await linked(), [1]);
    await create(2);
    assert.deepEqual(await linked(), [2, 9]);
  });

  test('a window of ten seconds that rolls, per token', async () => {
    await control('switch', { rate_per_10s: 3, retry_after: true, rate_headers: true });
    await control('token', { token: 'pat-other' });
    const codes = [];
    for (let i = 1; i <= 5; i++) codes.push((await create(i)).status);
    assert.deepEqual(codes, [201, 201, 201, 429, 429]);
    const refused = await create(6);
    assert.equal((await refused.json()).policyName, 'TEN_SECONDLY_ROLLING');
    assert.equal(refused.headers.get('x-hubspot-ratelimit-remaining'), '0');
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    const other = await fetch(`${base}/account-info/v3/details`, { headers: { Authorization: 'Bearer pat-other' } });
    assert.equal(other.status, 200);
    const stats = await (await fetch(`${base}/_sandbox/stats`)).json();
    assert.equal(stats.limited, 3);
    assert.equal(stats.busiest_10s, 7);
  });

  test('the daily limit is the account’s', async () => {
    await control('switch', { daily: 1 });
    assert.equal((await create(1)).status, 201);
    const refused = await create(2);
    assert.equal(refused.status, 429);
    assert.equal((await refused.json()).policyName, 'DAILY');
  });

  test('waiting requests overlap', async () => {
    await control('switch', { latency_ms: 200 });
    const start = Date.now();
    await Promise.all([...Array(8).keys()].map((i) => create(i + 1)));
    const took = Date.now() - start;
    assert.ok(took >= 200, `${took} ms`);
    assert.ok(took < 8 * 200, `${took} ms: one after the other`);
  });

  test('replace instead of add', async () => {
    const labels = `/crm/associations/2026-09/deals/contacts/labels`;
    const ids = [];
    for (const name of ['one', 'two'])
      ids.push((await (await call('POST', labels, { name, label: name })).json()).results[0].typeId);
    const put = (id) => call('PUT', '/crm/objects/2026-09/deals/1/associations/contacts/1',
      [{ associationCategory: 'USER_DEFINED', associationTypeId: id }]);
    await put(ids[0]);
    await put(ids[1]);
    assert.equal((await linked()).length, 3);
    await control('switch', { create: 'replace' });
    await put(ids[0]);
    await put(ids[1]);
    assert.deepEqual((await dump('deals', 'contacts')).map((row) => Number(row[3])), [3, ids[1]]);
  });
};
