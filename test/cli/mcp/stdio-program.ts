import { serveAgent } from '../../../cli/mcp/serve.ts';
import { createClient } from '../../../client/index.ts';

const [url = ''] = process.argv.slice(2);
await serveAgent(createClient({ url }), new AbortController().signal);
