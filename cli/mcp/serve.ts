import { setTimeout as after } from 'node:timers/promises';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { VideosClient } from '../../client/index.ts';
import { createAgentServer } from './server.ts';

/** Serves the tools on the standard input and output, until the agent closes them or the signal comes. */
export async function serveAgent(client: VideosClient, signal: AbortSignal): Promise<void> {
  const sleep = (ms: number, stop?: AbortSignal): Promise<void> => after(ms, undefined, { signal: stop });
  const server = createAgentServer({ client, now: Date.now, sleep });
  // Without `Promise.withResolvers`, because the command runs on Node 20 too.
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
  });
  signal.addEventListener('abort', () => void server.close());
  // The transport does not see the end of its input.
  process.stdin.once('end', () => void server.close());
  await server.connect(new StdioServerTransport());
  await closed;
}
