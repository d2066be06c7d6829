import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { guardedGet } from '../../../../lambdas/io/http/guarded-get.ts';
import { sendOnce } from '../../../../lambdas/io/http/send-once.ts';

/** Calls the host `far.test` as the product does and as Node itself does, and prints the outcomes as JSON. */
const server = createServer((_request, response) => response.end('{"base_resp":{"status_code":0}}'));
await new Promise<void>((resolve) => server.listen(0, '10.77.0.1', resolve));
const url = new URL(`http://far.test:${(server.address() as AddressInfo).port}/`);
const signal = AbortSignal.timeout(60_000);

const byNode = new Promise<string>((resolve) => {
  const giveUp = AbortSignal.timeout(3_000);
  const request = get(url, { agent: false, signal: giveUp }, (response) =>
    resolve(`HTTP ${response.statusCode}`),
  );
  request.on('error', (error) => resolve(error.constructor.name));
});
const create = sendOnce({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: 45_000, signal });
const download = guardedGet(url.href, {}, { trustedOrigins: [url.origin], idleSeconds: 45 }, signal).then(
  ({ response }) => {
    response.destroy();
    return `HTTP ${response.statusCode}`;
  },
  (error: Error) => error.message,
);
console.log(JSON.stringify({ node: await byNode, create: (await create).outcome, download: await download }));
server.close();
