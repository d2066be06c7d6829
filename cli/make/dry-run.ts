import { basename } from 'node:path';
import { EXAMPLE_IMAGE, templateViolations, toCatalogue } from '../../lambdas/core/minimax/templates.ts';
import { printableJson } from '../../lambdas/core/text/plain.ts';
import { UsageError } from '../../local/user-error.ts';
import { readLocalEnvironment } from '../environment.ts';
import { GLOBAL_HOST, toMiniMaxChoice } from '../minimax-choice.ts';
import { printStatus } from '../print-status.ts';
import { toWhere } from '../service/where.ts';
import { toEstimate } from './cost.ts';
import { type OrderedImage, toOrder, toRequest } from './order.ts';
import { toTemplateId } from './template-name.ts';
import type { MakeValues } from './values.ts';

/**
 * Prints the body that would be sent, and its price by the price list of this program: no service is asked for its own, so that
 * nothing at all is sent. @returns the exit code. @throws UsageError for a body that the service would reject
 */
export async function showRequest(values: MakeValues): Promise<number> {
  const environment = readLocalEnvironment();
  const host = toMiniMaxChoice({ ...environment, minimaxApiKey: undefined }).host ?? GLOBAL_HOST;
  const where = values.here ? 'this machine' : toWhere(values, environment).name;
  const catalogue = toCatalogue(host);
  const order = await toOrder({
    ...values,
    template: values.template && toTemplateId(values.template, catalogue),
  });
  const body = toRequest(order, shownImage);
  const wrong = 'task_id' in body ? [] : templateViolations(body, catalogue);
  if (wrong.length > 0)
    throw new UsageError(
      `The service would reject this request.${wrong.map(({ pointer, detail }) => `\n  ${pointer} ${detail}`).join('')}`,
    );
  const estimate = 'task_id' in body ? FREE : toEstimate(body.template_id, catalogue);
  printStatus(`This would be sent to ${where}, as POST /videos:`);
  const { usd: estimated_usd = null } = estimate;
  console.log(printableJson(values.json ? { body, estimated_usd } : body));
  printStatus(`${estimate.sentence}. Nothing was sent.`);
  return 0;
}

const FREE = { usd: 0, sentence: 'Adopting a task costs nothing' };

function shownImage(image: OrderedImage): string {
  if (image === 'example') return EXAMPLE_IMAGE;
  return 'url' in image ? image.url : `(the value of the upload of ${basename(image.path)})`;
}
