import type { Catalogue } from '../../client/index.ts';
import { findTemplate } from '../../lambdas/core/minimax/find-template.ts';
import { GLOBAL_HOST, toCatalogue } from '../../lambdas/core/minimax/templates.ts';
import { Rejected } from './answers.ts';

/** @throws Rejected where the confirmed price is below the estimate; nothing has been sent then */
export function requireConfirmed(templateId: string, confirmedUsd: number, catalogue: Catalogue): void {
  const { usd, words } = estimateOf(templateId, catalogue);
  if (confirmedUsd >= usd) return;
  throw new Rejected(
    `Nothing was started. ${words} Given is confirm_cost_usd ${confirmedUsd}. Ask the person whether this price is fine, and then call start_video with confirm_cost_usd ${usd}.`,
  );
}

interface Estimate {
  readonly usd: number;
  readonly words: string;
}

/** A template without a known price may cost as much as the dearest one, which is the global host's where no other has a price. */
function estimateOf(templateId: string, catalogue: Catalogue): Estimate {
  const known = findTemplate(templateId, catalogue);
  if (known?.price_usd != null)
    return { usd: known.price_usd, words: `A video of ${known.name} costs about $${known.price_usd}.` };
  const usd = dearestOf(catalogue) || dearestOf(toCatalogue(GLOBAL_HOST));
  const words = `No price is known for the template ${templateId}; the dearest known template costs $${usd}.`;
  return { usd, words };
}

function dearestOf({ templates }: Catalogue): number {
  return Math.max(0, ...templates.map(({ price_usd }) => price_usd ?? 0));
}
