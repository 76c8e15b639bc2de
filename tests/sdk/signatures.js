// SPDX-License-Identifier: Apache-2.0
// A storage service that checks signatures and keeps nothing: OSS's own (version 1), and AWS's
// version 4, by which S3 clients speak to OSS. Written from their descriptions: "Include signatures
// in the Authorization header" of OSS, "Authenticating Requests (AWS Signature Version 4)" of S3.
'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

const sha256 = (text) => crypto.createHash('sha256').update(text).digest('hex');
const hmac256 = (key, text) => crypto.createHmac('sha256', key).update(text).digest();

// Of a bucket, which the host's name begins with; without sub-resources, which no request here has.
function ossSignature(request, secret) {
  const { headers, method, url } = request;
  const [bucket] = headers.host.split('.');
  const own = Object.keys(headers).filter((name) => name.startsWith('x-oss-')).sort();
  const text = [method, headers['content-md5'] || '', headers['content-type'] || '',
    headers['x-oss-date'] || headers.date,
    ...own.map((name) => `${name}:${headers[name].trim()}`),
    `/${bucket}${decodeURIComponent(url.split('?')[0])}`].join('\n');
  return crypto.createHmac('sha1', secret).update(text).digest('base64');
}

function awsSignature(request, secret, [, date, region, service], signedHeaders) {
  const { headers, method, url } = request;
  const [path, query = ''] = url.split('?');
  const canonical = [method, path, query.split('&').sort().join('&'),
    ...signedHeaders.map((name) => `${name}:${headers[name].trim()}`), '',
    signedHeaders.join(';'), headers['x-amz-content-sha256']].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce(hmac256, `AWS4${secret}`);
  return crypto.createHmac('sha256', key).update(text).digest('hex');
}

// What is wrong with the request; nothing if it is signed with that credential.
function wrongWith(request, { id, secret, token }) {
  const authorization = request.headers.authorization || '';
  const oss = authorization.match(/^OSS ([^:]+):(.+)$/);
  if (oss) {
    if (oss[1] !== id) return 'another id';
    if (request.headers['x-oss-security-token'] !== token) return 'another token';
    return oss[2] === ossSignature(request, secret) ? undefined : 'a wrong signature';
  }
  const aws = authorization
    .match(/^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/);
  if (!aws) return 'no signature that is known here';
  const scope = aws[1].split('/');
  const signedHeaders = aws[2].split(';');
  if (scope[0] !== id) return 'another id';
  if (!signedHeaders.includes('x-amz-security-token')) return 'the token is not signed';
  if (request.headers['x-amz-security-token'] !== token) return 'another token';
  return aws[3] === awsSignature(request, secret, scope, signedHeaders)
    ? undefined : 'a wrong signature';
}

const buckets = `<?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult>
<Owner><ID>1</ID><DisplayName>1</DisplayName></Owner><Buckets><Bucket><Name>a-bucket</Name>
<CreationDate>2024-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>`;

// Listens on a port of its own. `credential` may be changed; `seen` are its verdicts.
async function startStorage(credential) {
  const storage = { credential, seen: [] };
  storage.server = http.createServer((request, response) => {
    const wrong = wrongWith(request, storage.credential);
    storage.seen.push(wrong || 'signed');
    request.resume();
    request.on('end', () => {
      response.statusCode = wrong ? 403 : 200;
      if (request.method === 'GET' && !wrong) response.setHeader('Content-Type', 'application/xml');
      response.end(request.method === 'GET' && !wrong ? buckets : '');
    });
  });
  await new Promise((resolve) => { storage.server.listen(0, '127.0.0.1', resolve); });
  storage.url = `http://127.0.0.1:${storage.server.address().port}`;
  return storage;
}

module.exports = { startStorage };
