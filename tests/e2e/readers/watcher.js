// SPDX-License-Identifier: Apache-2.0
// Prints what fs.watch of Node.js tells of a file or folder, until it is killed: watcher.js PATH
'use strict';
const fs = require('fs');

fs.watch(process.argv[2], (event, name) => console.log(`${event} ${name}`));
console.log('ready');
