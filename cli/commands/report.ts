import { defineCommand } from '../command.ts';
import { JSON_FLAG, WHERE_FLAGS } from './flags.ts';

/** Shows how many videos were made, and their cost. */
export const REPORT = defineCommand({
  name: 'report',
  summary: 'Shows the number of your videos and their estimated cost, by day and template.',
  flags: {
    from: { takes: 'DAY', help: 'the first day in UTC, as in 2026-11-01 (30 days with --to)' },
    to: { takes: 'DAY', help: 'the last day (today)' },
    csv: { help: 'print CSV (RFC 4180), for a spreadsheet' },
    ...WHERE_FLAGS,
    ...JSON_FLAG,
  },
  details: 'Dollars are estimates from list prices, by whether the money was spent: no, maybe or yes.',
  examples: ['report', 'report --from 2026-11-01 --to 2026-11-30 --csv > november.csv'],
  async run({ values }, { interruption }) {
    const { report } = await import('../videos/report.ts');
    return report(values, interruption);
  },
});
