import type { ServerResponse } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { ProblemError, Reply } from './scenario.ts';

/** Sends an answer with these fields as MiniMax does, or damaged as `reply` says. */
export async function sendReply(
  response: ServerResponse,
  fields: object,
  { reply, code = 0, afterMs = 0, characters }: Reply = { reply: 'whole' },
): Promise<void> {
  if (afterMs > 0) await after(afterMs);
  const base = { base_resp: baseResp(code, code === 0 ? 'success' : 'simulated') };
  const text = JSON.stringify({ ...fields, ...base });
  const half = text.slice(0, characters ?? text.length / 2);
  switch (reply) {
    case 'whole':
      start(response).end(text);
      return;
    case 'lost':
      response.destroy();
      return;
    case 'cut':
      start(response, { 'content-length': String(text.length) }).write(half, () => response.destroy());
      return;
    case 'chunks':
      start(response).write(half, () => response.destroy());
      return;
    case 'page':
      start(response).end('<html><title>It works!</title></html>');
      return;
    case 'empty':
      start(response).end();
      return;
    case 'bare':
      start(response).end(JSON.stringify(base));
      return;
    case 'unmarked':
      start(response).end(JSON.stringify(fields));
      return;
  }
}

/** Sends a code inside a 200, or an HTTP status with an empty body. */
export function reject(response: ServerResponse, rejection: ProblemError): void {
  if ('httpStatus' in rejection) {
    response.writeHead(rejection.httpStatus).end();
    return;
  }
  start(response).end(
    JSON.stringify({ base_resp: baseResp(rejection.code, rejection.message ?? 'simulated') }),
  );
}

function start(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): ServerResponse {
  return response.writeHead(200, {
    'content-type': 'application/json',
    'trace-id': crypto.randomUUID().replaceAll('-', ''),
    ...headers,
  });
}

function baseResp(code: number, message: string): object {
  return { status_code: code, status_msg: message };
}
