import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'cli', 'template-video.ts');

/** What a tool has answered. */
export interface ToolAnswer {
  readonly isError: boolean;
  /** All texts, one below the other. */
  readonly text: string;
}

/** An agent that uses the tools of a service, over the standard input and output of a process. */
export interface Agent {
  readonly instructions: string | undefined;
  tools(): Promise<readonly string[]>;
  call(name: string, input?: Readonly<Record<string, unknown>>): Promise<ToolAnswer>;
  /** How many tools were called. */
  calls(): number;
  close(): Promise<void>;
}

export async function startAgent(url: string): Promise<Agent> {
  const client = new Client({ name: 'test', version: '0' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, 'mcp', '--url', url],
    env: { PATH: '/usr/bin:/bin' },
    stderr: 'inherit',
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  let calls = 0;
  return {
    instructions: client.getInstructions(),
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    calls: () => calls,
    async call(name, input = {}) {
      calls += 1;
      const { content, isError } = (await client.callTool({ name, arguments: input })) as CallToolResult;
      const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
      return { isError: isError === true, text: texts.join('\n') };
    },
    close: () => client.close(),
  };
}

/** The id of the video that an answer names. */
export function videoIdIn({ text }: ToolAnswer): string {
  const found = /"video_id": "([^"]+)"/.exec(text)?.[1];
  if (found === undefined) throw new Error(`The answer names no video_id: ${text}`);
  return found;
}
