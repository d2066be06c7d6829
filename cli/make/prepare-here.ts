import { toCatalogue } from '../../lambdas/core/minimax/templates.ts';
import type { CommandContext } from '../command.ts';
import { EXAMPLE } from '../example.ts';
import { GLOBAL_HOST, type MiniMaxChoice } from '../minimax-choice.ts';
import { startNotice } from '../minimax-notice.ts';
import { printStatus } from '../print-status.ts';
import { confirmCost, toEstimate } from './cost.ts';
import type { MakeVideoOptions } from './make-here.ts';
import { toOrder } from './order.ts';
import { prepareOut } from './out-path.ts';
import { toTemplateId } from './template-name.ts';
import type { MakeValues } from './values.ts';

/** Checks all that can be checked before a service is started, and asks before money is spent. @throws UsageError */
export async function prepareHere(
  values: MakeValues,
  minimax: MiniMaxChoice,
  { interruption: { signal } }: CommandContext,
): Promise<MakeVideoOptions> {
  const catalogue = toCatalogue(minimax.host ?? GLOBAL_HOST);
  const given = values.template && toTemplateId(values.template, catalogue);
  const order = await toOrder({ ...values, template: given });
  const toPath = await prepareOut(values.out);
  const template = values.task === undefined ? (given ?? EXAMPLE.template) : undefined;
  printStatus(...startNotice(minimax, template));
  if (minimax.apiKey !== undefined && template !== undefined && !values.yes)
    await confirmCost(toEstimate(template, catalogue), { signal });
  return { order, toPath, minimax, template, isJson: values.json, opens: values.open };
}
