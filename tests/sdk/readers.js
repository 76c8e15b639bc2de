// SPDX-License-Identifier: Apache-2.0
// Programs that know nothing of ramrolefs, over a real mount of it: the official SDK by ~/.aliyun,
// which is a link to the mount; ali-oss, which signs with what it got; rclone, by the file env.
// Prints no value of any credential. Usage: node readers.js URL_OF_THE_EMULATOR MOUNTPOINT
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const OSS = require('ali-oss');
const { default: Credential } = require('@alicloud/credentials');
const { startStorage } = require('./signatures.js');

const [, , emulator, mount] = process.argv;
const run = promisify(execFile);
const read = (name) => fs.readFileSync(path.join(mount, name), 'utf8');

function post(what) {
  return new Promise((resolve, reject) => {
    const request = http.request(`${emulator}/emulator/${what}`, { method: 'POST' }, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(what))));
    });
    request.on('error', reject);
    request.end();
  });
}

async function eventually(what, condition) {
  const deadline = Date.now() + 30000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `never: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

async function rotate() {
  const before = read('AccessKeyId');
  await post('rotate');
  await eventually('a rotation', () => read('AccessKeyId') !== before);
}

// In words, as an assertion that compares would print the secrets.
function which(got) {
  const now = JSON.parse(read('credentials.json'));
  const same = got.accessKeyId === now.AccessKeyId && got.accessKeySecret === now.AccessKeySecret
    && got.securityToken === now.SecurityToken;
  return same ? 'the one of now' : 'another one';
}

// A client as a program makes it at its start, by the default chain of the SDK.
function client(profile) {
  delete process.env.ALIBABA_CLOUD_PROFILE;
  if (profile) process.env.ALIBABA_CLOUD_PROFILE = profile;
  return new Credential();
}

const checks = {
  'the SDK takes the profile that is current': async () => {
    const got = await client().getCredential();
    assert.strictEqual(got.providerName, 'default/cli_profile');
    assert.strictEqual(which(got), 'the one of now');
  },

  'a program that goes on running keeps the profile default as it was': async () => {
    const sdk = client('default');
    await sdk.getCredential();
    await rotate();
    assert.strictEqual(which(await sdk.getCredential()), 'another one');
    assert.strictEqual(which(await client('default').getCredential()), 'the one of now');
  },

  // The emulator's credentials live for less than the three minutes before whose end the SDK runs
  // the command again.
  'a program that goes on running follows by the profile follow': async () => {
    const sdk = client('follow');
    const got = await sdk.getCredential();
    assert.strictEqual(got.providerName, 'default/cli_profile');
    assert.strictEqual(which(got), 'the one of now');
    const config = read('config.json');
    for (let i = 0; i < 3; i += 1) {
      await rotate();
      assert.strictEqual(which(await sdk.getCredential()), 'the one of now');
    }
    assert.ok(config !== read('config.json'), 'that is of the first credential');
    assert.strictEqual(JSON.parse(read('config.json')).profiles[1].access_key_id, undefined);
  },

  'ali-oss signs with the values': async () => {
    const credential = { id: read('AccessKeyId'), secret: read('AccessKeySecret'),
      token: read('SecurityToken') };
    const storage = await startStorage(credential);
    try {
      const oss = new OSS({ accessKeyId: credential.id, accessKeySecret: credential.secret,
        stsToken: credential.token, bucket: 'a-bucket', endpoint: storage.url });
      await oss.put('an object', Buffer.from('something'));
      storage.credential = { ...credential, secret: 'another' };
      await assert.rejects(oss.put('an object', Buffer.from('something')));
      assert.deepStrictEqual(storage.seen, ['signed', 'a wrong signature']);
    } finally {
      storage.server.close();
    }
  },

  'rclone signs with what the file env says': async () => {
    const credential = { id: read('AccessKeyId'), secret: read('AccessKeySecret'),
      token: read('SecurityToken') };
    const storage = await startStorage(credential);
    const script = `set -a; . "$1/env"
      RCLONE_S3_ACCESS_KEY_ID=$OSS_ACCESS_KEY_ID RCLONE_S3_SECRET_ACCESS_KEY=$OSS_ACCESS_KEY_SECRET
      RCLONE_S3_SESSION_TOKEN=$OSS_SESSION_TOKEN RCLONE_S3_PROVIDER=Alibaba
      RCLONE_S3_ENDPOINT=$2 RCLONE_CONFIG=/dev/null
      exec rclone lsf --retries 1 --low-level-retries 1 :s3:`;
    const list = () => run('sh', ['-c', script, 'sh', mount, storage.url]);
    try {
      assert.strictEqual((await list()).stdout, 'a-bucket/\n');
      storage.credential = { ...credential, secret: 'another' };
      await assert.rejects(list());
      assert.deepStrictEqual([...new Set(storage.seen)], ['signed', 'a wrong signature']);
    } finally {
      storage.server.close();
    }
  },
};

async function main() {
  let failed = 0;
  for (const [name, body] of Object.entries(checks)) {
    try {
      await body();
      console.log(`ok - ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`not ok - ${name}: ${error.message}`);
    }
  }
  process.exit(failed ? 1 : 0); // ali-oss keeps its connections
}

process.exitCode = 1; // a promise that is never kept would end node with 0
main();
