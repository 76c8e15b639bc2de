// SPDX-License-Identifier: Apache-2.0
// Gets credentials with the official SDK, by a number of concurrent loops in this one process, and
// prints how long that took: the seconds of all, then those of each credential.
//
// Each has a provider of its own, as in a program that has just been started: what a provider
// keeps is a variable of that program's, and needs no measuring.
// Usage: node sdk.js READERS MILLISECONDS
'use strict';

const { default: Credential, Config } = require('@alicloud/credentials');

const readers = Number(process.argv[2]);
const milliseconds = Number(process.argv[3]);
const warmUps = 50; // what node has not compiled yet is not the SDK's cost

async function get() {
  const config = new Config({ type: 'ecs_ram_role', roleName: 'emulated-role' });
  const { accessKeyId } = await new Credential(config).getCredential();
  if (!accessKeyId) throw new Error('no AccessKeyId');
}

async function main() {
  for (let i = 0; i < warmUps; i += 1) await get();
  const times = [];
  const start = performance.now();
  async function loop() {
    let before = performance.now();
    do {
      await get();
      const now = performance.now();
      times.push(now - before);
      before = now;
    } while (before < start + milliseconds);
  }
  await Promise.all(Array.from({ length: readers }, loop));
  const all = performance.now() - start;
  console.log([all, ...times].map((time) => time / 1000).join('\n'));
}

process.exitCode = 1; // a promise that is never kept would end node with 0
main().then(() => { process.exitCode = 0; });
