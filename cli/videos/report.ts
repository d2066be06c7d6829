import type { Usage } from '../../client/index.ts';
import { printable, printableJson } from '../../lambdas/core/text/plain.ts';
import { UsageError } from '../../local/user-error.ts';
import type { Interruption } from '../command.ts';
import { printStatus } from '../print-status.ts';
import { connect, SIMULATED_DOLLARS } from '../service/connect.ts';
import type { WhereValues } from '../service/where.ts';
import { toCsv } from './csv.ts';
import { shownDollars, toColumns } from './text-table.ts';

interface ReportValues extends WhereValues {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly csv: boolean;
  readonly json: boolean;
}

/** Prints the number of videos and their cost, by day and template. @returns the exit code */
export async function report(values: ReportValues, { signal }: Interruption): Promise<number> {
  const { from, to, csv, json } = values;
  if (csv && json) throw new UsageError('--csv and --json are two forms of the report; give one of them.');
  assertDay('--from', from);
  assertDay('--to', to);
  const service = await connect(values, signal);
  const usage = await service.client.usage({ from, to });
  if (json) console.log(printableJson(usage));
  else if (csv) process.stdout.write(toCsv(toRows(usage, String)));
  else for (const line of toLines(usage)) console.log(line);
  if (usage.without_price > 0)
    printStatus(`${usage.without_price} of the videos have no known price: the dollars lack them.`);
  if (service.isSimulated()) printStatus(SIMULATED_DOLLARS);
  return 0;
}

function assertDay(flag: string, given: string | undefined): void {
  if (given === undefined || /^\d{4}-\d\d-\d\d$/.test(given)) return;
  throw new UsageError(`${flag} is "${printable(given)}"; allowed is a day in UTC, as in 2026-11-27.`);
}

export function toLines(usage: Usage): readonly string[] {
  const { from, to, ...sum } = usage;
  const total = ['total', '', ...toSums(sum, shownDollars)];
  return [
    `From ${from} to ${to}, both included, in UTC. The dollars are estimates.`,
    ...toColumns([...toRows(usage, shownDollars), total]),
  ];
}

type Sum = Pick<Usage, 'videos' | 'without_price' | 'usd'>;
type ShowUsd = (usd: number) => string;

export function toRows({ groups }: Usage, showUsd: ShowUsd): readonly (readonly string[])[] {
  const head = ['day', 'template_id', 'videos', 'without_price', 'usd_no', 'usd_maybe', 'usd_yes'];
  return [
    head,
    ...groups.map(({ day, template_id = '', ...sum }) => [day, template_id, ...toSums(sum, showUsd)]),
  ];
}

/** Dollars by whether the money was spent. */
function toSums({ videos, without_price, usd }: Sum, showUsd: ShowUsd): readonly string[] {
  return [String(videos), String(without_price), ...[usd.no, usd.maybe, usd.yes].map(showUsd)];
}
