// SPDX-License-Identifier: Apache-2.0
// Checks the manifests: against the API's schema, against its types (which alone know a field that
// is misspelt), and for what the design rests on. Then that spoilt ones are refused.
// Usage: node check.js DIRECTORY
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const typescript = require('typescript');
const yaml = require('yaml');

const directory = process.argv[2];
const read = (name) => fs.readFileSync(path.join(directory, name), 'utf8');
const manifests = { 'daemonset.yaml': read('daemonset.yaml'), 'pod.yaml': read('pod.yaml') };

const parent = '/run/ramrolefs';
const mountPoint = `${parent}/credential`;

function checkSchema({ apiVersion, kind }, manifest) {
  const { [kind]: Model } = require(`kubernetes-models/${apiVersion}`);
  new Model(manifest).validate();
}

function checkTypes({ apiVersion, kind }, manifest) {
  const file = path.join(__dirname, 'manifest.ts');
  fs.writeFileSync(file, `import type { I${kind} } from 'kubernetes-models/${apiVersion}';
export const manifest: I${kind} = ${JSON.stringify(manifest, null, 1)};\n`);
  const program = typescript.createProgram([file], {
    strict: true, noEmit: true, skipLibCheck: true, types: [],
    module: typescript.ModuleKind.NodeNext,
  });
  const [wrong] = typescript.getPreEmitDiagnostics(program);
  assert.ok(!wrong, wrong && typescript.flattenDiagnosticMessageText(wrong.messageText, '\n'));
}

// The directory is a bind mount of the host's, and the mount point lies in it.
function checkVolume(pod, container, propagation) {
  const [volume] = pod.volumes;
  assert.strictEqual(pod.volumes.length, 1);
  assert.deepStrictEqual(volume.hostPath, { path: parent, type: 'DirectoryOrCreate' });
  assert.deepStrictEqual(container.volumeMounts, [{
    name: volume.name,
    mountPath: parent,
    mountPropagation: propagation,
    ...(propagation === 'HostToContainer' && { readOnly: true }),
  }], `the volume of ${container.name}`);
}

function checkDaemonSet({ metadata, spec }) {
  const pod = spec.template.spec;
  const [container] = pod.containers;
  assert.deepStrictEqual(spec.selector.matchLabels, spec.template.metadata.labels);
  assert.strictEqual(metadata.namespace, 'kube-system');
  assert.strictEqual(pod.priorityClassName, 'system-node-critical');
  assert.deepStrictEqual(pod.tolerations, [{ operator: 'Exists' }]);
  assert.strictEqual(pod.hostNetwork, true);
  assert.strictEqual(pod.automountServiceAccountToken, false);
  assert.strictEqual(container.securityContext.privileged, true);
  assert.strictEqual(container.args.at(-1), mountPoint);
  assert.strictEqual(container.resources.limits.cpu, undefined);
  assert.strictEqual(spec.updateStrategy.rollingUpdate.maxSurge, undefined);
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    assert.deepStrictEqual(container[probe].exec.command,
      ['cat', `${mountPoint}/.ramrolefs/status.json`], `${probe}: no matter how the mount fares`);
    assert.ok(container[probe].timeoutSeconds > 5, `${probe}: a worker that hangs has 3 s`);
  }
  checkVolume(pod, container, 'Bidirectional');
}

function checkPod({ spec }) {
  assert.strictEqual(spec.hostNetwork, undefined);
  for (const container of [...spec.initContainers, ...spec.containers]) {
    assert.strictEqual(container.securityContext.privileged, undefined);
    assert.strictEqual(container.securityContext.allowPrivilegeEscalation, false);
    checkVolume(spec, container, 'HostToContainer');
  }
  assert.deepStrictEqual(spec.initContainers[0].command.slice(0, 2), ['ramrolefs', 'wait']);
}

function check(text) {
  const manifest = yaml.parse(text);
  checkSchema(manifest, manifest);
  checkTypes(manifest, manifest);
  ({ DaemonSet: checkDaemonSet, Pod: checkPod })[manifest.kind](manifest);
}

const spoilt = [
  ['a misspelt field', 'daemonset.yaml', 'mountPropagation:', 'mountPropagaton:',
    /mountPropagaton.* does not exist/],
  ['a misspelt field that nothing here looks at', 'daemonset.yaml', 'enableServiceLinks',
    'enableServiceLink', /enableServiceLink.* does not exist/],
  ['a value that the API does not know', 'pod.yaml', 'HostToContainer', 'HostToPod', /allowed values/],
  ['a missing field', 'pod.yaml', '- name: reader\n     ', '-', /name/],
  ['no propagation', 'daemonset.yaml', /.*mountPropagation:.*\n/, '', /the volume of ramrolefs/],
  ['no propagation', 'pod.yaml', /.*mountPropagation:.*\n/, '', /the volume of wait/],
  ['a mount point of its own', 'pod.yaml', 'mountPath: /run/ramrolefs',
    'mountPath: /run/ramrolefs/credential', /the volume of wait/],
  ['a pod that may write', 'pod.yaml', 'readOnly: true\n', 'readOnly: false\n', /the volume of wait/],
];

function main() {
  let failed = 0;
  const report = (name, body) => {
    try {
      body();
      console.log(`ok - ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`not ok - ${name}: ${error.message}`);
    }
  };
  for (const [name, text] of Object.entries(manifests)) report(name, () => check(text));
  for (const [what, name, from, to, why] of spoilt) {
    const text = manifests[name].replace(from, to);
    report(`${name} with ${what} is refused`, () => {
      assert.notStrictEqual(text, manifests[name]);
      assert.throws(() => check(text), why);
    });
  }
  process.exitCode = failed ? 1 : 0;
}

main();
