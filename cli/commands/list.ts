import { LISTED_STATUSES } from '../../lambdas/core/api/listed-statuses.ts';
import { defineCommand } from '../command.ts';
import type { Flags } from '../command-line/spec.ts';
import { JSON_FLAG, WHERE_FLAGS } from './flags.ts';

export const LIST_FLAGS = {
  status: { takes: 'STATUS', help: `one of ${LISTED_STATUSES.join(', ')}`, completes: LISTED_STATUSES },
  template: {
    takes: 'TEMPLATE',
    help: 'the id or the name of a template',
    completes: 'templates',
  },
  after: { takes: 'TIME', help: 'started after this time, as in 2026-11-27 or 2026-11-27T08:00:00Z' },
  before: { takes: 'TIME', help: 'started before this time' },
  metadata: { takes: 'KEY=VALUE', help: 'a key of the setting listedMetadata and its value' },
} as const satisfies Flags;

/** Lists videos, newest first. */
export const LIST = defineCommand({
  name: 'list',
  summary: 'Lists your videos, newest first.',
  flags: {
    ...LIST_FLAGS,
    limit: { takes: 'N', help: 'how many at most', default: '20' },
    all: { help: 'all of them, instead of --limit' },
    ...WHERE_FLAGS,
    ...JSON_FLAG,
  },
  details: 'With --json it prints one array.',
  examples: ['list', 'list --status failed --after 2026-11-01', 'list --metadata order=17 --all --json'],
  async run({ values }, { interruption }) {
    const { list } = await import('../videos/list.ts');
    return list(values, interruption);
  },
});
