import { defineCommand } from '../command.ts';
import { JSON_FLAG, WHERE_FLAGS } from './flags.ts';

/** Lists the known templates. */
export const TEMPLATES = defineCommand({
  name: 'templates',
  summary: 'Lists the known templates with what each needs and costs.',
  flags: {
    here: {
      help: 'those that this program knows of the MiniMax at MINIMAX_API_HOST, without a service',
    },
    ...WHERE_FLAGS,
    ...JSON_FLAG,
  },
  examples: ['templates', 'templates --here'],
  async run({ values }, { interruption }) {
    const { templates } = await import('../videos/templates.ts');
    return templates(values, interruption);
  },
});
