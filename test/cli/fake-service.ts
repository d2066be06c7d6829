import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished, vi } from 'vitest';
import { listen, readBody } from '../../local/loopback-server.ts';

interface Call {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
}

type Answer = object | ((call: Call) => object);

/**
 * A service on this machine that answers `METHOD path` as given, and 404 where nothing is given.
 * @param headers of each answer
 */
export async function startFakeService(
  answers: Readonly<Record<string, Answer>>,
  headers: Readonly<Record<string, string>> = {},
) {
  const calls: Call[] = [];
  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = { method: request.method ?? '', path: request.url ?? '', body: await readBody(request) };
    calls.push(call);
    const given = answers[`${call.method} ${call.path.replace(/\?.*/, '')}`];
    const answer = typeof given === 'function' ? (given as (call: Call) => object)(call) : given;
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json', ...headers });
    response.end(
      JSON.stringify(answer ?? { type: 'urn:template-video:problem:video-not-found', title: 'No' }),
    );
  }
  const { url, stop } = await listen(createServer(), route, 0);
  onTestFinished(() => stop());
  const where = { stack: undefined, url, local: false, key: 'a-key' } as const;
  return { url, where, calls };
}

export type FakeService = Awaited<ReturnType<typeof startFakeService>>;

export interface Printed {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number | undefined;
  readonly error: Error | undefined;
}

/** What a command prints in this process, and how it ends. */
export async function printedBy(command: () => Promise<number>): Promise<Printed> {
  const lines = { out: '', err: '' };
  const keep = (stream: 'out' | 'err', text: string): void => {
    lines[stream] += text;
  };
  const log = vi.spyOn(console, 'log').mockImplementation((line) => keep('out', `${line}\n`));
  const error = vi.spyOn(console, 'error').mockImplementation((line) => keep('err', `${line}\n`));
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    keep('out', String(text));
    return true;
  });
  try {
    return await command().then(
      (exitCode) => ({ ...lines, exitCode, error: undefined }),
      (thrown: Error) => ({ ...lines, exitCode: undefined, error: thrown }),
    );
  } finally {
    for (const spy of [log, error, write]) spy.mockRestore();
  }
}

/** Ctrl-C has not come. */
export const UNINTERRUPTED = {
  promise: new Promise<void>(() => undefined),
  signal: new AbortController().signal,
  hasHappened: false,
};
