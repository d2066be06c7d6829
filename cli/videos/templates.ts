import type { Catalogue } from '../../client/index.ts';
import { printableJson } from '../../lambdas/core/text/plain.ts';
import { UsageError } from '../../local/user-error.ts';
import type { Interruption } from '../command.ts';
import { printStatus } from '../print-status.ts';
import type { WhereValues } from '../service/where.ts';
import { shownDollars, toColumns } from './text-table.ts';

interface TemplatesValues extends WhereValues {
  readonly here: boolean;
  readonly json: boolean;
}

/** Prints the known templates. @returns the exit code */
export async function templates(values: TemplatesValues, { signal }: Interruption): Promise<number> {
  const catalogue = values.here ? await ownCatalogue(values) : await catalogueOf(values, signal);
  if (values.json) {
    console.log(printableJson(catalogue));
    return 0;
  }
  for (const line of toLines(catalogue)) console.log(line);
  printStatus(`Templates of ${catalogue.host}, by its pages on ${catalogue.read_on}.`);
  return 0;
}

async function catalogueOf(values: TemplatesValues, signal: AbortSignal): Promise<Catalogue> {
  const { connect } = await import('../service/connect.ts');
  const { client } = await connect(values, signal);
  return client.templates();
}

async function ownCatalogue({ stack, url, local, key }: TemplatesValues): Promise<Catalogue> {
  if (local || [stack, url, key].some((flag) => flag !== undefined))
    throw new UsageError('--here uses no service, so no other flag can name one.');
  const { toCatalogue } = await import('../../lambdas/core/minimax/templates.ts');
  const { GLOBAL_HOST, toMiniMaxChoice } = await import('../minimax-choice.ts');
  const { readLocalEnvironment } = await import('../environment.ts');
  const { host } = toMiniMaxChoice({ ...readLocalEnvironment(), minimaxApiKey: undefined });
  return toCatalogue(host ?? GLOBAL_HOST);
}

export function toLines({ templates: known }: Pick<Catalogue, 'templates'>): readonly string[] {
  const rows = known.map(({ template_id, name, price_usd, media_inputs, text_inputs }) => {
    const needs = [needOf('image', media_inputs), needOf('text', text_inputs)].filter((need) => need !== '');
    return [template_id, name, shownDollars(price_usd), needs.join('; ')];
  });
  return toColumns([['TEMPLATE', 'NAME', 'PRICE', 'NEEDS'], ...rows]);
}

type Need = Catalogue['templates'][number]['media_inputs'];

function needOf(noun: string, { min_items, max_items, description = noun }: Need): string {
  if (max_items === 0) return '';
  const what = noun === 'image' ? description : `a text (${description})`;
  return min_items === 0 ? `perhaps ${what}` : what;
}
