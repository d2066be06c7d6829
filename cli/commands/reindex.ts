import { defineCommand, requireLocalNode } from '../command.ts';

/** Makes the table of videos right again. */
export const REINDEX = defineCommand({
  name: 'reindex',
  summary:
    'Makes the table of videos right again, from the bucket and from what runs. It is safe while videos run.',
  flags: {
    stack: {
      takes: 'NAME',
      help: 'the stack whose table it is, with your AWS credentials (TemplateVideo); Shop/Videos is the service Videos of a stack that has several',
    },
    local: {
      help: 'the table of dev on this machine instead, which must not be running; needs Node 24. As there, MINIMAX_API_KEY says whether it is that of the real MiniMax or of the simulated one',
    },
    json: { help: 'print the report as JSON, and an error as JSON to the standard error stream' },
  },
  details: `Prints what it has changed. Ctrl-C ends it, and it says what was done until then. It can be repeated.
The exit code is 1 where a video could not be read or written.`,
  examples: ['reindex', 'reindex --stack Mine', 'reindex --local'],
  async run({ values }, { interruption }) {
    if (values.local) requireLocalNode('reindex --local');
    const { reindex } = await import('../reindex.ts');
    return reindex(values, interruption);
  },
});
