import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type AnsweredRequest, followRequests } from '../../../local/api-gateway/request-log.ts';
import { listen } from '../../../local/loopback-server.ts';

const ROUTES = [
  { method: 'POST', path: '/videos', functionArn: 'a' },
  { method: 'GET', path: '/videos/{video_id}', functionArn: 'b' },
];

test('reports every request with its video, rejected ones too, and no request to AWS', async () => {
  const reported: AnsweredRequest[] = [];
  const http = createServer();
  followRequests(http, ROUTES, (request) => void reported.push(request));
  const server = await listen(
    http,
    (request, response) => {
      if (request.method === 'POST') response.setHeader('location', '/videos/v7');
      response.writeHead(request.method === 'POST' ? 202 : 200).end('{}');
    },
    0,
  );
  onTestFinished(() => server.stop());
  const send = async (path: string, init: RequestInit = {}): Promise<void> => {
    await (await fetch(server.url + path, init)).text();
  };
  await send('/videos', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  await send('/videos/v7?x=secret');
  await send('/videos', { method: 'POST', headers: { origin: 'http://evil.test' } });
  await send('/', { method: 'POST', headers: { 'x-amz-target': 'AWSStepFunctions.ListExecutions' } });
  await send('/elsewhere');
  await expect.poll(() => reported.length).toBe(4);
  expect(reported.map(({ method, path, status, videoId }) => [method, path, status, videoId])).toEqual([
    ['POST', '/videos', 202, 'v7'],
    ['GET', '/videos/{video_id}', 200, 'v7'],
    ['POST', '/videos', 403, undefined],
    ['GET', '"/elsewhere"', 200, undefined],
  ]);
});
