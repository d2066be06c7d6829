import { Agent, request as sendRequest } from 'node:http';

/** The answer to one request. */
export interface Answered {
  readonly kind: string;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly milliseconds: number;
}

export interface CrowdRequest {
  readonly kind: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

/** Sends all requests at once, each over its own connection and only once. */
export async function sendAtOnce(
  url: string,
  requests: readonly CrowdRequest[],
): Promise<readonly Answered[]> {
  const agent = new Agent({ keepAlive: false });
  try {
    return await Promise.all(requests.map((request) => send(url, request, agent)));
  } finally {
    agent.destroy();
  }
}

function send(url: string, { kind, method, path, body = '' }: CrowdRequest, agent: Agent): Promise<Answered> {
  const startedAt = performance.now();
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const answered = (status: number): void =>
      resolve({ kind, status, milliseconds: performance.now() - startedAt });
    const sending = sendRequest(`${url}${path}`, { method, agent, headers }, (response) => {
      response.resume().once('end', () => answered(response.statusCode ?? 0));
    });
    sending.once('error', () => answered(0));
    sending.end(body);
  });
}
