import { defineCommand } from '../command.ts';
import { WHERE_FLAGS } from './flags.ts';

/** Serves the web page for a deployed service until Ctrl-C. */
export const PAGE = defineCommand({
  name: 'page',
  summary: 'Serves the web page of a deployed service on this machine until Ctrl-C.',
  flags: {
    ...WHERE_FLAGS,
    port: {
      takes: 'PORT',
      help: 'the port of the page. The browser keeps unanswered requests for this port',
      default: '3001',
    },
    open: { help: 'open the page in the browser' },
  },
  details: `The first line of the output is the address of the page. Anyone who has it can make videos that you pay for: it has a secret in it,
which is another one at each start. The browser gets no key: this program signs each request with your AWS credentials, or
sends your API key.
The service of dev has the page at its own address.`,
  examples: ['page', 'page --stack Mine --open', 'page --url https://example.com/prod/videos --key KEY'],
  async run({ values }, { interruption }) {
    const { page } = await import('../page/page.ts');
    return page(values, interruption);
  },
});
