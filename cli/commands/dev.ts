import { defineCommand, requireLocalNode } from '../command.ts';

/** Runs the service until Ctrl-C. The next start continues unfinished videos. */
export const DEV = defineCommand({
  name: 'dev',
  summary: 'Runs the whole service on this machine until Ctrl-C. It needs Node 24.',
  flags: {
    port: { takes: 'PORT', help: 'the port of the API, which is plain HTTP here', default: '3000' },
    open: { help: 'open the page of the service in the browser' },
    callbacks: { help: 'the simulated MiniMax sends a callback when a task changes' },
    'max-workers': {
      takes: 'N',
      help: 'how many instances of each function may run at once',
      default: '10',
    },
    'cors-origin': {
      takes: 'URL',
      help: 'web pages of this origin may call the API, such as http://localhost:5173; repeatable',
      isRepeatable: true,
    },
  },
  details: `With MINIMAX_API_KEY set, the real MiniMax makes the videos and charges for them. Without it, a simulated MiniMax answers with
a test clip. MINIMAX_API_HOST is the host of the real one, if it is not https://api.minimax.io.
All data are kept in the folder .local.`,
  examples: ['dev', 'dev --open', 'dev --port 8080 --callbacks'],
  async run({ values }, context) {
    requireLocalNode('dev');
    const { dev } = await import('../dev.ts');
    return dev(values, context);
  },
});
