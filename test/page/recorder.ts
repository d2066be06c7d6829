import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { type Listening, listen, readBody } from '../../local/loopback-server.ts';

/** What a service has received. */
export interface Received {
  /** As in `GET /videos`. */
  readonly call: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Recorder extends Listening {
  readonly received: readonly Received[];
}

export type Answer = (request: Received, response: ServerResponse) => void;

/** A service that notes every request and answers as the test wants. It ends with the test. */
export async function startRecorder(answer: Answer = sendNothing): Promise<Recorder> {
  const received: Received[] = [];
  const server = await listen(
    createServer(),
    async (request, response) => {
      const { method, url, headers } = request;
      const one = { call: `${method} ${url}`, headers, body: await readBody(request) };
      received.push(one);
      answer(one, response);
    },
    0,
  );
  onTestFinished(() => server.stop());
  return { ...server, received };
}

function sendNothing(_request: Received, response: ServerResponse): void {
  sendJson(response, 200, {});
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
