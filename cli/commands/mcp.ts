import { defineCommand } from '../command.ts';
import { WHERE_FLAGS } from './flags.ts';

/** Serves an agent. */
export const MCP = defineCommand({
  name: 'mcp',
  summary: 'Serves an agent on its standard input and output, by the Model Context Protocol.',
  flags: WHERE_FLAGS,
  details: 'An agent starts no video without the confirmed price of it.',
  examples: ['mcp --local', 'mcp --stack Mine'],
  async run({ values }, { interruption: { signal } }) {
    const { connect } = await import('../service/connect.ts');
    const { serveAgent } = await import('../mcp/serve.ts');
    const { client } = await connect(values, signal);
    await serveAgent(client, signal);
    return 0;
  },
});
