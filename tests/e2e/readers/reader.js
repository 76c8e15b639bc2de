// SPDX-License-Identifier: Apache-2.0
// Reads the three values again and again, as programs of Node.js do: reader.js MODE FOLDER SECONDS
// Prints a set a line: the longest pause that was between two of its reads, in milliseconds, and
// the values. Pauses for at least 100 ms between two sets.
'use strict';
const fs = require('fs');
const path = require('path');
const timers = require('timers/promises');

const [mode, folder, seconds] = process.argv.slice(2);
const end = Date.now() + 1000 * seconds;
const read = (name) => fs.promises.readFile(path.join(folder, name), 'utf8');
const names = ['AccessKeyId', 'AccessKeySecret', 'SecurityToken'];

async function parallel() {
  const start = performance.now();
  const values = await Promise.all(names.map(read));
  return [performance.now() - start, values];
}

async function sequential() {
  const times = [performance.now()];
  const values = [];
  for (const name of names) {
    values.push(await read(name));
    times.push(performance.now());
  }
  return [Math.max(times[2] - times[0], times[3] - times[1]), values];
}

async function main() {
  while (Date.now() < end) {
    const [pause, values] = await { parallel, sequential }[mode]();
    fs.writeSync(1, `${Math.floor(pause)} ${values.join(' ')}\n`);
    await timers.setTimeout(101 + 300 * Math.random());
  }
}

main();
