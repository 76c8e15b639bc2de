// SPDX-License-Identifier: Apache-2.0
// Gets credentials with the official SDK and compares them with the emulator's own word.
// Prints no value of any credential. Usage: node check.js URL_OF_THE_EMULATOR
'use strict';

const assert = require('node:assert');
const http = require('node:http');
const { default: Credential, Config } = require('@alicloud/credentials');

const emulator = process.argv[2];
const roleList = '/latest/meta-data/ram/security-credentials/';

function ask(method, path) {
  return new Promise((resolve, reject) => {
    const request = http.request(emulator + path, { method }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part) => { body += part; });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    request.on('error', reject);
    request.end();
  });
}

async function control(what) {
  const { status, body } = await ask('POST', `/emulator/${what}`);
  assert.strictEqual(status, 200, body);
}

async function requests() {
  return JSON.parse((await ask('GET', '/emulator/state')).body).requests;
}

// A new client each time: the SDK keeps what it got.
async function sdkCredential(options) {
  const config = new Config({ type: 'ecs_ram_role', ...options });
  const { accessKeyId, accessKeySecret, securityToken } =
    await new Credential(config).getCredential();
  return { accessKeyId, accessKeySecret, securityToken };
}

// Not assert.deepStrictEqual: it would print what differs, which are secrets where they are real.
async function assertGetsTheCredential(options) {
  const got = await sdkCredential(options);
  const wanted = JSON.parse((await ask('GET', '/emulator/credential')).body);
  assert.ok(got.accessKeyId === wanted.AccessKeyId, 'another AccessKeyId');
  assert.ok(got.accessKeySecret === wanted.AccessKeySecret, 'another AccessKeySecret');
  assert.ok(got.securityToken === wanted.SecurityToken, 'another SecurityToken');
}

async function assertGetsNothing(options, why) {
  await assert.rejects(sdkCredential(options), why);
}

const waysToAsk = [
  ['role name asked for', {}],
  ['role name given', { roleName: 'emulated-role' }],
  ['role name asked for, IMDSv1 disabled', { disableIMDSv1: true }],
  ['role name given, IMDSv1 disabled', { roleName: 'emulated-role', disableIMDSv1: true }],
];

const checks = [];
function check(name, body) {
  checks.push({ name, body });
}

for (const hardened of [false, true]) {
  const mode = hardened ? 'hardened' : 'normal';
  const setUp = () => control(`set?hardened=${hardened}`);

  for (const [way, options] of waysToAsk) {
    check(`${mode}: ${way}`, async () => {
      await setUp();
      await assertGetsTheCredential(options);
      const seen = await requests();
      assert.strictEqual(seen.token, options.roleName ? 1 : 2);
      assert.strictEqual(seen.role_list, options.roleName ? 0 : 1);
      assert.strictEqual(seen.credential, 1);
    });
  }

  check(`${mode}: a plain GET is ${hardened ? 'refused' : 'answered'}`, async () => {
    await setUp();
    const wanted = hardened ? 403 : 200;
    assert.strictEqual((await ask('GET', roleList)).status, wanted);
    assert.strictEqual((await ask('GET', `${roleList}emulated-role`)).status, wanted);
  });

  check(`${mode}: where no token is to be had, the fallback ${hardened ? 'fails' : 'works'}`,
    async () => {
      await setUp();
      await control('fault?kind=status&status=404&on=token');
      if (hardened) await assertGetsNothing({}, /403/);
      else await assertGetsTheCredential({});
      await assertGetsNothing({ disableIMDSv1: true }, /token failed with 404/);
    });

  check(`${mode}: a rotated credential`, async () => {
    await setUp();
    const before = await sdkCredential({});
    await control('rotate');
    const after = await sdkCredential({});
    assert.ok(before.accessKeyId !== after.accessKeyId, 'the same AccessKeyId');
    await assertGetsTheCredential({});
  });
}

check('a swapped role is followed', async () => {
  await control('role?name=other-role');
  await assertGetsTheCredential({});
  await assertGetsNothing({ roleName: 'emulated-role' }, /404/);
});

check('without a role there is no credential', async () => {
  await control('role?name=');
  await assertGetsNothing({}, /404/);
});

check('a credential that is none is refused', async () => {
  for (const fault of ['missing', 'code', 'not_json']) {
    await control(`fault?kind=${fault}&on=credential`);
    await assertGetsNothing({});
  }
});

async function reset() {
  await control('fault?kind=none');
  await control('role?name=emulated-role');
  await control('set?hardened=false');
  await control('reset-counters');
}

async function main() {
  let failed = 0;
  for (const { name, body } of checks) {
    try {
      await reset();
      await body();
      console.log(`ok - ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`not ok - ${name}: ${error.message}`);
    }
  }
  process.exitCode = failed ? 1 : 0;
}

process.exitCode = 1; // a promise that is never kept would end node with 0
main();
